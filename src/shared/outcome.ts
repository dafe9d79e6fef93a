/** Whose word on an outcome counts. */
import type { Outcome } from './task.js';
import { outcomeSources } from './terms.js';

/** The more trusted of two outcomes; of two by equally trusted sources, the later. */
export function moreTrusted(earlier: Outcome, later: Outcome): Outcome {
  // "I do not know" overrules nobody, however trusted its source is.
  if (later.success === null && later.score === undefined) return earlier;
  if (earlier.success === null) return later;
  return outcomeSources.indexOf(later.source) >= outcomeSources.indexOf(earlier.source) ? later : earlier;
}

/** Names of the three counts that an outcome falls into. */
export function outcomeSums(success: boolean | null): Record<string, number> {
  if (success === null) return { unknown: 1 };
  return success ? { successes: 1 } : { failures: 1 };
}
