/** `journeyman performance compare`: two agents on like tasks. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { MetricComparison } from '../performance/analysis/compare-metrics.js';
import type { AgentComparison } from '../performance/analysis/comparison.js';
import type { Metric } from '../performance/analysis/metrics.js';
import type { Figures } from '../performance/figures.js';
import { addCommonOptions } from './common-options.js';
import { clip, plain, share } from './format.js';
import {
  differenceRange,
  differenceText,
  metricNames,
  metricText,
  printSentence,
  pText,
} from './performance-lines.js';
import { withPerformance } from './performance-optimizer.js';
import {
  addCategory,
  addWindow,
  checkAgents,
  type WindowOptions,
  windowQuery,
} from './performance-window.js';
import { type Column, printJson, printLine, tableText } from './print.js';

/** Characters of a terminal from which on names are shown longer. */
const WIDE = 100;
/** A name as a table has room for. */
const nameText = (agentType: string): string =>
  clip(plain(agentType), (process.stdout.columns ?? WIDE) < WIDE ? 9 : 16);

export function compareCommand(): Command {
  return addCategory(addWindow(addCommonOptions(new Command('compare'))))
    .argument('<a>', "an agent's type")
    .argument('<b>', "another agent's type")
    .summary('two agents on like tasks, with a verdict')
    .description(
      'Compares two agents on the tasks that both did, category by category and complexity by complexity. A ' +
        'difference is told only where it stands beside all that is compared; intervals of differences that are told ' +
        'are wider than of those that are not, so that 95% of what is told may be expected to hold. The figures of ' +
        'each agent are plain means; like for like, the mix of tasks is held equal, and times, costs and tokens are ' +
        'compared by the ratio of geometric means.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance compare coder reviewer
  journeyman performance compare coder reviewer --category api_development --days 30
  journeyman performance compare coder reviewer --json`,
    )
    .action(async (a: string, b: string, options: WindowOptions, command: Command) => {
      const { context, answer } = await withPerformance(command, async (optimizer) => {
        const comparison = await optimizer.compareAgents(a, b, windowQuery(options));
        const { comparable } = comparison;
        if (comparable.a.of === 0 || comparable.b.of === 0) await checkAgents(optimizer, a, b);
        return comparison;
      });
      if (context.json) return printJson(answer);
      printSentence(answer.verdict, pc.bold);
      if (answer.metrics.length === 0) return;
      printSentence(basisOf(answer), pc.dim);
      printLine(`\n${metricsText(answer)}`);
      if (answer.byCategory.length > 1) printLine(`\n${categoriesText(answer)}`);
    });
}

/** What the comparison rests on. */
function basisOf({ a, b, comparable, window }: AgentComparison): string {
  const side = (agentType: string, { executions, of }: { executions: number; of: number }): string =>
    `${executions} of ${of} executions of ${agentType}`;
  const unknown = Math.max(comparable.a.ofUnknownComplexity, comparable.b.ofUnknownComplexity);
  return (
    `like tasks from ${window.from} to ${window.to}: ${side(a.agentType, comparable.a)}, ${side(b.agentType, comparable.b)}` +
    (unknown > 0 ? `; of up to ${share(unknown)} of them no complexity is known` : '')
  );
}

/** How an agent did, not adjusted for the mix of tasks. */
function figureText(metric: Metric, figures: Figures): string {
  const { executions, inputTokens, outputTokens } = figures;
  const values: Record<Metric, number | null> = {
    success: figures.successRate,
    seconds: figures.meanSeconds,
    cost: figures.meanCost,
    tokens: executions === 0 ? null : (inputTokens + outputTokens) / executions,
    iterations: figures.meanIterations,
    errors: figures.meanErrors,
  };
  const value = values[metric];
  return value === null ? '-' : metricText(metric, value);
}

const better = (one: MetricComparison, { a, b }: AgentComparison): string =>
  one.better === null ? 'not shown' : nameText(one.better === 'a' ? a.agentType : b.agentType);
const intervalOf = ({ metric, stated, interval }: MetricComparison): string =>
  differenceRange(metric, stated ?? interval);
const executionsOf = ({ executions: { a, b } }: MetricComparison): string => `${a}, ${b}`;

function metricsText(comparison: AgentComparison): string {
  const { a, b, metrics } = comparison;
  const columns: Column[] = [
    { title: 'metric' },
    { title: nameText(a.agentType), align: 'right' },
    { title: nameText(b.agentType), align: 'right' },
    { title: 'like for like', align: 'right' },
    { title: '95% interval', align: 'right' },
    { title: 'better' },
    { title: 'executions', align: 'right', spare: 2 },
    { title: 'p', align: 'right', spare: 1 },
  ];
  return tableText(
    columns,
    metrics.map((one) => [
      metricNames[one.metric],
      ...[figureText(one.metric, a), figureText(one.metric, b)],
      ...[differenceText(one.metric, one.value), intervalOf(one), better(one, comparison)],
      ...[executionsOf(one), pText(one.p)],
    ]),
  );
}

function categoriesText(comparison: AgentComparison): string {
  const columns: Column[] = [
    { title: 'category', flexible: true },
    { title: 'metric' },
    { title: 'like for like', align: 'right' },
    { title: '95% interval', align: 'right' },
    { title: 'better' },
    { title: 'executions', align: 'right', spare: 2 },
    { title: 'p', align: 'right', spare: 1 },
  ];
  // What is shown of a category, and success and time in any case.
  const rows = comparison.byCategory.flatMap(({ category, metrics }) =>
    metrics
      .filter((one) => one.better !== null || one.metric === 'success' || one.metric === 'seconds')
      .map((one, index) => [
        index === 0 ? plain(category) : '',
        ...[metricNames[one.metric], differenceText(one.metric, one.value), intervalOf(one)],
        ...[better(one, comparison), executionsOf(one), pText(one.p)],
      ]),
  );
  return tableText(columns, rows);
}
