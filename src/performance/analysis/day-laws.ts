/** How the sum over a day's executions is distributed, given its mean and variance. Pure. */
import { betaBelow } from '../../evidence/beta.js';
import type { Interval } from '../../evidence/intervals.js';
import { studentQuantile, studentTwoSided } from '../../evidence/student.js';

export interface DayLaw {
  /** Probability of a sum as far from what is expected, either way. */
  p: (sum: number) => number;
  /** @param outside share of days whose sum may lie elsewhere */
  plausible: (outside: number) => Interval;
}

const BISECTIONS = 50;

/** Of values that may be anything, such as logarithms. @param freedom of the variance */
export function normalLaw(mean: number, variance: number, freedom: number): DayLaw {
  const error = Math.sqrt(variance);
  return {
    p: (sum) => studentTwoSided((sum - mean) / error, freedom),
    plausible: (outside) => {
      const margin = studentQuantile(freedom, outside) * error;
      return { low: mean - margin, high: mean + margin };
    },
  };
}

/**
 * Of counts, taken for gamma distributed by Wilson and Hilferty's cube root (Proc. Natl. Acad. Sci. 17, 1931): skewed
 * as counts are. Counts are whole, so each stands for the half on either side.
 *
 * @param freedom of the variance
 */
export function countLaw(mean: number, variance: number, freedom: number): DayLaw {
  const shape = mean ** 2 / variance;
  const middle = 1 - 1 / (9 * shape);
  const at = (root: number): number => mean * Math.max(0, root) ** 3;
  return {
    p: (sum) => {
      const near = halfTowards(sum, mean);
      // Nothing is nearer to what is expected; the cube root does not know it of means close to zero.
      if (near === mean) return 1;
      return studentTwoSided(3 * Math.sqrt(shape) * (Math.cbrt(near / mean) - middle), freedom);
    },
    plausible: (outside) => {
      const margin = studentQuantile(freedom, outside) / (3 * Math.sqrt(shape));
      return { low: Math.max(0, at(middle - margin) - 0.5), high: at(middle + margin) + 0.5 };
    },
  };
}

/** Of successes among so many: the rate is taken for beta distributed, which keeps within its ends. */
export function rateLaw(trials: number, mean: number, variance: number): DayLaw {
  const rate = mean / trials;
  const size = Math.max(0.1, (rate * (1 - rate) * trials ** 2) / variance - 1);
  const below = (sum: number): number => betaBelow(sum / trials, rate * size, (1 - rate) * size);
  const quantile = (share: number): number => {
    let [low, high] = [0, trials];
    for (let step = 0; step < BISECTIONS; step += 1) {
      const middle = (low + high) / 2;
      if (below(middle) < share) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return {
    p: (sum) => {
      const share = below(halfTowards(sum, mean));
      return Math.min(1, 2 * Math.min(share, 1 - share));
    },
    plausible: (outside) => ({
      low: Math.max(0, quantile(outside / 2) - 0.5),
      high: Math.min(trials, quantile(1 - outside / 2) + 0.5),
    }),
  };
}

const halfTowards = (sum: number, mean: number): number =>
  sum > mean ? Math.max(mean, sum - 0.5) : Math.min(mean, sum + 0.5);
