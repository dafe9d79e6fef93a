/** `journeyman strategy`: what is known of the plans. */
import { Command } from 'commander';
import { wilson } from '../evidence/intervals.js';
import { planOffer } from '../plan-offer.js';
import { AdaptiveStrategy } from '../strategy/adaptive-strategy.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { cost, plain, range, seconds, share } from './format.js';
import { printJson, printLine, printTable } from './print.js';
import { withStore } from './servers.js';

export function strategyCommand(): Command {
  return addCommonOptions(new Command('strategy'))
    .summary('show which plan does how well at what')
    .description('Shows the plans that were run, by category, with the 95% interval of their success.')
    .option('--category <name>', 'only this category')
    .addHelpText(
      'after',
      `
Examples:
  journeyman strategy
  journeyman strategy --category debugging
  journeyman strategy --json`,
    )
    .action(async (options: { category?: string }, command: Command) => {
      const context = await commandContext(command);
      const { statistics, plans } = await withStore(context, async (store) => {
        const strategy = new AdaptiveStrategy(store, context.tenant, planOffer(context.config));
        const [statistics, plans] = await Promise.all([strategy.getStatistics(), strategy.plans()]);
        return { statistics, plans };
      });
      const shown = plans
        .filter(({ category }) => options.category === undefined || category === options.category)
        .map((plan) => {
          const known = plan.successes + plan.failures;
          return {
            ...plan,
            successRate: known === 0 ? null : plan.successes / known,
            ownWordShare: plan.successes === 0 ? null : plan.claimedSuccesses / plan.successes,
            successInterval: wilson(plan.successes, known),
          };
        })
        .sort((a, b) => a.category.localeCompare(b.category) || b.executions - a.executions);
      if (context.json) return printJson({ statistics, plans: shown });
      printTable(
        [
          { title: 'category' },
          { title: 'plan', flexible: true },
          { title: 'executions', align: 'right' },
          { title: 'success', align: 'right' },
          { title: '95% interval', align: 'right' },
          { title: 'by own word', align: 'right' },
          { title: 'mean time', align: 'right' },
          { title: 'mean cost', align: 'right' },
        ],
        shown.map((plan) => [
          plain(plan.category),
          plain(plan.plan),
          String(plan.executions),
          share(plan.successRate),
          range(plan.successInterval),
          share(plan.ownWordShare),
          seconds(plan.meanDuration),
          cost(plan.meanCost),
        ]),
        'No plan was run yet.',
      );
      const { totalTasksAnalyzed, overallSuccessRate } = statistics;
      if (shown.length > 0 && options.category === undefined)
        printLine(`\n${totalTasksAnalyzed} tasks, ${share(overallSuccessRate)} of the known ones succeeded`);
    });
}
