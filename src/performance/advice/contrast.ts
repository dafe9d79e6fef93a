/** How far two groups of executions lie apart on like tasks. Pure. */
import { normalQuantile, normalTail } from '../../evidence/normal.js';
import { studentTwoSided } from '../../evidence/student.js';
import type { Cell } from './cells.js';
import type { Amounts, Measure } from './measures.js';

/** A difference with its standard error; both in the measure's scale. */
export interface Contrast {
  /** Of the first group minus the second: a difference of means, or the logarithm of a ratio. */
  estimate: number;
  error: number;
  /** Degrees of freedom of the error; infinite where it is known. */
  freedom: number;
  /** Executions compared. */
  n: readonly [number, number];
  /** Means of the two, over the strata; geometric where the measure is of logarithms. */
  means: readonly [number, number];
}

/** Executions of each side without which nothing is concluded. */
export const LEAST_EXECUTIONS = 5;
/** Days from which on their differences tell how much days differ. */
const LEAST_DAYS = 10;
/** Executions that the spread of all together counts for in the spread of one side of a stratum. */
const BORROWED = 4;

interface Stratum {
  index: number;
  sides: readonly [Amounts, Amounts];
  means: readonly [number, number];
  /** All weights together are 1. */
  weight: number;
}

/**
 * Compares two groups stratum by stratum, weighted by n1 n2 / (n1 + n2): the weights with the least error where the
 * difference is the same in all. The error is Welch's, or, where it is larger, that of days: executions of one day
 * share what went on that day.
 *
 * @see B. L. Welch, "The generalization of Student's problem", Biometrika 34 (1947); K.-Y. Liang and S. L. Zeger,
 *   "Longitudinal data analysis using generalized linear models", Biometrika 73 (1986), for errors by cluster
 * @returns null where fewer than 5 executions of a side can be compared
 */
export function contrast(
  first: readonly Cell[],
  second: readonly Cell[],
  { scale }: Pick<Measure, 'scale'>,
): Contrast | null {
  const strata = strataOf(first, second);
  const sum = (of: (stratum: Stratum) => number): number =>
    strata.reduce((all, stratum) => all + of(stratum), 0);
  const n = [sum(({ sides }) => sides[0].n), sum(({ sides }) => sides[1].n)] as const;
  if (n[0] < LEAST_EXECUTIONS || n[1] < LEAST_EXECUTIONS) return null;
  const means = [
    sum(({ weight, means }) => weight * means[0]),
    sum(({ weight, means }) => weight * means[1]),
  ] as const;
  const spread = spreadOf(strata, scale);
  // Influences of each stratum's and side's executions, and what their spread comes to.
  const [slopes, floors, estimate] =
    scale === 'counts' ? ofRatio(strata, means) : ([[1, -1], [0, 0], means[0] - means[1]] as const);
  let [variance, fourth] = [0, 0];
  for (const side of [0, 1] as const) {
    let own = 0;
    for (const stratum of strata) {
      const { n: count } = stratum.sides[side];
      const part = ((stratum.weight * slopes[side]) ** 2 * spread(stratum, side)) / count;
      own += part;
      fourth += part ** 2 / Math.max(1, count - 1);
    }
    variance += Math.max(own, floors[side]);
  }
  const result = {
    n,
    means: scale === 'logs' ? ([Math.exp(means[0]), Math.exp(means[1])] as const) : means,
    estimate,
  };
  const plain =
    scale === 'points'
      ? { error: ofRates(means, n, estimate, Math.sqrt(variance)), freedom: Number.POSITIVE_INFINITY }
      : { error: Math.sqrt(variance), freedom: variance ** 2 / Math.max(fourth, 1e-300) };
  const days = ofDays(strata, [first, second], slopes);
  return days.count >= LEAST_DAYS && days.variance > plain.error ** 2
    ? { ...result, error: Math.sqrt(days.variance), freedom: days.count - 1 }
    : { ...result, ...plain };
}

/**
 * The error of a difference of rates as its likelihood has it: far out, where rates are near 0 or 1 or executions few,
 * such differences are not spread like normal draws, but the signed root of the likelihood ratio is.
 *
 * @see D. R. Cox and D. V. Hinkley, Theoretical Statistics (1974), chapter 9
 * @param error by the rate of both together, which the likelihood's is at least
 */
function ofRates(
  [first, second]: readonly [number, number],
  [n1, n2]: readonly [number, number],
  estimate: number,
  error: number,
): number {
  const both = (n1 * first + n2 * second) / (n1 + n2);
  const spread = both * (1 - both) * (1 / n1 + 1 / n2);
  if (spread <= 0 || estimate === 0) return error;
  // Strata of unlike sizes tell less than as many executions of one stratum.
  const worth = Math.min(1, spread / error ** 2);
  const root = Math.sqrt(2 * worth * (n1 * divergence(first, both) + n2 * divergence(second, both)));
  return Math.max(error, Math.abs(estimate) / root);
}

/** Of a rate from another, in nats (Kullback and Leibler). */
const divergence = (rate: number, other: number): number =>
  (rate > 0 ? rate * Math.log(rate / other) : 0) +
  (rate < 1 ? (1 - rate) * Math.log((1 - rate) / (1 - other)) : 0);

