/** Keeps a record within what a document or a workflow's input may hold. Pure. */
import type { Json } from './agent-contract.js';
import type { Attempt, ExecutionRecord } from './task.js';

const CUT = '[cut: too large to keep]';
/** What an attempt's details are cut to, step by step, until the record fits. */
const steps: readonly { chars: number; actions: number }[] = [
  { chars: 20_000, actions: 1_000 },
  { chars: 2_000, actions: 300 },
  { chars: 200, actions: 50 },
  { chars: 100, actions: 0 },
];

const sizeOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;
const cut = (value: Json, chars: number): Json => (sizeOf(value) > chars ? CUT : value);

function boundAttempt(attempt: Attempt, chars: number, actions: number): Attempt {
  const { report } = attempt;
  return {
    ...attempt,
    report: {
      ...report,
      ...(report.output === undefined ? {} : { output: cut(report.output, chars) }),
      actions: report.actions
        .slice(0, actions)
        .map((action) =>
          action.input === undefined ? action : { ...action, input: cut(action.input, chars) },
        ),
      results: report.results.slice(0, actions).map((result) => ({
        success: result.success,
        ...(result.output === undefined ? {} : { output: cut(result.output, chars) }),
        ...(result.error === undefined ? {} : { error: result.error.slice(0, chars) }),
      })),
      errors: report.errors.slice(0, Math.max(1, actions)).map((error) => error.slice(0, chars)),
    },
  };
}

/**
 * Cuts outputs, inputs and long lists of actions until the record's JSON has at most `maxChars` characters.
 * Outcomes, figures, what was offered and what was chosen always stay.
 */
export function boundRecord(record: ExecutionRecord, maxChars: number): ExecutionRecord {
  let bounded = record;
  for (const { chars, actions } of steps) {
    if (sizeOf(bounded) <= maxChars) return bounded;
    bounded = {
      ...record,
      description: record.description.slice(0, Math.max(2_000, chars)),
      context: sizeOf(record.context) > Math.max(2_000, chars) ? { cut: CUT } : record.context,
      attempts: record.attempts.map((attempt) => boundAttempt(attempt, chars, actions)),
    };
  }
  return bounded;
}
