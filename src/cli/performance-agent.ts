/** `journeyman performance agent`: how one agent does, as a whole and by category. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { AgentPerformance, PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { addCommonOptions } from './common-options.js';
import { cost, plain, range, seconds, share } from './format.js';
import { adviceLines } from './performance-advice.js';
import { countText, printSentence } from './performance-lines.js';
import { withPerformance } from './performance-optimizer.js';

import { printDays, printVerdict } from './performance-trends.js';
import {
  addCategory,
  addWindow,
  checkAgents,
  type WindowOptions,
  windowQuery,
} from './performance-window.js';
import { type Column, printJson, printLine, tableText } from './print.js';

/** Categories that are shown, those with most executions. */
const MOST_CATEGORIES = 20;

const mean = (value: number | null): string => (value === null ? '-' : countText(value));

const columns: readonly (Column & { cell: (one: AgentPerformance) => string })[] = [
  { title: 'category', flexible: true, cell: ({ category }) => plain(category ?? '(all)') },
  { title: 'executions', align: 'right', cell: ({ executions }) => String(executions) },
  { title: 'success', align: 'right', cell: ({ successRate }) => share(successRate) },
  { title: '95% interval', align: 'right', spare: 9, cell: ({ successInterval }) => range(successInterval) },
  { title: 'unknown', align: 'right', spare: 1, cell: ({ unknown }) => String(unknown) },
  { title: 'median time', align: 'right', spare: 8, cell: (one) => seconds(one.seconds?.p50 ?? null) },
  { title: '90% within', align: 'right', spare: 6, cell: (one) => seconds(one.seconds?.p90 ?? null) },
  { title: '99% within', align: 'right', spare: 2, cell: (one) => seconds(one.seconds?.p99 ?? null) },
  { title: 'mean cost', align: 'right', spare: 7, cell: ({ meanCost }) => cost(meanCost) },
  { title: 'iterations', align: 'right', spare: 4, cell: ({ meanIterations }) => mean(meanIterations) },
  { title: 'errors', align: 'right', spare: 5, cell: ({ meanErrors }) => mean(meanErrors) },
  { title: 'trust', align: 'right', spare: 3, cell: ({ trust }) => share(trust.mean) },
];

export function agentCommand(): Command {
  return addCategory(addWindow(addCommonOptions(new Command('agent'))))
    .argument('<type>', "the agent's type")
    .summary('how one agent does, as a whole and by category')
    .description(
      "Shows an agent's success, times, cost, iterations and errors as a whole and by category, its days, when " +
        'they changed, and what could go better. Trust: how likely a success is when the agent claims one.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance agent coder
  journeyman performance agent coder --category api_development --days 30
  journeyman performance agent coder --from 2026-01-01 --to 2026-03-31 --json`,
    )
    .action(async (agentType: string, options: WindowOptions, command: Command) => {
      const { context, answer } = await withPerformance(command, (optimizer) =>
        readAgent(optimizer, agentType, options),
      );
      if (context.json) return printJson(answer);
      const { agent, categories, trends, recommendations } = answer;
      printSentence(agentSentence(agent), pc.bold);
      if (agent.executions > 0) printVerdict(trends);
      const shown = [agent, ...categories.slice(0, MOST_CATEGORIES)];
      printLine();
      printLine(
        tableText(
          columns,
          shown.map((one) => columns.map(({ cell }) => cell(one))),
        ),
      );
      const more = categories.length - MOST_CATEGORIES;
      if (more > 0) printLine(pc.dim(`${more} more categories; --json has all`));
      printDays(trends);
      if (recommendations.length === 0) return;
      printLine(`\n${pc.bold('What could go better')}`);
      for (const line of recommendations.flatMap(adviceLines)) printLine(line);
    });
}

async function readAgent(optimizer: PerformanceOptimizer, agentType: string, options: WindowOptions) {
  const { category } = options;
  const trends = await optimizer.trends({ ...windowQuery(options), agentType });
  const { window } = trends;
  const [agent, all, recommendations] = await Promise.all([
    optimizer.getAgentPerformance(agentType, { ...window, category }),
    optimizer.statistics('agentType', 'category'),
    optimizer.getRecommendations({ agentType }),
  ]);
  if (agent.executions === 0) await checkAgents(optimizer, agentType);
  const categories: AgentPerformance[] = [];
  for (const { category: name = '' } of all.filter((row) => row.agentType === agentType))
    if (category === undefined)
      categories.push(await optimizer.getAgentPerformance(agentType, { ...window, category: name }));
  return {
    window,
    agent,
    categories: categories
      .filter(({ executions }) => executions > 0)
      .sort((a, b) => b.executions - a.executions),
    trends,
    recommendations: recommendations.filter((one) => category === undefined || one.category === category),
  };
}

/** How the agent does, in a sentence. */
function agentSentence(agent: AgentPerformance): string {
  const { agentType, category, executions, successes, failures, successRate, successInterval } = agent;
  const on = category === null ? '' : ` on ${category}`;
  if (executions === 0) return `${agentType} has no execution${on} in these days`;
  const success =
    successRate === null
      ? 'nobody knows how they went'
      : `${share(successRate)} of ${successes + failures} succeeded (95% interval ${range(successInterval)})`;
  const time = agent.seconds === null ? '' : `, half within ${seconds(agent.seconds.p50)}`;
  const money = agent.totalCost === 0 ? '' : `, ${cost(agent.meanCost)} each on average`;
  return `${agentType}${on}: ${executions} executions, ${success}${time}${money}`;
}
