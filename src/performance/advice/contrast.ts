/** How far two groups of executions lie apart on like tasks. Pure. */
import { normalQuantile, normalTail } from '../../evidence/normal.js';
import { studentTwoSided } from '../../evidence/student.js';
import type { Cell } from './cells.js';
import { dayVariance } from './day-error.js';
import type { Measure } from './measures.js';
import { amountsOf, type Stratum, spreadOf, strataOf, type Whose } from './strata.js';

/** An estimate with its standard error. */
export interface Estimate {
  estimate: number;
  error: number;
  /** Degrees of freedom of the error; infinite where it is known. */
  freedom: number;
  /** How much less surprising it is than so many errors are by the normal distribution; 1 where it is left out. */
  surprise?: number;
}

/** The first group minus the second, in the measure's scale: a difference of means, or the logarithm of a ratio. */
export interface Contrast extends Estimate {
  /** Executions compared. */
  n: readonly [number, number];
  /** Means of the two, over the strata; geometric where the measure is of logarithms. */
  means: readonly [number, number];
}

/** Executions of each side without which nothing is concluded. */
export const LEAST_EXECUTIONS = 5;
/** Days from which on their differences tell how much days differ. */
const LEAST_DAYS = 10;

/**
 * Compares two groups stratum by stratum, by default weighted so that the error is least where the difference is the
 * same in all. The error is Welch's, or, where it is larger, that of days: executions of one day
 * share what went on that day.
 *
 * @see B. L. Welch, "The generalization of Student's problem", Biometrika 34 (1947); K.-Y. Liang and S. L. Zeger,
 *   "Longitudinal data analysis using generalized linear models", Biometrika 73 (1986), for errors by cluster
 * @returns null where fewer than 5 executions of a side can be compared
 */
export const contrast = (
  first: readonly Cell[],
  second: readonly Cell[],
  { scale }: Pick<Measure, 'scale'>,
  whose: Whose = 'both',
): Contrast | null =>
  contrastOf(strataOf(amountsOf(first), amountsOf(second), whose), scale, () => [first, second]);

/** Tasks of one side alone may tell little where the other had few of them: so much more error is taken for them. */
const MOST_ERROR = 1.5;

/** What a difference found over the tasks of both comes to over those of one side, as far as that can be told. */
export function contrastOver(
  whose: Exclude<Whose, 'both'>,
  found: Contrast,
  ...compared: readonly [first: readonly Cell[], second: readonly Cell[], measure: Pick<Measure, 'scale'>]
): Contrast {
  const own = contrast(...compared, whose);
  return own === null || own.error > MOST_ERROR * found.error ? found : own;
}

/**
 * As {@link contrast} does, of strata that are added up already.
 *
 * @param cells of both sides, asked for where days matter
 * @param sought estimates that are not as many errors above or below zero need not be known more exactly: days are then
 *   left out
 */
export function contrastOf(
  strata: readonly Stratum[],
  scale: Measure['scale'],
  cells: () => readonly [readonly Cell[], readonly Cell[]],
  sought = 0,
): Contrast | null {
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
  const error = Math.sqrt(variance);
  const plain =
    scale === 'points'
      ? { error, freedom: Number.POSITIVE_INFINITY, surprise: ofRates(means, n, estimate, error) }
      : { error, freedom: variance ** 2 / Math.max(fourth, 1e-300) };
  if (Math.abs(estimate) < sought * plain.error) return { ...result, ...plain };
  const days = dayVariance(strata, cells(), slopes);
  return days.count >= LEAST_DAYS && days.variance > plain.error ** 2
    ? { ...result, ...plain, error: Math.sqrt(days.variance), freedom: days.count - 1 }
    : { ...result, ...plain };
}

/**
 * How surprising a difference of rates is by its likelihood, as a share of its deviate: far out, where rates are near 0
 * or 1 or executions few, such differences are not spread like normal draws, but the signed root of the likelihood ratio
 * is.
 *
 * @see D. R. Cox and D. V. Hinkley, Theoretical Statistics (1974), chapter 9
 * @param error by the rate of both together
 */
function ofRates(
  [first, second]: readonly [number, number],
  [n1, n2]: readonly [number, number],
  estimate: number,
  error: number,
): number {
  const both = (n1 * first + n2 * second) / (n1 + n2);
  const spread = both * (1 - both) * (1 / n1 + 1 / n2);
  if (spread <= 0 || estimate === 0) return 1;
  // Strata of unlike sizes tell less than as many executions of one stratum.
  const worth = Math.min(1, spread / error ** 2);
  const root = Math.sqrt(2 * worth * (n1 * divergence(first, both) + n2 * divergence(second, both)));
  return Math.min(1, (root * error) / Math.abs(estimate));
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
export function deviateOf({ estimate, error, freedom, surprise = 1 }: Estimate, least: number): number {
  const t = (surprise * (estimate - least)) / Math.max(error, 1e-12);
  if (freedom > 1_000) return Math.max(-FARTHEST, Math.min(FARTHEST, t));
  const tail = studentTwoSided(t, Math.max(1, freedom)) / 2;
  const z = tail < SMALLEST_TAIL ? FARTHEST : Math.max(0, normalQuantile(tail));
  return t < 0 ? -z : z;
}
/** Beyond it nothing is the surer. */
const FARTHEST = 30;
const SMALLEST_TAIL = normalTail(FARTHEST);
