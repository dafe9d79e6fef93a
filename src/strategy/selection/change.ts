/** Whether a plan does better or worse than was predicted of it, and than it did before: that it has changed. */
import { settings } from './settings.js';

/** What a plan's executions of one period came to beside what was predicted. */
export interface PeriodResidual {
  period: number;
  /** All executions, and the sum of their rewards. */
  executions: number;
  total: number;
  /** Executions of which a reward was predicted. */
  predicted: number;
  /** Sum of their rewards. */
  reward: number;
  /** Sum of the predictions. */
  expected: number;
}

/** Executions of a plan, and the sum of their rewards. */
export interface PlanRecord {
  executions: number;
  reward: number;
}

/** Fewer executions than these are no evidence of a change, however surprising. */
const FEWEST = 8;

/**
 * The generalised likelihood ratio test of a shift of mean (Lai, JRSS B 57, 1995; Basseville and Nikiforov,
 * Detection of Abrupt Changes, 2.4), over the times it may have begun. For each, two ratios have to speak for it: of
 * the rewards since beside those predicted (the squared sum of residuals over twice their variance), and of the
 * rewards since beside those before. By the first, tasks that have become harder are no change of the plan. By the
 * second, a change is seen once: predictions that were made before it, in tasks that were running then or in a history
 * that was read in, stay wrong after it, but the plan does what it did.
 *
 * @param periods of one plan, oldest first
 * @param whole the plan's record since its last change, those periods included
 * @returns the period from which on the plan is another one; null where there is no sign of it
 */
export function lastChange(periods: readonly PeriodResidual[], whole: PlanRecord): number | null {
  let [predicted, residual, variance] = [0, 0, 0];
  const since: PlanRecord = { executions: 0, reward: 0 };
  let strongest: number = settings.alarm;
  let from: number | null = null;
  // Before the first period there is nothing to be cut off.
  for (let index = periods.length - 1; index > 0; index--) {
    const period = periods[index];
    if (period === undefined) continue;
    since.executions += period.executions;
    since.reward += period.total;
    if (period.predicted <= 0) continue;
    const mean = clipped(period.expected / period.predicted);
    predicted += period.predicted;
    residual += period.reward - period.expected;
    variance += period.predicted * mean * (1 - mean);
    if (predicted < FEWEST) continue;
    const ratio = residual ** 2 / (2 * variance);
    if (ratio <= strongest) continue;
    const both = Math.min(ratio, splitRatio(whole, since));
    if (both > strongest) [strongest, from] = [both, period.period];
  }
  return from;
}

/** Log-likelihood ratio of two rates, before and since, over one for all. */
function splitRatio(whole: PlanRecord, since: PlanRecord): number {
  const before = { executions: whole.executions - since.executions, reward: whole.reward - since.reward };
  if (before.executions <= 0 || since.executions <= 0) return 0;
  return logLikelihood(before) + logLikelihood(since) - logLikelihood(whole);
}

/** Of a record at its own rate, as of yes and no; grades vary less, and speak for more than this says. */
function logLikelihood({ executions, reward }: PlanRecord): number {
  const rate = Math.min(1, Math.max(0, reward / executions));
  return executions * (timesLog(rate) + timesLog(1 - rate));
}

const timesLog = (share: number): number => (share <= 0 ? 0 : share * Math.log(share));

/** A sure prediction would make of every surprise an infinite one. */
const clipped = (mean: number): number => Math.min(0.98, Math.max(0.02, mean));
