/** Whose word on an outcome counts. */
import type { Outcome } from './task.js';
import { outcomeSources } from './terms.js';

/** How trusted a word is. */
type Rank = Pick<Outcome, 'source' | 'precedence'>;

/** How much a word weighs: first by its source, then by its precedence among those. */
const weigh = (one: Rank, other: Rank): number =>
  outcomeSources.indexOf(one.source) - outcomeSources.indexOf(other.source) ||
  (one.precedence ?? 0) - (other.precedence ?? 0);

const graderOf = (outcome: Outcome): Rank => outcome.gradedBy ?? outcome;
const rankOf = ({ source, precedence }: Rank): Rank => ({
  source,
  ...(precedence === undefined ? {} : { precedence }),
});

/** Whether the later of two words decides over success: of two that are trusted equally, it does. */
export function overrules(earlier: Outcome, later: Outcome): boolean {
  // "I do not know" overrules nobody, however trusted its source is.
  if (later.success === null) return false;
  return earlier.success === null || weigh(later, earlier) >= 0;
}

/**
 * What two words come to: success as the more trusted says, and the score beside it.
 *
 * A grade alone says nothing of yes or no, so that this stays with who said it, and with that source's trust: a
 * person's grade does not shield an agent's "yes" from a verifier's "no". A grade by somebody less trusted than
 * who decided, or of a word that was overruled, is dropped.
 */
export function moreTrusted(earlier: Outcome, later: Outcome): Outcome {
  const decided = overrules(earlier, later) ? later : earlier;
  const graded = gradedOf(earlier, later);
  if (graded === undefined) return decided;
  const { score } = graded;
  if (score === undefined || graded === decided) return decided;
  const grader = rankOf(graderOf(graded));
  if (decided.success === null) return { success: null, ...grader, score };
  const lead = weigh(grader, decided);
  const keeps = lead > 0 || (lead === 0 && graded.success === null);
  const { score: _score, gradedBy: _gradedBy, ...said } = decided;
  if (!keeps) return said;
  return lead === 0 ? { ...said, score } : { ...said, score, gradedBy: grader };
}

/** The more trusted of those that have a score. */
function gradedOf(earlier: Outcome, later: Outcome): Outcome | undefined {
  if (later.score === undefined) return earlier.score === undefined ? undefined : earlier;
  return earlier.score === undefined || weigh(graderOf(later), graderOf(earlier)) >= 0 ? later : earlier;
}

/** Names of the three counts that an outcome falls into. */
export function outcomeSums(success: boolean | null): Record<string, number> {
  if (success === null) return { unknown: 1 };
  return success ? { successes: 1 } : { failures: 1 };
}

/** Beside {@link outcomeSums}: the part of successes and failures for which there is only the agent's own word. */
export function ownWordSums({
  success,
  source,
}: Pick<Outcome, 'success' | 'source'>): Record<string, number> {
  if (success === null || source !== 'agent') return {};
  return success ? { claimedSuccesses: 1 } : { claimedFailures: 1 };
}
