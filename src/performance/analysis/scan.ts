/** Looks for the day on which a series changed: a stratified CUSUM. Pure. */
import { seededUniform } from '../../evidence/random.js';
import type { DayEffect, Effects } from './day-effects.js';

/** Days with executions, and executions, on either side of a change. */
const LEAST_DAYS = 3;
const LEAST_EXECUTIONS = 5;
/** Shortest stretch that is looked at for itself. */
const LEAST_STRETCH = 12;
/** Worlds without change that are drawn, and those beyond what was found after which it is clear that it is nothing. */
const DRAWS = 499;
const ENOUGH_BEYOND = 10;

/** A place where a series may have changed. */
export interface Split {
  /** First day after the change, by its place. */
  at: number;
  /** How far both sides differ, in proportion to its standard deviation. */
  size: number;
}

/**
 * How far both sides of each day differ within strata, from one day to another (the latter left out). What is in no
 * stratum of both sides says nothing, so a changed mix of tasks is no change.
 */
export function* splits(
  effects: Effects,
  residuals: readonly Float64Array[],
  from: number,
  to: number,
): Generator<Split> {
  const { days, variances } = effects;
  const strata = variances.length;
  const [weights, sums] = [new Float64Array(strata), new Float64Array(strata)];
  const before = new Float64Array(strata);
  let executions = 0;
  for (let index = from; index < to; index += 1) {
    const { cells, n } = days[index] as DayEffect;
    executions += n;
    for (const [place, { stratum, weight }] of cells.entries()) {
      weights[stratum] = (weights[stratum] as number) + weight;
      sums[stratum] = (sums[stratum] as number) + (residuals[index]?.[place] as number);
    }
  }
  let [apart, spread, seen] = [0, 0, 0];
  for (let index = from; index < to - LEAST_DAYS; index += 1) {
    const { cells, n } = days[index] as DayEffect;
    seen += n;
    for (const [place, { stratum, weight }] of cells.entries()) {
      const all = weights[stratum] as number;
      const had = before[stratum] as number;
      const has = had + weight;
      before[stratum] = has;
      apart += (residuals[index]?.[place] as number) - (weight * (sums[stratum] as number)) / all;
      spread += ((variances[stratum] as number) * (has * (all - has) - had * (all - had))) / all;
    }
    const enough = index + 1 >= from + LEAST_DAYS && Math.min(seen, executions - seen) >= LEAST_EXECUTIONS;
    if (enough && spread > 1e-9) yield { at: index + 1, size: Math.abs(apart) / Math.sqrt(spread) };
  }
}

/** The stretches looked at: all, its halves and its quarters, overlapping, so that a change and its undoing show. */
function stretches(length: number): [from: number, to: number][] {
  const found: [number, number][] = [[0, length]];
  for (const parts of [2, 4]) {
    const size = Math.ceil(length / parts);
    if (size < LEAST_STRETCH) break;
    for (let from = 0; from + size <= length; from += Math.ceil(size / 2)) found.push([from, from + size]);
  }
  return found;
}

function largest(effects: Effects, residuals: readonly Float64Array[]): Split | null {
  let best: Split | null = null;
  for (const [from, to] of stretches(effects.days.length))
    for (const split of splits(effects, residuals, from, to))
      if (best === null || split.size > best.size) best = split;
  return best;
}

export const residualsOf = ({ days }: Effects): Float64Array[] =>
  days.map(({ cells }) => Float64Array.from(cells, ({ residual }) => residual));

/**
 * The likeliest place of a change, and the probability of one as large in a steady series: the share of the worlds in
 * which each day's residuals keep their size and get a sign by chance (C. F. J. Wu, "Jackknife, bootstrap and other
 * resampling methods in regression analysis", Annals of Statistics 14, 1986), drawn until it is clear (J. Besag and
 * P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78, 1991). The draws belong to the seed.
 *
 * @returns null where there are too few days or executions for any
 */
export function findSplit(effects: Effects, seed: string): (Split & { p: number }) | null {
  const residuals = residualsOf(effects);
  const best = largest(effects, residuals);
  if (best === null) return null;
  const uniform = seededUniform(seed);
  let beyond = 0;
  for (let draw = 1; draw <= DRAWS; draw += 1) {
    const world = residuals.map((own) => {
      const sign = uniform() < 0.5 ? -1 : 1;
      return own.map((residual) => sign * residual);
    });
    if ((largest(effects, world)?.size ?? 0) >= best.size * (1 - 1e-9)) beyond += 1;
    if (beyond === ENOUGH_BEYOND) return { ...best, p: beyond / draw };
  }
  return { ...best, p: (beyond + 1) / (DRAWS + 1) };
}
