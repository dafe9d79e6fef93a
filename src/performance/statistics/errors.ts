/** Which errors attempts had: executions and their time by agent, category and the error's signature. */
import { startedAttempts } from '../../shared/attempt.js';
import { errorSignature } from '../../shared/error-signature.js';
import type { ExecutionRecord, Outcome } from '../../shared/task.js';
import type { Increment } from '../../store/counters.js';
import { placeOf, timeSums, wentAs, workedMs } from './executions.js';
import { ERRORS } from './projections.js';
import { isBin } from './sketch.js';

/** Different errors of one attempt that are counted, the first ones. */
const MOST_SIGNATURES = 3;

/** What an execution adds to the errors: one increment an attempt and error. Pure. */
export function errorsOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  const { category, day } = placeOf(record);
  return startedAttempts(record).flatMap((attempt) => {
    const failed = wentAs(record, attempt, outcome).success === false;
    const ms = workedMs(attempt);
    return signaturesOf(attempt.report.errors).map((signature) => ({
      projection: ERRORS,
      dimensions: { agentType: attempt.agentType, category, signature, day },
      sums: { executions: 1, failures: failed ? 1 : 0, durationMs: ms, ...withoutBins(timeSums(ms)) },
    }));
  });
}

function signaturesOf(errors: readonly string[]): string[] {
  const found = new Set<string>();
  for (const error of errors) {
    const signature = errorSignature(error);
    if (signature !== '') found.add(signature);
    if (found.size === MOST_SIGNATURES) break;
  }
  return [...found];
}

const withoutBins = (sums: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(sums).filter(([name]) => !isBin(name)));
