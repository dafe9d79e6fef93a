/** How a plan ended, from how its agents did. */
import type { Json } from '../../shared/agent-contract.js';
import { moreTrusted } from '../../shared/outcome.js';
import type { Attempt, Outcome } from '../../shared/task.js';
import type { Word } from '../../shared/verdict.js';

export interface PlanOutcome {
  outcome: Outcome;
  output: Json;
  reason?: string;
  /** Whose work the result is. */
  winner?: Attempt;
  /** What was said of the plan as a whole, besides the words on its attempts. */
  words?: Word[];
}

/** The plan's outcome is that of one attempt; later corrections of the outcome reach this attempt. */
export function decidedBy(attempt: Attempt): PlanOutcome {
  attempt.decisive = true;
  return {
    outcome: outcomeOf(attempt),
    output: attempt.report.output ?? null,
    winner: attempt,
    ...(attempt.reason === undefined ? {} : { reason: attempt.reason }),
  };
}

/** What a word says, without who says it. */
function saidBy(word: Word): Outcome {
  const { by: _, ...said } = word;
  const { reason: __, ...outcome } = said;
  return outcome;
}

/** How an attempt went by the most trusted word on it. */
export function outcomeOf({ success, source, words = [] }: Attempt): Outcome {
  const [first, ...rest] = words.map(saidBy);
  const judged = first === undefined ? undefined : rest.reduce(moreTrusted, first);
  return judged !== undefined && judged.success === success ? judged : { success, source };
}

/** The plan failed for a reason of its own. */
export const failedPlan = (reason: string): PlanOutcome => ({
  outcome: { success: false, source: 'system' },
  output: null,
  reason,
});
