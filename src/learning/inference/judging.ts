/** What judging by success and by pace share: how strict, how sure, and what is counted. Pure. */
import type { Confidence } from '../../shared/terms.js';
import type { Comparison, Given } from './matched-sets.js';
import type { Observation } from './observation.js';
import type { PatternCounts } from './verdict.js';

export interface JudgeOptions {
  /** Most that errors may make of what is asserted, over all looks; of several groups give each its share. */
  level?: number;
  /** Runs ever seen of the group, where the observations are a sample of them. */
  seen?: number;
  /** What runs are compared at equal values of; both when left out. A plan decides on its agents: leave them out there. */
  given?: readonly Given[];
}

/** {@link JudgeOptions.level} of a group that is judged alone. */
export const LEVEL = 0.05;
/** Comparisons between tasks cannot see what else tells them apart: they are asserted at this share of the level. */
export const BETWEEN_SHARE = 0.5;

/** By its p-value as a share of the level, and the tasks in which it made a difference or could have. */
export function confidenceOf(share: number, tasks: number, compared: Comparison['compared']): Confidence {
  if (compared === 'tasks') return 'MEDIUM';
  if (share < 0.01 && tasks >= 20) return 'VERY_HIGH';
  return share < 0.2 && tasks >= 10 ? 'HIGH' : 'MEDIUM';
}

/** Runs and successes with what the listed ones show, and without it. */
export function countsOf(runs: readonly Observation[], shown: readonly number[]): PatternCounts {
  const all = runs.reduce((sum, { success }) => sum + Number(success), 0);
  const successes = shown.reduce((sum, run) => sum + Number(runs[run]?.success), 0);
  return {
    n: shown.length,
    successes,
    withoutN: runs.length - shown.length,
    withoutSuccesses: all - successes,
  };
}
