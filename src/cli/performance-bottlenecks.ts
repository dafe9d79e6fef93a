/** `journeyman performance bottlenecks`: where the time goes. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { AgentShare, StepShare } from '../performance/analysis/bottlenecks.js';
import { parseLimit } from './arguments.js';
import { addCommonOptions } from './common-options.js';
import { plain, range, seconds, share } from './format.js';
import { differenceRange, differenceText, printSentence } from './performance-lines.js';
import { withPerformance } from './performance-optimizer.js';
import { addCategory, addWindow, type WindowOptions, windowQuery } from './performance-window.js';
import { type Column, printJson, printLine, tableText } from './print.js';

/** Steps that are told of in sentences. */
const TOLD = 3;

/** A change that may be none is not to catch the eye. */
const trend = ({ trend }: StepShare, text: (trend: NonNullable<StepShare['trend']>) => string): string =>
  trend === null ? '-' : (trend.shown ? (text: string) => text : pc.dim)(text(trend));

const stepColumns: readonly (Column & { cell: (one: StepShare) => string })[] = [
  { title: 'step', flexible: true, cell: ({ step }) => plain(step) },
  { title: 'of all time', align: 'right', cell: ({ timeShare }) => share(timeShare) },
  { title: 'times', align: 'right', spare: 2, cell: ({ executions }) => String(executions) },
  { title: 'in all', align: 'right', spare: 1, cell: ({ totalSeconds }) => seconds(totalSeconds) },
  { title: 'mean', align: 'right', cell: ({ meanSeconds }) => seconds(meanSeconds) },
  { title: '90% within', align: 'right', spare: 3, cell: ({ p90Seconds }) => seconds(p90Seconds) },
  {
    title: 'trend',
    align: 'right',
    cell: (one) => trend(one, ({ ratio }) => differenceText('seconds', ratio)),
  },
  {
    title: '95% interval',
    align: 'right',
    spare: 4,
    cell: (one) => trend(one, ({ interval }) => differenceRange('seconds', interval)),
  },
];

const agentColumns: readonly (Column & { cell: (one: AgentShare) => string })[] = [
  { title: 'agent', flexible: true, cell: ({ agentType }) => plain(agentType) },
  { title: "of agents' time", align: 'right', cell: ({ timeShare }) => share(timeShare) },
  { title: 'of executions', align: 'right', cell: ({ executionShare }) => share(executionShare) },
  { title: 'median time', align: 'right', spare: 2, cell: (one) => seconds(one.seconds?.p50 ?? null) },
  { title: '90% within', align: 'right', spare: 1, cell: (one) => seconds(one.seconds?.p90 ?? null) },
  { title: 'success', align: 'right', spare: 4, cell: ({ successRate }) => share(successRate) },
  { title: '95% interval', align: 'right', spare: 3, cell: ({ successInterval }) => range(successInterval) },
];

export function bottlenecksCommand(): Command {
  return addCategory(addWindow(addCommonOptions(new Command('bottlenecks'))))
    .option('--limit <n>', 'at most so many steps, and agents', parseLimit, 10)
    .summary('which step, agent, tool or retry takes the time')
    .description(
      'Shows what share of all time each step takes: analysis, look-ups, queues, agents, approvals, recording; and ' +
        'within agents their retries and tools. The trend is that of the second half of the days against the first, ' +
        'category by category, dim where it may be none.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance bottlenecks
  journeyman performance bottlenecks --category api_development --days 30
  journeyman performance bottlenecks --limit 50 --json`,
    )
    .action(async ({ limit, ...window }: WindowOptions & { limit: number }, command: Command) => {
      const { context, answer } = await withPerformance(command, (optimizer) =>
        optimizer.bottlenecks({ ...windowQuery(window), limit: Math.min(limit, 1_000) }),
      );
      if (context.json) return printJson(answer);
      const { steps, agents, verdict } = answer;
      if (steps.length === 0) printSentence(verdict, pc.bold);
      for (const { sentence } of steps.slice(0, TOLD)) printSentence(sentence, pc.bold);
      if (steps.length > 0) printLine(`\n${stepsText(steps)}`);
      if (agents.length > 0) printLine(`\n${agentsText(agents)}`);
    });
}

const stepsText = (steps: readonly StepShare[]): string =>
  tableText(
    stepColumns,
    steps.map((one) => stepColumns.map(({ cell }) => cell(one))),
  );

const agentsText = (agents: readonly AgentShare[]): string =>
  tableText(
    agentColumns,
    agents.map((one) => agentColumns.map(({ cell }) => cell(one))),
  );
