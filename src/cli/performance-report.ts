/** `journeyman performance report`: how agents do and what could go better, as Markdown to paste. */
import { Command } from 'commander';
import type { Trends } from '../performance/analysis/trends.js';
import type { PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { addCommonOptions } from './common-options.js';
import { type PerformanceReport, reportMarkdown } from './performance-markdown.js';
import { withPerformance } from './performance-optimizer.js';
import { addCategory, addWindow, type WindowOptions, windowQuery } from './performance-window.js';
import { printJson, printLine } from './print.js';

/** Agents and steps that the report tells of, those that take most of the time. */
const MOST_AGENTS = 50;
/** Agents of which it tells when they changed. */
const MOST_FOLLOWED = 20;
const MOST_STEPS = 10;

export function reportCommand(): Command {
  return addCategory(addWindow(addCommonOptions(new Command('report'))))
    .summary('print it all as Markdown, to paste into a review')
    .description(
      'Prints how the agents do, when they changed, where the time goes, what could go better, what was decided and ' +
        'what came of it as one Markdown document.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance report > performance.md
  journeyman performance report --days 7
  journeyman performance report --category api_development --json`,
    )
    .action(async (options: WindowOptions, command: Command) => {
      const { context, answer } = await withPerformance(command, async (optimizer, { tenant }) =>
        readReport(optimizer, tenant, options),
      );
      if (context.json) return printJson(answer);
      printLine(reportMarkdown(answer));
    });
}

async function readReport(
  optimizer: PerformanceOptimizer,
  tenant: string,
  options: WindowOptions,
): Promise<PerformanceReport> {
  const { category } = options;
  const query = windowQuery(options);
  const { window, agents, steps } = await optimizer.bottlenecks({ ...query, limit: MOST_AGENTS });
  const trends: Trends[] = [];
  for (const { agentType } of agents.slice(0, MOST_FOLLOWED))
    trends.push(await optimizer.trends({ ...query, agentType }));
  const [open, decided, hitRates] = await Promise.all([
    optimizer.getRecommendations(),
    optimizer.getRecommendations({ states: ['accepted', 'applied', 'verified', 'dismissed'] }),
    optimizer.hitRates(),
  ]);
  const wanted = (one: { category: string }): boolean => category === undefined || one.category === category;
  return {
    ...{ tenant, at: new Date().toISOString(), window, category: category ?? null },
    agents,
    changes: trends.flatMap(({ changes }) => changes),
    steps: steps.slice(0, MOST_STEPS),
    open: open.filter(wanted),
    decided: decided.filter(wanted),
    hitRates,
  };
}
