/** What of a record agents and callers said: without its secrets, or left out where MongoDB cannot hold it. Pure. */
import { blankReport } from '../shared/check-report.js';
import type { Redactor } from '../shared/redact.js';
import type { Attempt, ExecutionRecord } from '../shared/task.js';

/**
 * A record without secrets. Ids, plans and what was offered stay as they are: two ids that look like secrets
 * would become the same, and the second record be taken for the first.
 */
export function redactedRecord(record: ExecutionRecord, redactor: Redactor): ExecutionRecord {
  const { tenant, taskId, executionId, workflowId, runId, firstRunId, choice, learnings, knowledge } = record;
  const { attempts, ...content } = record;
  return {
    ...redactor.value(content),
    ...{ tenant, taskId, executionId, workflowId, runId, firstRunId, choice, learnings, knowledge },
    attempts: attempts.map((attempt) => redactedAttempt(attempt, redactor)),
  };
}

function redactedAttempt(attempt: Attempt, redactor: Redactor): Attempt {
  const { agentType, change, report } = attempt;
  const { problem } = change ?? {};
  return {
    ...redactor.value(attempt),
    agentType,
    report: { ...redactor.value(report), applied: report.applied },
    ...(change === undefined
      ? {}
      : { change: { ...change, ...(problem === undefined ? {} : { problem: redactor.text(problem) }) } }),
  };
}

const LEFT_OUT = '[left out: MongoDB cannot hold it]';

/** A record without the values of any shape that callers and agents put into it; texts and figures stay. */
export function withoutValues(record: ExecutionRecord): ExecutionRecord {
  return {
    ...record,
    context: { cut: LEFT_OUT },
    attempts: record.attempts.map((attempt) => {
      const { success, actions, results, iterations, errors, cost, tokens, applied } = attempt.report;
      return {
        ...attempt,
        report: {
          ...blankReport(success),
          output: LEFT_OUT,
          actions: actions.map(({ type }) => ({ type })),
          results: results.map(({ success: went, seconds }) => ({
            success: went,
            ...(typeof seconds === 'number' ? { seconds } : {}),
          })),
          ...{ iterations, errors, applied },
          ...(cost === undefined ? {} : { cost }),
          ...(tokens === undefined ? {} : { tokens: { input: tokens.input, output: tokens.output } }),
        },
      };
    }),
  };
}
