/** `journeyman performance trends`: how it went day by day, and when that changed. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { ChangePoint, Trends } from '../performance/analysis/trends.js';
import { addCommonOptions } from './common-options.js';
import { daysText, shownWindow } from './performance-days.js';
import { differenceRange, differenceText, metricNames, printSentence, pText } from './performance-lines.js';
import { withPerformance } from './performance-optimizer.js';
import {
  addCategory,
  addWindow,
  checkAgents,
  type WindowOptions,
  windowQuery,
} from './performance-window.js';
import { type Column, printJson, printLine, tableText } from './print.js';

const columns: readonly (Column & { cell: (change: ChangePoint) => string })[] = [
  { title: 'metric', cell: ({ metric }) => metricNames[metric] },
  { title: 'changed on', cell: ({ day }) => day },
  { title: 'between', spare: 2, cell: ({ from, to }) => (from === to ? from : `${from} and ${to}`) },
  { title: 'change', align: 'right', cell: ({ metric, value }) => differenceText(metric, value) },
  {
    title: '95% interval',
    align: 'right',
    cell: ({ metric, interval }) => differenceRange(metric, interval),
  },
  { title: 'p', align: 'right', spare: 1, cell: ({ p }) => pText(p) },
];

export function trendsCommand(): Command {
  return addCategory(addWindow(addCommonOptions(new Command('trends'))))
    .argument('[agent]', 'only of this agent')
    .summary('how it went day by day, and when that changed')
    .description(
      'Shows days as sparklines, with gaps where nothing was run, and the days on which success, time, cost, ' +
        'iterations or errors changed on tasks of the same kind: another mix of tasks is no change. In a steady world ' +
        '1 look in 20 shows any change.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance trends
  journeyman performance trends coder --category api_development
  journeyman performance trends coder --from 2026-01-01 --to 2026-03-31 --json`,
    )
    .action(async (agentType: string | undefined, options: WindowOptions, command: Command) => {
      const { context, answer } = await withPerformance(command, async (optimizer) => {
        const trends = await optimizer.trends({ ...windowQuery(options), agentType });
        if (agentType !== undefined && trends.days.length === 0) await checkAgents(optimizer, agentType);
        return trends;
      });
      if (context.json) return printJson(answer);
      printVerdict(answer);
      printDays(answer);
      if (answer.changes.length > 0) printLine(`\n${changesText(answer.changes)}`);
    });
}

/** The conclusion, a sentence a line. */
export function printVerdict({ changes, verdict }: Trends): void {
  for (const sentence of changes.length === 0 ? [verdict] : changes.map(({ sentence }) => sentence))
    printSentence(sentence, pc.bold);
}

/** The days, with those that they are from and to. */
export function printDays(trends: Pick<Trends, 'days' | 'window'>): void {
  const { from, to } = shownWindow(trends);
  printLine();
  printLine(pc.dim(`${from} to ${to}`));
  printLine(trends.days.length === 0 ? pc.dim('No execution is recorded in these days.') : daysText(trends));
}

export const changesText = (changes: readonly ChangePoint[]): string =>
  tableText(
    columns,
    changes.map((change) => columns.map(({ cell }) => cell(change))),
  );
