/** Reads what an agent answered. */
import { type AgentReport, agentReportSchema, type Json } from '../shared/agent-contract.js';
import { problemsOf, problemText } from '../shared/problems.js';
import { AgentFailure } from './agent-failure.js';
import { clip } from './clip.js';

/** Problems named in one failure; a report may have thousands. */
const MAX_PROBLEMS = 5;
/** Characters of unusable output that are kept. */
const SHOWN_CHARS = 4_000;
const reportKeys = ['success', 'actions', 'results', 'iterations'];

/**
 * Checks a report against the contract.
 *
 * @throws AgentFailure naming field, value and what is allowed
 */
export function checkedReport(value: unknown): AgentReport {
  try {
    const given = withoutNulls(value);
    const parsed = agentReportSchema.safeParse(given);
    if (parsed.success) return parsed.data;
    const problems = problemsOf(parsed.error, given)
      .slice(0, MAX_PROBLEMS)
      .map((problem) =>
        problemText(problem.field === 'success' ? { ...problem, allowed: 'true, false or null' } : problem),
      );
    throw new AgentFailure(`malformed report: ${problems[0] ?? 'unknown problem'}`, problems.slice(1));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The schema's walk ran out of stack.
    throw new AgentFailure('malformed report: it is nested too deeply; expected at most some hundred levels');
  }
}

/** Absent and null are the same in many languages' JSON; a null verdict or output has a meaning. */
function withoutNulls(report: unknown): unknown {
  if (report === null || typeof report !== 'object' || Array.isArray(report)) return report;
  return Object.fromEntries(
    Object.entries(report).filter(([key, value]) => value !== null || key === 'success' || key === 'output'),
  );
}

/** What a program printed: a report, or plain text that says nothing of success. */
export type Printed = { report: AgentReport } | { output: Json };

/**
 * Reads a program's output: one JSON report, alone or in the last line, or else plain text.
 *
 * @param complete whether `text` is all that was printed
 * @throws AgentFailure when it is a malformed report, or no text at all
 */
export function readPrinted(text: string, complete: boolean): Printed {
  const trimmed = text.trim();
  const whole = complete ? parsedJson(trimmed) : undefined;
  if (isReport(whole)) return { report: checkedReport(whole) };
  const last = parsedJson(trimmed.slice(trimmed.lastIndexOf('\n') + 1));
  if (isReport(last)) return { report: checkedReport(last) };
  if (isGarbage(trimmed)) {
    throw new AgentFailure('garbage on stdout: neither a JSON report nor UTF-8 text', [], {
      output: readable(trimmed),
    });
  }
  if (whole === undefined && /^\{\s*"/.test(trimmed)) {
    const what = complete ? 'stdout begins like JSON but is not' : 'it is larger than what is read of stdout';
    throw new AgentFailure(`malformed report: ${what}`, [], { output: clip(trimmed, SHOWN_CHARS) });
  }
  return { output: whole ?? trimmed };
}

function parsedJson(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Plain text may well begin with a bracket.
    return undefined;
  }
}

const isReport = (value: Json | undefined): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  reportKeys.some((key) => Object.hasOwn(value, key));

/** Text in an old encoding has a few bytes that are not UTF-8; what is no text at all has many, or NULs. */
function isGarbage(text: string): boolean {
  return text.includes('\0') || (text.match(/\ufffd/g)?.length ?? 0) > text.length / 4;
}

const readable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  text.slice(0, SHOWN_CHARS).replace(/[\u0000-\u0008\u000b-\u001f\ufffd]+/g, '?');
