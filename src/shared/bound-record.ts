/** Keeps reports, changes and records within what a document or a payload may hold. Pure. */
import type { AgentReport, Json } from './agent-contract.js';
import { CUT, jsonBytes } from './sizes.js';
import type { Attempt, ExecutionRecord } from './task.js';
import type { Word } from './verdict.js';
import type { WorkspaceChange } from './workspace.js';

/** What is kept of an attempt. */
interface Measure {
  /** Characters of each output, input, error and discovery. */
  chars: number;
  /** Actions, results and errors. */
  actions: number;
  discoveries: number;
}

/** What an attempt's details are cut to, step by step. */
const measures: readonly Measure[] = [
  { chars: 20_000, actions: 1_000, discoveries: 50 },
  { chars: 2_000, actions: 300, discoveries: 50 },
  { chars: 200, actions: 50, discoveries: 20 },
  { chars: 100, actions: 0, discoveries: 0 },
];
const smallest = measures.length - 1;
const MAX_WORDS = 20;

const cut = (value: Json, chars: number): Json => (JSON.stringify(value).length > chars ? CUT : value);
// Workers of other people may report anything beside what is checked in a workflow.
const short = (text: unknown, chars: number): string => String(text).slice(0, chars);

/** Only the fields of a report: what else somebody put into it may be as large as it likes. */
function cutReport(report: AgentReport, { chars, actions, discoveries }: Measure): AgentReport {
  const { success, iterations, output, cost, tokens } = report;
  return {
    success,
    iterations,
    ...(output === undefined ? {} : { output: cut(output, chars) }),
    ...(cost === undefined ? {} : { cost }),
    ...(tokens === undefined ? {} : { tokens: { input: tokens.input, output: tokens.output } }),
    actions: report.actions.slice(0, actions).map(({ type, input }) => ({
      type: short(type, 200),
      ...(input === undefined ? {} : { input: cut(input, chars) }),
    })),
    results: report.results.slice(0, actions).map((result) => ({
      success: result.success,
      ...(result.output === undefined ? {} : { output: cut(result.output, chars) }),
      ...(result.error === undefined ? {} : { error: short(result.error, chars) }),
      ...(typeof result.seconds === 'number' ? { seconds: result.seconds } : {}),
    })),
    errors: report.errors.slice(0, Math.max(1, actions)).map((error) => short(error, chars)),
    discoveries: report.discoveries.slice(0, discoveries).map(({ title, content, type, priority, tags }) => ({
      title: short(title, 300),
      content: short(content, chars),
      type,
      priority,
      tags: Array.isArray(tags) ? tags.slice(0, 10).map((tag) => short(tag, 100)) : [],
    })),
    applied: report.applied.slice(0, Math.max(20, actions)).map((id) => short(id, 200)),
  };
}

/**
 * Cuts outputs, inputs and long lists until reports fit together. Each that is small stays whole for as long as
 * cutting the larger ones is enough.
 */
export function boundReports(reports: readonly AgentReport[], maxBytes: number): AgentReport[] {
  let bounded = [...reports];
  const sizes = bounded.map(jsonBytes);
  const total = (): number => sizes.reduce((sum, size) => sum + size, 0);
  for (const measure of measures) {
    if (total() <= maxBytes) break;
    const fair = maxBytes / reports.length;
    bounded = bounded.map((report, index) => {
      if ((sizes[index] ?? 0) <= fair) return report;
      const smaller = cutReport(reports[index] ?? report, measure);
      sizes[index] = jsonBytes(smaller);
      return smaller;
    });
  }
  return bounded;
}

/** A change without the patch that goes along with it while the store is away. */
function withoutPatch<T extends WorkspaceChange>(change: T): T {
  if (change.diff?.inline === undefined) return change;
  const { id, bytes } = change.diff;
  const problem = `its patch of ${bytes} bytes (${id}) could not be kept: the store was out of reach, and it was too large to go along`;
  return { ...change, diff: null, problem };
}

/** Changes with as many of the patches that go along with them as fit together, the first ones first. */
export function boundChanges<T extends WorkspaceChange>(changes: readonly T[], maxBytes: number): T[] {
  const bare = changes.map(withoutPatch);
  let left = maxBytes - jsonBytes(bare);
  return changes.map((change, index) => {
    const without = bare[index] ?? change;
    const more = jsonBytes(change) - jsonBytes(without);
    if (change !== without && more > left) return without;
    left -= more;
    return change;
  });
}

const cutReason = <T extends { reason?: string }>(said: T, chars: number): T =>
  said.reason === undefined ? said : { ...said, reason: said.reason.slice(0, chars) };

function cutAttempt(attempt: Attempt, measure: Measure, patch: boolean): Attempt {
  const { change, words } = attempt;
  return {
    ...cutReason(attempt, Math.max(300, measure.chars)),
    report: cutReport(attempt.report, measure),
    ...(words === undefined ? {} : { words: cutWords(words, measure) }),
    ...(change === undefined ? {} : { change: patch ? change : withoutPatch(change) }),
  };
}

const cutWords = (words: readonly Word[], { chars }: Measure): Word[] =>
  words.slice(0, Math.max(MAX_WORDS, chars)).map((word) => cutReason(word, Math.max(100, chars)));

/**
 * Cuts outputs, inputs and long lists until the record's JSON has at most `maxBytes`. The patch of the result
 * goes after the details, those of other attempts before them. Outcomes, figures, what was offered and what was
 * chosen always stay.
 */
export function boundRecord(record: ExecutionRecord, maxBytes: number): ExecutionRecord {
  if (jsonBytes(record) <= maxBytes) return record;
  let bounded = record;
  for (const patches of ['winner', 'none'] as const)
    for (const [step, measure] of measures.entries()) {
      // What tells least of the work is given up only with the last patch.
      if (patches === 'winner' && step === smallest) break;
      if (patches === 'none' && step < smallest - 1) continue;
      bounded = cutRecord(record, measure, patches);
      if (jsonBytes(bounded) <= maxBytes) return bounded;
    }
  return bounded;
}

function cutRecord(record: ExecutionRecord, measure: Measure, patches: 'winner' | 'none'): ExecutionRecord {
  const chars = Math.max(2_000, measure.chars);
  const { words, approvals } = record;
  return {
    ...cutReason(record, chars),
    description: record.description.slice(0, chars),
    context: JSON.stringify(record.context).length > chars ? { cut: CUT } : record.context,
    attempts: record.attempts.map((attempt, index) =>
      cutAttempt(attempt, measure, patches === 'winner' && index === record.winner),
    ),
    ...(words === undefined ? {} : { words: cutWords(words, measure) }),
    ...(approvals === undefined
      ? {}
      : {
          approvals: approvals.map((approval) =>
            approval.comment === undefined
              ? approval
              : { ...approval, comment: approval.comment.slice(0, chars) },
          ),
        }),
  };
}
