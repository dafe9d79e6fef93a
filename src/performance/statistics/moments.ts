/** Means and variances from sums. Pure. */
import type { Sums } from '../figures.js';

/** Sums are integers, so logarithms are kept in thousandths. */
const LOG_SCALE = 1_000;

/** Largest value that counts towards the sum of squares. */
const MOST_SQUARED = 1e5;

/** Of the values behind a sum. */
export interface Moments {
  n: number;
  /** 0 without any value. */
  mean: number;
  /** Of one value, by n - 1; 0 with fewer than two. */
  variance: number;
}

/** The number of values behind each sum of logarithms. */
const counts = {
  logMs: 'timed',
  logCost: 'costed',
  logTokens: 'tokened',
  logQueueMs: 'queueTimed',
  logRetryMs: 'retryTimed',
  logOnceMs: 'onceTimed',
} as const;
export type LogSum = keyof typeof counts;

/** What a value above 0 adds to a sum of logarithms; nothing where it is 0. @param value a whole number */
export function logSums(sum: LogSum, value: number): Record<string, number> {
  if (value < 1) return {};
  const log = Math.log(value);
  return {
    [counts[sum]]: 1,
    [sum]: Math.round(LOG_SCALE * log),
    [`${sum}2`]: Math.round(LOG_SCALE * log ** 2),
  };
}

/** Moments of the logarithms of ms, micro-USD or tokens, over the executions of which they are known and not 0. */
export function logMoments(sums: Sums, sum: LogSum): Moments {
  const of = (name: string): number => sums[name] ?? 0;
  const n = of(counts[sum]);
  return momentsOf(n, of(sum) / LOG_SCALE, of(`${sum}2`) / LOG_SCALE);
}

export type CountSum = 'iterations' | 'errors' | 'actions';

/** What a count adds to its sum and the sum of its squares. */
export const countSums = (sum: CountSum, value: number): Record<string, number> => ({
  [sum]: value,
  [`${sum}2`]: Math.min(MOST_SQUARED, value) ** 2,
});

/** Moments of a count an execution. */
export function moments(sums: Sums, sum: CountSum): Moments {
  const n = sums['executions'] ?? 0;
  const [total, squares] = [sums[sum] ?? 0, sums[`${sum}2`] ?? 0];
  // Records made before squares were kept have none; such values are taken to spread as widely as their mean.
  if (n > 1 && squares * n < total * total * (1 - 1e-9))
    return { n, mean: total / n, variance: (total / n) ** 2 };
  return momentsOf(n, total, squares);
}

function momentsOf(n: number, total: number, squares: number): Moments {
  if (n <= 0) return { n: 0, mean: 0, variance: 0 };
  const mean = total / n;
  return { n, mean, variance: n < 2 ? 0 : Math.max(0, (squares - total * mean) / (n - 1)) };
}
