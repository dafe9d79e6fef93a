/** `journeyman performance anomalies`: days worth an alert. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { Anomaly } from '../performance/analysis/anomalies.js';
import { parseLargeCount } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain } from './format.js';
import { metricNames, metricText, printSentence, pText } from './performance-lines.js';
import { withPerformance } from './performance-optimizer.js';
import { addCategory, checkAgents } from './performance-window.js';
import { type Column, printJson, printLine, tableText } from './print.js';

/** Anomalies that are told of in sentences. */
const TOLD = 3;

interface AnomalyOptions {
  agent?: string;
  category?: string;
  days?: number;
  past?: number;
  to?: string;
}

const columns: readonly (Column & { cell: (one: Anomaly) => string })[] = [
  { title: 'day', cell: ({ day }) => day },
  { title: 'agent', flexible: true, cell: ({ agentType }) => plain(agentType) },
  { title: 'category', flexible: true, cell: ({ category }) => plain(category) },
  { title: 'metric', cell: ({ metric }) => metricNames[metric] },
  { title: 'was', align: 'right', cell: ({ metric, observed }) => metricText(metric, observed) },
  {
    title: 'expected within',
    align: 'right',
    cell: ({ metric, expected: { low, high } }) =>
      `${metricText(metric, low)} to ${metricText(metric, high)}`,
  },
  { title: '', spare: 3, cell: ({ worse }) => (worse ? pc.red('worse') : pc.green('better')) },
  { title: 'executions', align: 'right', spare: 2, cell: ({ executions }) => String(executions) },
  { title: 'p', align: 'right', spare: 1, cell: ({ p }) => pText(p) },
];

export function anomaliesCommand(): Command {
  return addCategory(addCommonOptions(new Command('anomalies')))
    .option('--agent <type>', 'only of this agent')
    .option(
      '--days <n>',
      'so many days are looked at, 1 to 90, the last of them --to (default: 7)',
      parseLargeCount,
    )
    .option(
      '--past <n>',
      'so many days before them are what they are held against (default: 90)',
      parseLargeCount,
    )
    .option('--to <day>', 'up to this day, YYYY-MM-DD, UTC (default: today)')
    .summary('days worth an alert, of agents that were not as usual')
    .description(
      'Shows the days on which an agent was in success, time, cost, iterations or errors not as its past makes ' +
        'plausible for tasks like those that came in. At most 1 in 20 of the days told of is none, over all that is ' +
        'looked at.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance anomalies
  journeyman performance anomalies --agent coder --days 30
  journeyman performance anomalies --to 2026-03-31 --json`,
    )
    .action(async ({ agent: agentType, ...options }: AnomalyOptions, command: Command) => {
      const { context, answer } = await withPerformance(command, async (optimizer) => {
        const { category, days, past, to } = options;
        const found = await optimizer.anomalies({ agentType, category, days, past, to });
        if (agentType !== undefined && found.lookedAt === 0) await checkAgents(optimizer, agentType);
        return found;
      });
      if (context.json) return printJson(answer);
      const { anomalies, lookedAt, window } = answer;
      const looked = `looked at from ${window.from} to ${window.to}: ${lookedAt} times a day of an agent in a category and a metric`;
      if (anomalies.length === 0) printSentence(nothing(lookedAt), pc.bold);
      for (const { sentence } of anomalies.slice(0, TOLD)) printSentence(sentence, pc.bold);
      printSentence(looked, pc.dim);
      if (anomalies.length === 0) return;
      printLine(
        `\n${tableText(
          columns,
          anomalies.map((one) => columns.map(({ cell }) => cell(one))),
        )}`,
      );
    });
}

const nothing = (lookedAt: number): string =>
  lookedAt === 0
    ? 'no day could be held against its past: there is too little of either'
    : 'every day was as its past makes plausible';