/** The logarithm of a ratio of means, half a count added to each: how it moves with either, and the least it varies. */
function ofRatio(
  strata: readonly Stratum[],
  means: readonly [number, number],
): readonly [readonly [number, number], readonly [number, number], number] {
  const counts = ([0, 1] as const).map((side) =>
    strata.reduce((all, { sides }) => all + sides[side].total, 0),
  );
  const n = ([0, 1] as const).map((side) => strata.reduce((all, { sides }) => all + sides[side].n, 0));
  const at = (side: 0 | 1): number => means[side] + 0.5 / (n[side] ?? 1);
  return [
    [1 / at(0), -1 / at(1)],
    // No count is steadier than one of events that have nothing to do with each other.
    [1 / ((counts[0] ?? 0) + 0.5), 1 / ((counts[1] ?? 0) + 0.5)],
    Math.log(at(0) / at(1)),
  ];
}

/** The standard normal deviate as surprising as the estimate is where the truth is `least`. */
export function deviateOf(
  { estimate, error, freedom }: Pick<Contrast, 'estimate' | 'error' | 'freedom'>,
  least: number,
): number {
  const t = (estimate - least) / Math.max(error, 1e-12);
  if (freedom > 1_000) return Math.max(-FARTHEST, Math.min(FARTHEST, t));
  const tail = studentTwoSided(t, Math.max(1, freedom)) / 2;
  const z = tail < SMALLEST_TAIL ? FARTHEST : Math.max(0, normalQuantile(tail));
  return t < 0 ? -z : z;
}
/** Beyond it nothing is the surer. */
const FARTHEST = 30;
const SMALLEST_TAIL = normalTail(FARTHEST);

const add = (to: Amounts, cell: Amounts): void => {
  to.n += cell.n;
  to.total += cell.total;
  to.squares += cell.squares;
};

/** Strata that have executions of both sides. */
function strataOf(first: readonly Cell[], second: readonly Cell[]): Stratum[] {
  const all: [Amounts, Amounts][] = [];
  for (const [side, cells] of ([first, second] as const).entries())
    for (const cell of cells) {
      const sides = (all[cell.stratum] ??= [
        { n: 0, total: 0, squares: 0 },
        { n: 0, total: 0, squares: 0 },
      ]);
      add(side === 0 ? sides[0] : sides[1], cell);
    }
  const strata: Stratum[] = [];
  all.forEach((sides, index) => {
    const [a, b] = sides;
    if (a.n === 0 || b.n === 0) return;
    const weight = (a.n * b.n) / (a.n + b.n);
    strata.push({ index, sides, means: [a.total / a.n, b.total / b.n], weight });
  });
  const total = strata.reduce((sum, { weight }) => sum + weight, 0);
  return strata.map((stratum) => ({ ...stratum, weight: stratum.weight / total }));
}

/**
 * The variance of one execution of a side of a stratum, with some of what is known of all of them: a few executions
 * hardly show how they spread, and those that all succeed not at all.
 */
function spreadOf(
  strata: readonly Stratum[],
  scale: Measure['scale'],
): (stratum: Stratum, side: 0 | 1) => number {
  if (scale === 'points') {
    const sum = (of: (amounts: Amounts) => number): number =>
      strata.reduce((all, { sides }) => all + of(sides[0]) + of(sides[1]), 0);
    const overall = (sum(({ total }) => total) + 1) / (sum(({ n }) => n) + 2);
    return ({ sides: [a, b] }) => {
      // Of both together: that one side alone had nothing but failures says little of how it spreads.
      const rate = (a.total + b.total + 2 * overall) / (a.n + b.n + 2);
      return rate * (1 - rate);
    };
  }
  let [squares, freedom] = [0, 0];
  for (const { sides, means } of strata)
    for (const side of [0, 1] as const) {
      squares += squaresAbout(sides[side], means[side]);
      freedom += sides[side].n - 1;
    }
  const pooled = squares / Math.max(1, freedom);
  return ({ sides, means }, side) =>
    (squaresAbout(sides[side], means[side]) + BORROWED * pooled) / (sides[side].n - 1 + BORROWED);
}

const squaresAbout = ({ n, squares }: Amounts, mean: number): number => Math.max(0, squares - n * mean ** 2);

/** What the influences of days spread by. */
function ofDays(
  strata: readonly Stratum[],
  sides: readonly [readonly Cell[], readonly Cell[]],
  slopes: readonly [number, number],
): { count: number; variance: number } {
  const known: (Stratum | undefined)[] = [];
  for (const stratum of strata) known[stratum.index] = stratum;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const cells of sides)
    for (const { day } of cells) {
      if (day < first) first = day;
      if (day > last) last = day;
    }
  const influences = new Float64Array(last - first + 1);
  const seen = new Uint8Array(influences.length);
  for (const side of [0, 1] as const)
    for (const { stratum, day, n, total } of sides[side]) {
      const at = known[stratum];
      if (at === undefined) continue;
      const place = day - first;
      const part = (at.weight * slopes[side] * (total - n * at.means[side])) / at.sides[side].n;
      influences[place] = (influences[place] ?? 0) + part;
      seen[place] = 1;
    }
  let [squares, count] = [0, 0];
  for (const [place, influence] of influences.entries()) {
    squares += influence ** 2;
    count += seen[place] ?? 0;
  }
  return { count, variance: (squares * count) / Math.max(1, count - 1) };
}
