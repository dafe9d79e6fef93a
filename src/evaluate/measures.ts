/** How a replay is summed up. */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { ReplayOutcome } from './anonymised-replay.js';

/** What was measured on each task, in order. */
export type Step = Pick<ReplayOutcome, 'reward' | 'cost'>;

/** Means of one seed. */
export interface Measures {
  reward: number;
  /** USD a task, over the tasks whose cost is known; null when none is. */
  cost: number | null;
  /** Mean reward of the first, second and last third of the tasks; null where a third has none. */
  curve: (number | null)[];
}

export function measuresOf(steps: readonly Step[]): Measures {
  const rewards = steps.map(({ reward }) => reward);
  const bounds = [0, 1, 2, 3].map((third) => Math.round((third * steps.length) / 3));
  return {
    reward: meanOrNull(rewards) ?? 0,
    cost: meanOrNull(steps.flatMap(({ cost }) => cost ?? [])),
    curve: [0, 1, 2].map((third) => meanOrNull(rewards.slice(bounds[third], bounds[third + 1]))),
  };
}

/** Means over seeds of what one seed measured. */
export function meanMeasures(seeds: readonly Measures[]): Measures {
  return {
    reward: mean(seeds.map(({ reward }) => reward)),
    cost: meanOrNull(seeds.flatMap(({ cost }) => cost ?? [])),
    curve: [0, 1, 2].map((third) => meanOrNull(seeds.flatMap(({ curve }) => curve[third] ?? []))),
  };
}

/** Spread of single seeds' means; null of one seed, whose spread is unknown. */
export const spread = (means: readonly number[]): number | null =>
  means.length < 2 ? null : sampleStandardDeviation([...means]);

/** Reward less what the cost weighs. @param costWeight reward a USD */
export const utilityOf = ({ reward, cost }: { reward: number; cost: number | null }, costWeight: number) =>
  reward - costWeight * (cost ?? 0);

/** The share of the way from random choice to the best single agent; null when there is no way to go. */
export function gapClosed(ours: number, random: number, bestSingle: number): number | null {
  // Means over thousands of tasks differ by rounding alone.
  return bestSingle - random < 1e-9 ? null : (ours - random) / (bestSingle - random);
}

const meanOrNull = (values: number[]): number | null => (values.length === 0 ? null : mean(values));
