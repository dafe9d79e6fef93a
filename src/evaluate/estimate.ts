/** Means over seeds with how sure they are. Pure. */
import { mean } from 'simple-statistics';
import { betaInterval } from '../evidence/beta.js';
import type { Interval } from '../evidence/intervals.js';
import { spread } from './measures.js';

/** A mean over seeds with its 95% interval. */
export interface Estimate {
  mean: number;
  /** Null of one seed, which does not tell how much seeds differ. */
  interval: Interval | null;
}

/**
 * Estimates the mean of what each seed gave by Student's t interval, from the seeds' own spread: it says what
 * more seeds could still change, not how other tasks would go.
 *
 * @param values one a seed; at least one
 */
export function estimate(values: readonly number[]): Estimate {
  const centre = mean([...values]);
  const deviation = spread(values);
  if (deviation === null) return { mean: centre, interval: null };
  const margin = (studentQuantile(values.length - 1) * deviation) / Math.sqrt(values.length);
  return { mean: centre, interval: { low: centre - margin, high: centre + margin } };
}

/**
 * The quantile of Student's t distribution of a two-sided 95% interval. When B is Beta(f/2, f/2),
 * sqrt(f) (B - 1/2) / sqrt(B (1 - B)) has that distribution with f degrees of freedom (M. C. Jones, The American
 * Statistician 56(3), 2002).
 *
 * @param freedom degrees of freedom, from 1
 */
export function studentQuantile(freedom: number): number {
  const { high } = betaInterval(freedom / 2, freedom / 2);
  return (Math.sqrt(freedom) * (high - 0.5)) / Math.sqrt(high * (1 - high));
}

/** An estimate on another scale: each value less `from`, as a share of `span`. @param span above 0 */
export const rescaled = ({ mean, interval }: Estimate, from: number, span: number): Estimate => ({
  mean: (mean - from) / span,
  interval:
    interval === null ? null : { low: (interval.low - from) / span, high: (interval.high - from) / span },
});
