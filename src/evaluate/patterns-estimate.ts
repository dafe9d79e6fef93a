/** Means over splits of the same data, with how sure they are. Pure. */
import { mean } from 'simple-statistics';
import type { Interval } from '../evidence/intervals.js';
import { type Estimate, studentQuantile } from './estimate.js';
import { spread } from './measures.js';

/**
 * The mean over random splits with its 95% interval. Splits share runs, so their spread alone would say far too little;
 * it is widened by the share of the tested runs, after Nadeau and Bengio.
 *
 * @see C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003)
 * @param values one a split; at least one
 * @param ratio tested runs by runs learned from
 */
export function correctedEstimate(values: readonly number[], ratio: number): Estimate {
  const centre = mean([...values]);
  const deviation = spread(values);
  if (deviation === null) return { mean: centre, interval: null };
  const margin = studentQuantile(values.length - 1) * deviation * Math.sqrt(1 / values.length + ratio);
  const interval: Interval = { low: centre - margin, high: centre + margin };
  return { mean: centre, interval };
}
