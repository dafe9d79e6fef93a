/** `journeyman performance`: how the agents do, and what could go better. */
import { Command } from 'commander';
import pc from 'picocolors';
import { PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { cost, plain, range, seconds, share } from './format.js';
import { printJson, printLine, printTable } from './print.js';
import { withStore } from './servers.js';

export function performanceCommand(): Command {
  return addCommonOptions(new Command('performance'))
    .summary('show how agents do, and what could go better')
    .description("Shows each agent's figures, by agent and by category, and the open recommendations.")
    .option('--by-category', "an agent's categories one by one")
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance
  journeyman performance --by-category
  journeyman performance --json`,
    )
    .action(async (options: { byCategory?: true }, command: Command) => {
      const context = await commandContext(command);
      const byCategory = options.byCategory === true;
      const { agents, recommendations } = await withStore(context, async (store) => {
        const optimizer = new PerformanceOptimizer(store, context.tenant);
        const [agents, recommendations] = await Promise.all([
          byCategory ? optimizer.statistics('agentType', 'category') : optimizer.statistics('agentType'),
          optimizer.getRecommendations(),
        ]);
        return { agents, recommendations };
      });
      if (context.json) return printJson({ agents, recommendations });
      printTable(
        [
          { title: 'agent' },
          ...(byCategory ? [{ title: 'category' }] : []),
          { title: 'executions', align: 'right' },
          { title: 'success', align: 'right' },
          { title: '95% interval', align: 'right' },
          { title: 'unknown', align: 'right' },
          { title: 'mean time', align: 'right' },
          { title: 'iterations', align: 'right' },
          { title: 'errors', align: 'right' },
          { title: 'mean cost', align: 'right' },
        ],
        agents.map((row) => [
          plain(row.agentType ?? ''),
          ...(byCategory ? [plain(row.category ?? '')] : []),
          String(row.executions),
          share(row.successRate),
          range(row.successInterval),
          String(row.unknown),
          seconds(row.meanSeconds),
          mean(row.meanIterations),
          mean(row.meanErrors),
          cost(row.meanCost),
        ]),
        'No execution is recorded yet.',
      );
      if (recommendations.length === 0) return;
      printLine();
      printLine(pc.bold('Recommendations'));
      for (const { priority, title, reason } of recommendations) {
        printLine(`${pc.cyan(`${String(priority).padStart(2)}/10`)} ${plain(title)}`);
        printLine(`      ${pc.dim(plain(reason))}`);
      }
    });
}

const mean = (value: number | null): string => (value === null ? '-' : value.toFixed(1));
