/** What goes into a workflow that serves as an agent, and what comes out of it, by declared JSONPaths. */
import { ApplicationFailure } from '@temporalio/common';
import { query } from 'json-p3';
import { checkedReport } from '../agents/read-report.js';
import type { WorkflowAgentActivities } from '../shared/activities.js';
import type { Json } from '../shared/agent-contract.js';
import { ErrorType } from '../shared/errors.js';

export const workflowAgentActivities: WorkflowAgentActivities = {
  async workflowArguments(task, args) {
    // Plain JSON has no undefined, and paths are evaluated on plain JSON.
    const given = JSON.parse(JSON.stringify(task)) as Json;
    return args.map((arg) => filled(arg, given));
  },

  async reportOfResult(result, paths) {
    const read = (path: string | undefined): Json | undefined =>
      path === undefined ? undefined : found(path, result);
    const { inputTokens, outputTokens, success, ...fields } = paths;
    const tokens = [read(inputTokens), read(outputTokens)];
    const report = Object.fromEntries(
      Object.entries(fields)
        .map(([field, path]) => [field, read(path)] as const)
        .filter(([, value]) => value !== undefined && value !== null),
    );
    try {
      return checkedReport({
        ...report,
        success: read(success) ?? null,
        ...(tokens.some((count) => count != null)
          ? { tokens: { input: tokens[0] ?? 0, output: tokens[1] ?? 0 } }
          : {}),
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw ApplicationFailure.nonRetryable(message, ErrorType.invalidReport);
    }
  },
};

/** The first value that a path finds; undefined when it finds none. */
const found = (path: string, value: Json): Json | undefined =>
  query(path, value).values()[0] as Json | undefined;

/** A value with every path in it replaced by what it finds in the task. */
function filled(value: Json, task: Json): Json {
  if (typeof value === 'string') {
    if (!value.startsWith('$')) return value;
    const part = found(value, task);
    if (part === undefined)
      throw ApplicationFailure.nonRetryable(
        `args: ${JSON.stringify(value)} is not allowed; expected a path that finds something in the task`,
        ErrorType.invalidInput,
      );
    return part;
  }
  if (Array.isArray(value)) return value.map((inner) => filled(inner, task));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, task)]));
}
