/** What is believed of each plan in a category: a Beta posterior that leans on other categories. */
import type { CounterRow } from '../store/counters.js';

/** A Beta(a, b) belief about a plan's probability of success, and the executions it stands on. */
export interface PlanPosterior {
  a: number;
  b: number;
  executions: number;
}

/** Most executions' worth that other categories' outcomes may weigh in a category's posterior. */
const POOLED_WEIGHT = 6;

/**
 * The posterior of a plan: its outcomes in the category, on a prior made of its outcomes elsewhere. The
 * prior's weight is capped, so that a category's own outcomes soon prevail.
 *
 * @param rows the counters of all plans, by `plan` and `category`
 */
export function planPosterior(rows: readonly CounterRow[], plan: string, category: string): PlanPosterior {
  let [successes, failures, otherSuccesses, otherFailures] = [0, 0, 0, 0];
  for (const { dimensions, sums } of rows) {
    if (dimensions['plan'] !== plan) continue;
    if (dimensions['category'] === category) {
      successes += sums['successes'] ?? 0;
      failures += sums['failures'] ?? 0;
    } else {
      otherSuccesses += sums['successes'] ?? 0;
      otherFailures += sums['failures'] ?? 0;
    }
  }
  const others = otherSuccesses + otherFailures;
  const weight = others === 0 ? 0 : Math.min(others, POOLED_WEIGHT) / others;
  return {
    a: 1 + successes + weight * otherSuccesses,
    b: 1 + failures + weight * otherFailures,
    executions: successes + failures,
  };
}
