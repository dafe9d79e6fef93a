/** `journeyman performance`: how the agents do, and what could go better. */
import { Command } from 'commander';
import pc from 'picocolors';
import { UNCHECKED } from '../evidence/claims.js';
import { PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { cost, plain, range, seconds, share } from './format.js';
import { printJson, printLine, printTable } from './print.js';
import { withStore } from './servers.js';

export function performanceCommand(): Command {
  return addCommonOptions(new Command('performance'))
    .summary('show how agents do, and what could go better')
    .description(
      "Shows each agent's figures, by agent and by category, and the open recommendations. By own word: the " +
        'share of the successes that nobody but the agent vouches for. Trust: how likely a success is when the ' +
        'agent claims one, from the claims that a verifier or a person checked; 95% before any was.',
    )
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
        const [statistics, trust, recommendations] = await Promise.all([
          byCategory ? optimizer.statistics('agentType', 'category') : optimizer.statistics('agentType'),
          optimizer.trust({ byCategory }),
          optimizer.getRecommendations(),
        ]);
        const agents = statistics.map((row) => {
          const own = trust.find((one) => one.agentType === row.agentType && one.category === row.category);
          const { success, failure } = own ?? UNCHECKED;
          return { ...row, trust: success, trustInFailure: failure };
        });
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
          { title: 'by own word', align: 'right' },
          { title: 'trust', align: 'right' },
          { title: '95% interval', align: 'right' },
          { title: 'checked', align: 'right' },
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
          share(row.ownWordShare),
          share(row.trust.mean),
          range(row.trust),
          String(row.trust.n),
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
