/** The calls of agents in an execution, in lines. */
import pc from 'picocolors';
import type { Attempt } from '../shared/task.js';
import { changeLines } from './change-text.js';
import { cost, outcomeText, plain, seconds } from './format.js';
import { type Column, tableText } from './print.js';
import { outputText } from './task-result.js';

/** Most errors of an attempt that are listed; JSON has all. */
const MOST_ERRORS = 3;

interface AttemptColumn extends Column {
  cell: (attempt: Attempt) => string;
}

const columns: readonly AttemptColumn[] = [
  {
    title: '  agent',
    cell: ({ agentType, role, decisive }) =>
      `${decisive ? pc.green('*') : ' '} ${plain(agentType)}${role === 'worker' ? '' : pc.dim(` ${role}`)}`,
  },
  { title: 'success', cell: outcomeText },
  { title: 'work', align: 'right', cell: ({ durationMs }) => seconds(durationMs / 1_000) },
  {
    title: 'wait',
    align: 'right',
    spare: 1,
    // Two clocks: the worker's and the workflow's.
    cell: ({ durationMs, elapsedMs }) => seconds(Math.max(0, elapsedMs - durationMs) / 1_000),
  },
  { title: 'cost', align: 'right', cell: ({ report }) => cost(report.cost ?? null) },
  { title: 'tokens', align: 'right', cell: tokensText },
  { title: 'iterations', align: 'right', spare: 2, cell: ({ report }) => String(report.iterations) },
  { title: 'errors', align: 'right', spare: 3, cell: ({ report }) => String(report.errors.length) },
];

/** A line for each attempt, a * where the result is its. */
export function attemptTable(
  attempts: readonly Attempt[],
  width: number = Number.POSITIVE_INFINITY,
): string[] {
  const rows = attempts.map((attempt) => columns.map(({ cell }) => cell(attempt)));
  return tableText(columns, rows, width).split('\n');
}

/** What each attempt but the winner changed, and of all why they failed and what went wrong on their way. */
export function attemptNotes(attempts: readonly Attempt[], winner: Attempt | undefined): string[] {
  const notes = attempts.flatMap((attempt) => {
    const { agentType, role, reason, report, change } = attempt;
    return [
      // A verifier's workspace holds the change that it judges.
      ...(change === undefined || attempt === winner || role === 'verifier'
        ? []
        : [`changed ${changeLines(change).join('; ')}`]),
      ...(reason === undefined ? [] : [outputText(reason)]),
      ...report.errors.slice(0, MOST_ERRORS).map(outputText),
    ].map((text) => `${plain(agentType)}: ${text}`);
  });
  return [...new Set(notes)];
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** Input and output, e.g. `12.3K+850`. */
function tokensText({ report: { tokens } }: Attempt): string {
  return tokens === undefined ? '-' : `${compact.format(tokens.input)}+${compact.format(tokens.output)}`;
}
