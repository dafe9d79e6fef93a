/** What goes into a workflow that serves as an agent, and what comes out of it, by declared JSONPaths. */
import { ApplicationFailure } from '@temporalio/common';
import { query } from 'json-p3';
import { boundReport } from '../agents/bound-report.js';
import { checkedReport } from '../agents/read-report.js';
import type { WorkflowAgentActivities } from '../shared/activities.js';
import type { Json } from '../shared/agent-contract.js';
import { ErrorType } from '../shared/errors.js';
import { jsonBytes, MAX_CHILD_REPORT_BYTES, MAX_PAYLOAD_BYTES } from '../shared/sizes.js';

export const workflowAgentActivities: WorkflowAgentActivities = {
  async workflowArguments(task, args) {
    // Plain JSON has no undefined, and paths are evaluated on plain JSON.
    const given = JSON.parse(JSON.stringify(task)) as Json;
    const whole = args.map((arg) => filled(arg, given));
    const bytes = jsonBytes(whole);
    if (bytes > MAX_PAYLOAD_BYTES)
      throw invalid(
        ErrorType.invalidInput,
        `args: ${bytes} bytes are not allowed; expected at most ${MAX_PAYLOAD_BYTES}`,
      );
    return whole;
  },

  async reportOfResult(result, paths) {
    const read = (path: string | undefined): Json | undefined =>
      path === undefined ? undefined : found(path, result, ErrorType.invalidReport);
    const { inputTokens, outputTokens, success, ...fields } = paths;
    const tokens = [read(inputTokens), read(outputTokens)];
    const report = Object.fromEntries(
      Object.entries(fields)
        .map(([field, path]) => [field, read(path)] as const)
        .filter(([, value]) => value !== undefined && value !== null),
    );
    try {
      const checked = checkedReport({
        ...report,
        success: read(success) ?? null,
        ...(tokens.some((count) => count != null)
          ? { tokens: { input: tokens[0] ?? 0, output: tokens[1] ?? 0 } }
          : {}),
      });
      return jsonBytes(checked) <= MAX_CHILD_REPORT_BYTES
        ? checked
        : boundReport(checked, MAX_CHILD_REPORT_BYTES);
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      throw invalid(ErrorType.invalidReport, messageOf(error));
    }
  },
};

const invalid = (type: string, message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, type);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The first value that a path finds; undefined when it finds none. */
function found(path: string, value: Json, type: string): Json | undefined {
  try {
    return query(path, value).values()[0] as Json | undefined;
  } catch (error) {
    // A value that lies too deep for a path, or a path that is none: no retry mends either.
    throw invalid(type, `${JSON.stringify(path)} cannot be followed: ${messageOf(error)}`);
  }
}

/** A value with every path in it replaced by what it finds in the task. */
function filled(value: Json, task: Json): Json {
  if (typeof value === 'string') {
    if (!value.startsWith('$')) return value;
    const part = found(value, task, ErrorType.invalidInput);
    if (part === undefined)
      throw invalid(
        ErrorType.invalidInput,
        `args: ${JSON.stringify(value)} is not allowed; expected a path that finds something in the task`,
      );
    return part;
  }
  if (Array.isArray(value)) return value.map((inner) => filled(inner, task));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, task)]));
}
