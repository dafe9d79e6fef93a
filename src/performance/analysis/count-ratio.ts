/** The ratio of two mean counts on like tasks. Pure. */
import type { Interval } from '../../evidence/intervals.js';
import { studentQuantile, studentTwoSided } from '../../evidence/student.js';
import type { Moments } from '../statistics/moments.js';
import type { Contrast } from './contrast.js';
import { type MeanStratum, pooledSpread, Welch } from './log-ratio.js';

/** A side of a stratum with fewer values is taken to spread as that side does in all strata. */
const OWN_SPREAD = 5;
const BISECTIONS = 50;
/** A t as far as this is beyond every doubt. */
const FARTHEST = 1_000;

/** One side's mean over the strata, as they weigh for both. */
interface Side {
  mean: number;
  /** Variance of that mean as a share of it. */
  perMean: number;
  freedom: number;
}

/**
 * The mean count of a as a share of that of b, each taken over the strata with the weights n1 n2 / (n1 + n2). Each
 * mean has a score interval, for counts of the spread that was found, and the two are joined to that of the ratio as
 * by Donner and Zou 2012, "Closed-form confidence intervals for functions of the normal mean and standard deviation",
 * Statistical Methods in Medical Research 21. It stays sensible where counts are rare or none.
 *
 * @returns null where no stratum has values on both sides, a side's spread cannot be known, or neither counts anything
 */
export function countRatio(all: readonly MeanStratum[]): Contrast | null {
  const strata = all.filter(({ a, b }) => a.n > 0 && b.n > 0);
  const weights = strata.map(({ a, b }) => (a.n * b.n) / (a.n + b.n));
  const a = sideOf(
    strata.map((stratum) => stratum.a),
    weights,
  );
  const b = sideOf(
    strata.map((stratum) => stratum.b),
    weights,
  );
  if (a === null || b === null || a.mean + b.mean === 0) return null;
  const freedom = freedomOf(a, b);
  const within = (t: number): Interval => join(a, b, t);
  return {
    value: b.mean === 0 ? Number.POSITIVE_INFINITY : a.mean / b.mean,
    p: studentTwoSided(furthestWithoutOne(within), freedom),
    interval: (outside) => within(studentQuantile(freedom, outside)),
  };
}

function sideOf(moments: readonly Moments[], weights: readonly number[]): Side | null {
  const pooled = pooledSpread(moments);
  if (pooled === null) return null;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const welch = new Welch();
  let [mean, shared, poisson] = [0, 0, 0];
  for (const [index, { n, mean: own, variance }] of moments.entries()) {
    const weight = (weights[index] ?? 0) / total;
    mean += weight * own;
    poisson += weight ** 2 / n;
    if (n < OWN_SPREAD) shared += weight ** 2 / n;
    else if (variance > 0) welch.add((weight ** 2 * variance) / n, n - 1);
  }
  if (shared * pooled.variance > 0) welch.add(shared * pooled.variance, pooled.freedom);
  // A count that never varied, such as no error at all, is taken to spread like a Poisson count.
  const perMean = welch.variance > 0 ? welch.variance / mean : poisson;
  return { mean, perMean, freedom: welch.variance > 0 ? welch.freedom : pooled.freedom };
}

/** Of the two together, by Welch and Satterthwaite's formula on the logarithms. */
function freedomOf(a: Side, b: Side): number {
  if (a.mean === 0 || b.mean === 0) return Math.min(a.freedom, b.freedom);
  const welch = new Welch();
  welch.add(a.perMean / a.mean, a.freedom);
  welch.add(b.perMean / b.mean, b.freedom);
  return welch.freedom;
}

/** The score interval of a mean whose variance is proportional to it. */
function scoreInterval({ mean, perMean }: Side, t: number): Interval {
  const half = (t * t * perMean) / 2;
  const margin = t * Math.sqrt(perMean * mean + (t * t * perMean ** 2) / 4);
  return { low: mean === 0 ? 0 : Math.max(0, mean + half - margin), high: mean + half + margin };
}

/** The interval of the ratio, from those of the two means. */
function join(a: Side, b: Side, t: number): Interval {
  const [first, second] = [scoreInterval(a, t), scoreInterval(b, t)];
  const product = a.mean * b.mean;
  const least = first.low * (2 * a.mean - first.low);
  const lowRoot = Math.sqrt(Math.max(0, product ** 2 - least * second.high * (2 * b.mean - second.high)));
  const most = second.low * (2 * b.mean - second.low);
  const highRoot = Math.sqrt(Math.max(0, product ** 2 - first.high * (2 * a.mean - first.high) * most));
  return {
    low: least === 0 ? 0 : least / (product + lowRoot),
    high: most === 0 ? Number.POSITIVE_INFINITY : (product + highRoot) / most,
  };
}

/** The t up to which the interval leaves out 1. */
function furthestWithoutOne(within: (t: number) => Interval): number {
  let [without, holding] = [0, FARTHEST];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (without + holding) / 2;
    const { low, high } = within(middle);
    if (low <= 1 && high >= 1) holding = middle;
    else without = middle;
  }
  return without;
}
