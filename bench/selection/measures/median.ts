import { median } from 'simple-statistics';
import type { Estimate } from '../../../src/evaluate/estimate.js';

/**
 * The median with the 95% interval of the order statistics about it (Conover, Practical Nonparametric Statistics,
 * 3rd ed., 3.2), which asks nothing of how the values are spread.
 */
export function medianEstimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((one, other) => one - other);
  const reach = 1.96 * Math.sqrt(sorted.length / 4);
  const low = sorted[Math.floor(sorted.length / 2 - reach) - 1];
  const high = sorted[Math.ceil(sorted.length / 2 + reach)];
  const interval = low === undefined || high === undefined ? null : { low, high };
  return { mean: median(sorted), interval };
}
