/** The ratio of two geometric means on like tasks. Pure. */
import { studentQuantile, studentTwoSided } from '../../evidence/student.js';
import type { Moments } from '../statistics/moments.js';
import type { Contrast } from './contrast.js';

/** Moments of logarithms of tasks alike, as both did them. */
export interface MeanStratum {
  a: Moments;
  b: Moments;
}

/** A side of a stratum with fewer values is taken to spread as that side does in all strata. */
const OWN_SPREAD = 5;
/** Values that are all the same still stand for some spread: 1% of the value. */
const LEAST_VARIANCE = 1e-4;

/** A variance with the degrees of freedom it was estimated by. */
interface Spread {
  variance: number;
  freedom: number;
}

/** Of one side over all strata, each around its own mean; null where no stratum has two values. */
export function pooledSpread(moments: readonly Moments[]): Spread | null {
  let [squares, freedom] = [0, 0];
  for (const { n, variance } of moments) {
    if (n < 2) continue;
    squares += (n - 1) * variance;
    freedom += n - 1;
  }
  return freedom === 0 ? null : { variance: squares / freedom, freedom };
}

/** Shares of a variance, each with its degrees of freedom, by Welch and Satterthwaite's formula. */
export class Welch {
  private total = 0;
  private squares = 0;

  add(part: number, freedom: number): void {
    this.total += part;
    this.squares += part ** 2 / freedom;
  }

  get variance(): number {
    return this.total;
  }

  get freedom(): number {
    return this.squares === 0 ? Number.POSITIVE_INFINITY : Math.max(1, this.total ** 2 / this.squares);
  }
}

/**
 * What a takes as a share of what b takes, within strata: the mean of the differences of logarithms, weighted by
 * n1 n2 / (n1 + n2), with an interval by Welch's t-test.
 *
 * @returns null where no stratum has values on both sides, or a side's spread cannot be known
 */
export function logRatio(all: readonly MeanStratum[]): Contrast | null {
  const strata = all.filter(({ a, b }) => a.n > 0 && b.n > 0);
  const pooled = { a: pooledSpread(strata.map(({ a }) => a)), b: pooledSpread(strata.map(({ b }) => b)) };
  if (pooled.a === null || pooled.b === null) return null;
  const sides = { a: pooled.a, b: pooled.b };
  let [weights, product] = [0, 0];
  // The strata that lack a spread of their own share one estimate, so that their parts are one.
  const shared = { a: 0, b: 0 };
  const welch = new Welch();
  for (const stratum of strata) {
    const weight = (stratum.a.n * stratum.b.n) / (stratum.a.n + stratum.b.n);
    weights += weight;
    product += weight * (stratum.a.mean - stratum.b.mean);
    for (const side of ['a', 'b'] as const) {
      const { n, variance } = stratum[side];
      if (n < OWN_SPREAD) shared[side] += weight ** 2 / n;
      else welch.add((weight ** 2 * Math.max(variance, LEAST_VARIANCE)) / n, n - 1);
    }
  }
  for (const side of ['a', 'b'] as const)
    if (shared[side] > 0)
      welch.add(shared[side] * Math.max(sides[side].variance, LEAST_VARIANCE), sides[side].freedom);
  const log = product / weights;
  const error = Math.sqrt(welch.variance) / weights;
  return {
    value: Math.exp(log),
    p: studentTwoSided(log / error, welch.freedom),
    interval: (outside) => {
      const margin = studentQuantile(welch.freedom, outside) * error;
      return { low: Math.exp(log - margin), high: Math.exp(log + margin) };
    },
  };
}
