/** The days on which a series changed. Pure. */
import type { Series } from './cells.js';
import { type ChangeSize, changeSize } from './change-size.js';
import { type Effects, effectsOf } from './day-effects.js';
import { allSplits, findSplit, type Split } from './scan.js';

/**
 * Drop of twice the log-likelihood within which the day lies in 95% of cases (B. E. Hansen, "Sample splitting and
 * threshold estimation", Econometrica 68, 2000).
 */
const LIKELY_DROP = 7.35;

/** A change of a series from one level to another. */
export interface Change extends ChangeSize {
  /** First day after it. */
  day: string;
  /** Days between which it came, in 95 of 100 cases. */
  from: string;
  to: string;
  /** Probability of a change as clear in a series that is steady. */
  p: number;
}

/** Where a series changed, by the place of the first day after it. */
export interface ChangePlace {
  at: number;
  p: number;
}

/**
 * Splits a series where it changed most, then its parts, as long as a steady series would show a change as clear in
 * fewer cases than the level: binary segmentation, with that test as the penalty.
 */
export function placesOf(series: Series, level: number, seed: string): ChangePlace[] {
  const search = (from: number, to: number): ChangePlace[] => {
    const found = findSplit(effectsIn(series, from, to), `${seed}|${series.metric}|${from}|${to}`);
    if (found === null || found.p > level) return [];
    const at = from + found.at;
    return [...search(from, at), { at, p: found.p }, ...search(at, to)];
  };
  const places = search(0, series.days.length);
  return places.map((place, index) => {
    const [from, to] = bounds(series, places, index);
    const best = likeliest(splitsIn(series, from, to));
    return best === null ? place : { ...place, at: from + best.at };
  });
}

/** Each change with its day, its interval and its size. */
export function changesAt(series: Series, places: readonly ChangePlace[]): Change[] {
  return places.flatMap(({ at, p }, index) => {
    const [from, to] = bounds(series, places, index);
    const size = changeSize(series, from, at, to);
    if (size === null) return [];
    const [first, last] = likelyPlaces(series, from, to, at, size.dispersion);
    return [
      {
        ...size,
        day: dayAt(series, at),
        from: dayAfter(dayAt(series, first - 1)),
        to: dayAt(series, last),
        p,
      },
    ];
  });
}

const dayAt = ({ days }: Series, place: number): string => days[place]?.day ?? '';
const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** The stretch from the change before to the change after. */
const bounds = (series: Series, places: readonly ChangePlace[], index: number): [number, number] => [
  places[index - 1]?.at ?? 0,
  places[index + 1]?.at ?? series.days.length,
];

const effectsIn = ({ metric, days, strata }: Series, from: number, to: number): Effects =>
  effectsOf(metric, days.slice(from, to), strata);

const splitsIn = (series: Series, from: number, to: number): Split[] =>
  allSplits(effectsIn(series, from, to));

const likeliest = (all: readonly Split[]): Split | null =>
  all.reduce<Split | null>((best, split) => (best === null || split.size > best.size ? split : best), null);

function likelyPlaces(
  series: Series,
  from: number,
  to: number,
  at: number,
  dispersion: number,
): [first: number, last: number] {
  const all = splitsIn(series, from, to);
  const most = likeliest(all)?.size ?? 0;
  const likely = all.filter(({ size }) => (most ** 2 - size ** 2) / dispersion <= LIKELY_DROP);
  return [
    Math.min(at, from + (likely[0]?.at ?? at - from)),
    Math.max(at, from + (likely.at(-1)?.at ?? at - from)),
  ];
}
