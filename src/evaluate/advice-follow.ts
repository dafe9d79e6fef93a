/** What came of following a piece of advice on tasks whose outcomes are all known. Pure. */
import { mean, sampleVariance } from 'simple-statistics';
import type { Advice } from '../performance/advice/candidate.js';
import type { AnonymisedReplay } from './anonymised-replay.js';
import type { ReplayTask } from './replay-file.js';

/** The normal quantile of a two-sided 90% interval, as promises have. */
const Z_90 = 1.6448536269514722;

/** A promise beside what was measured. */
export interface Followed {
  type: Advice['type'];
  category: string;
  /** Under the names that the seed drew. */
  agent: string;
  other: string;
  promised: { value: number; low: number; high: number };
  /** In the promise's own terms: points of success, or the share of cost saved. */
  measured: number;
  /** Standard error that the measured one has of the tasks being a sample. */
  error: number;
  tasks: number;
  /** Whether it lies in the promise's interval. */
  keptBare: boolean;
  /** Whether it lies in the predictive interval: the promise's, with the measurement's own error added. */
  kept: boolean;
}

/** Tasks without which nothing is measured. */
const LEAST_TASKS = 10;

/**
 * Gives every task to the other agent in place of the adviser's, and compares task by task.
 *
 * The predictive interval adds the two errors as independent ones add, on each side by itself:
 * `value - sqrt((value - low)^2 + (1.645 error)^2)` and likewise above.
 *
 * @param tasks of the advice's category, which it was not drawn from
 * @returns null where fewer than 10 tasks tell
 */
export function follow(
  advice: Pick<Advice, 'type' | 'category' | 'agentType' | 'subject' | 'expectedImprovement'>,
  tasks: readonly ReplayTask[],
  view: AnonymisedReplay,
): Followed | null {
  const { type, category, agentType: agent, subject: other, expectedImprovement } = advice;
  const { metric, value, low, high } = expectedImprovement;
  const pairs = tasks.map((task) => [view.outcome(task, agent), view.outcome(task, other)] as const);
  const gains = pairs.flatMap(([own, theirs]): number[] => {
    if (metric === 'successRate') return [theirs.reward - own.reward];
    if (own.cost === null || theirs.cost === null || own.cost <= 0 || theirs.cost <= 0) return [];
    return [Math.log(own.cost) - Math.log(theirs.cost)];
  });
  if (gains.length < LEAST_TASKS) return null;
  const gain = mean(gains);
  const spread = Math.sqrt(sampleVariance(gains) / gains.length);
  const isRatio = metric !== 'successRate';
  const measured = isRatio ? 1 - Math.exp(-gain) : gain;
  const error = isRatio ? Math.exp(-gain) * spread : spread;
  const margin = Z_90 * error;
  return {
    type,
    category,
    agent,
    other,
    promised: { value, low, high },
    measured,
    error,
    tasks: gains.length,
    keptBare: measured >= low && measured <= high,
    kept:
      measured >= value - Math.hypot(value - low, margin) &&
      measured <= value + Math.hypot(high - value, margin),
  };
}
