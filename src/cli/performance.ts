/** `journeyman performance`: how the agents do, and what could go better. */
import { Command } from 'commander';
import pc from 'picocolors';
import { type Trust, UNCHECKED } from '../evidence/claims.js';
import type { Figures } from '../performance/figures.js';
import { PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { cost, plain, range, seconds, share } from './format.js';
import { adviceLines } from './performance-advice.js';
import { agentCommand } from './performance-agent.js';
import { anomaliesCommand } from './performance-anomalies.js';
import { bottlenecksCommand } from './performance-bottlenecks.js';
import { compareCommand } from './performance-compare.js';
import { decideCommands } from './performance-decide.js';
import { printSentence } from './performance-lines.js';
import { recommendationsCommand } from './performance-recommendations.js';
import { reportCommand } from './performance-report.js';
import { showRecommendationCommand } from './performance-show.js';
import { trendsCommand } from './performance-trends.js';
import { type Column, printJson, printLine, printTable } from './print.js';
import { withStore } from './servers.js';

interface Row extends Figures {
  agentType?: string;
  category?: string;
  trust: Trust;
}

/** In a narrow terminal first goes what can be read from the others, or matters least for a choice. */
const columns: readonly (Column & { cell: (row: Row) => string })[] = [
  { title: 'agent', flexible: true, cell: ({ agentType }) => plain(agentType ?? '') },
  { title: 'category', flexible: true, cell: ({ category }) => plain(category ?? '') },
  { title: 'executions', align: 'right', cell: ({ executions }) => String(executions) },
  { title: 'success', align: 'right', cell: ({ successRate }) => share(successRate) },
  { title: '95% interval', align: 'right', spare: 8, cell: ({ successInterval }) => range(successInterval) },
  { title: 'unknown', align: 'right', spare: 4, cell: ({ unknown }) => String(unknown) },
  { title: 'by own word', align: 'right', spare: 5, cell: ({ ownWordShare }) => share(ownWordShare) },
  { title: 'trust', align: 'right', cell: ({ trust }) => share(trust.mean) },
  { title: '95% interval', align: 'right', spare: 3, cell: ({ trust }) => range(trust) },
  { title: 'checked', align: 'right', spare: 6, cell: ({ trust }) => String(trust.n) },
  { title: 'mean time', align: 'right', spare: 9, cell: ({ meanSeconds }) => seconds(meanSeconds) },
  { title: 'iterations', align: 'right', spare: 1, cell: ({ meanIterations }) => mean(meanIterations) },
  { title: 'errors', align: 'right', spare: 2, cell: ({ meanErrors }) => mean(meanErrors) },
  { title: 'mean cost', align: 'right', spare: 7, cell: ({ meanCost }) => cost(meanCost) },
];

export function performanceCommand(): Command {
  const command = addCommonOptions(new Command('performance'))
    .summary('show how agents do, where the time goes, and what could go better')
    .description(
      "Shows each agent's figures, by agent and by category, and the open recommendations. By own word: the " +
        'share of the successes that nobody but the agent vouches for. Trust: how likely a success is when the ' +
        'agent claims one, from the claims that a verifier or a person checked; 95% before any was. A terminal too ' +
        'narrow for all columns gets the most telling; --json has all.',
    )
    .option('--by-category', "an agent's categories one by one")
    // What stands after a subcommand is that one's own.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  journeyman performance
  journeyman performance --by-category
  journeyman performance compare coder reviewer
  journeyman performance trends coder --days 30
  journeyman performance recommendations --min-priority 7
  journeyman performance report > performance.md
  journeyman performance --json`,
    )
    .action(overview);
  const groups: Record<string, Command[]> = {
    'How it goes:': [
      agentCommand(),
      compareCommand(),
      trendsCommand(),
      bottlenecksCommand(),
      anomaliesCommand(),
      reportCommand(),
    ],
    'What could go better:': [recommendationsCommand(), showRecommendationCommand(), ...decideCommands()],
  };
  for (const [group, inner] of Object.entries(groups)) {
    command.commandsGroup(group);
    for (const each of inner) command.addCommand(each);
  }
  return command;
}

async function overview(options: { byCategory?: true }, command: Command): Promise<void> {
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
  const shown = columns.filter(({ title }) => byCategory || title !== 'category');
  printTable(
    shown,
    agents.map((row) => shown.map(({ cell }) => cell(row))),
    'No execution is recorded yet.',
  );
  if (agents.length === 0) return;
  printLine();
  if (recommendations.length > 0) {
    printLine(pc.bold('Recommendations'));
    for (const line of recommendations.flatMap(adviceLines)) printLine(line);
    printLine();
  }
  for (const line of goOn(recommendations.length > 0)) printSentence(line, pc.dim);
}

/** What to look at next. */
const goOn = (isAdvised: boolean): string[] => [
  'journeyman performance agent <type> | compare <a> <b> | trends [agent] | bottlenecks | anomalies',
  isAdvised
    ? 'journeyman performance show <id> | accept <id> | dismiss <id> --reason <text>'
    : 'journeyman performance recommendations --state all',
];

const mean = (value: number | null): string => (value === null ? '-' : value.toFixed(1));
