/** Whether a plan does better or worse than was predicted of it: that it has changed. */
import { settings } from './settings.js';

/** What a plan's executions of one period came to beside what was predicted. */
export interface PeriodResidual {
  period: number;
  /** Executions of which a reward was predicted. */
  predicted: number;
  /** Sum of their rewards. */
  reward: number;
  /** Sum of the predictions. */
  expected: number;
}

/** Fewer executions than these are no evidence of a change, however surprising. */
const FEWEST = 8;

/**
 * The generalised likelihood ratio test of a shift of mean (Lai, JRSS B 57, 1995; Basseville and Nikiforov,
 * Detection of Abrupt Changes, 2.4), over the times it may have begun: for each, the squared sum of residuals
 * since over twice their variance.
 *
 * @param periods of one plan, oldest first
 * @returns the period from which on the plan is another one; null where there is no sign of it
 */
export function lastChange(periods: readonly PeriodResidual[]): number | null {
  let [predicted, residual, variance] = [0, 0, 0];
  let strongest: number = settings.alarm;
  let from: number | null = null;
  // Before the first period there is nothing to be cut off.
  for (let index = periods.length - 1; index > 0; index--) {
    const period = periods[index];
    if (period === undefined || period.predicted <= 0) continue;
    const mean = clipped(period.expected / period.predicted);
    predicted += period.predicted;
    residual += period.reward - period.expected;
    variance += period.predicted * mean * (1 - mean);
    if (predicted < FEWEST) continue;
    const ratio = residual ** 2 / (2 * variance);
    if (ratio > strongest) [strongest, from] = [ratio, period.period];
  }
  return from;
}

/** A sure prediction would make of every surprise an infinite one. */
const clipped = (mean: number): number => Math.min(0.98, Math.max(0.02, mean));
