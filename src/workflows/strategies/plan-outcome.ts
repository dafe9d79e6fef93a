/** How a plan ended, from how its agents did. */
import type { Json } from '../../shared/agent-contract.js';
import type { Attempt, Outcome } from '../../shared/task.js';

export interface PlanOutcome {
  outcome: Outcome;
  output: Json;
  reason?: string;
}

/** The plan's outcome is that of one attempt; later corrections of the outcome reach this attempt. */
export function decidedBy(attempt: Attempt): PlanOutcome {
  attempt.decisive = true;
  return {
    outcome: { success: attempt.success, source: attempt.source },
    output: attempt.report.output ?? null,
    ...(attempt.reason === undefined ? {} : { reason: attempt.reason }),
  };
}

/** The plan failed for a reason of its own. */
export const failedPlan = (reason: string): PlanOutcome => ({
  outcome: { success: false, source: 'system' },
  output: null,
  reason,
});
