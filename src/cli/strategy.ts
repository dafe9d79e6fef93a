/** `journeyman strategy`: what is known of the plans. */
import { Command } from 'commander';
import pc from 'picocolors';
import { wilson } from '../evidence/intervals.js';
import { planOffer } from '../plan-offer.js';
import { AdaptiveStrategy } from '../strategy/adaptive-strategy.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { printJson, printLine } from './print.js';
import { withStore } from './servers.js';
import { nothingText, type PlanLine, strategyText } from './strategy-table.js';
import { whatIfCommand } from './strategy-what-if.js';

export function strategyCommand(): Command {
  return addCommonOptions(new Command('strategy'))
    .summary('show which plan does how well at what, and which would be chosen now')
    .description(
      'Shows the plans by category: how those that were run did, with the 95% interval of their success, and what is ' +
        'expected of each that the next task would be offered, with the probability that it is drawn. A task with a ' +
        'verify program of its own may be offered plans that fall back on a second agent besides.',
    )
    .option('--category <name>', 'only this category')
    .addCommand(whatIfCommand())
    .addHelpText(
      'after',
      `
Examples:
  journeyman strategy
  journeyman strategy --category debugging
  journeyman strategy --json
  journeyman strategy what-if --policy uniform`,
    )
    .action(async (options: { category?: string }, command: Command) => {
      const context = await commandContext(command);
      const offer = planOffer(context.config);
      const known = await withStore(context, async (store) => {
        const strategy = new AdaptiveStrategy(store, context.tenant, offer);
        const [statistics, plans] = await Promise.all([strategy.getStatistics(), strategy.plans()]);
        // Categories are lower-case, however those who ask write them.
        const asked = options.category?.toLowerCase();
        const wanted = plans.filter(
          ({ category }) => asked === undefined || category.toLowerCase() === asked,
        );
        const categories = new Set(wanted.map(({ category }) => category));
        return { statistics, all: plans, wanted, picture: await strategy.picture(categories) };
      });
      const { statistics, all, picture } = known;
      const run = known.wanted.map((plan) => {
        const judged = plan.successes + plan.failures;
        const candidates = picture.candidates.get(plan.category) ?? [];
        return {
          ...plan,
          successRate: judged === 0 ? null : plan.successes / judged,
          ownWordShare: plan.successes === 0 ? null : plan.claimedSuccesses / plan.successes,
          successInterval: wilson(plan.successes, judged),
          // Null for a plan that is not on offer any more.
          expected: candidates.find(({ key }) => key === plan.plan) ?? null,
        };
      });
      const tried = new Map<string, Set<string>>();
      for (const { category, plan } of run) tried.set(category, (tried.get(category) ?? new Set()).add(plan));
      const untried = [...picture.candidates].flatMap(([category, candidates]) =>
        candidates
          .filter(({ key }) => tried.get(category)?.has(key) !== true)
          .map((expected) => ({ category, plan: expected.key, expected })),
      );
      const { tasks, spent, changes, newcomers, unavailable } = picture;
      const sum = (figure: 'drawn' | 'explored' | 'forgone'): number =>
        all.reduce((total, plan) => total + plan[figure], 0);
      const exploration = { drawn: sum('drawn'), explored: sum('explored'), forgone: sum('forgone') };
      const evidence = { tasks, spent };
      if (context.json)
        return printJson({
          statistics,
          plans: run,
          untried,
          exploration,
          evidence,
          changes,
          newcomers,
          unavailable,
        });
      const lines: PlanLine[] = [...run, ...untried];
      if (lines.length === 0) {
        const categories = all.map(({ category }) => category);
        return printLine(pc.dim(nothingText(options.category, categories)));
      }
      printLine(
        strategyText({
          lines,
          changes,
          newcomers,
          unavailable,
          ...(options.category === undefined ? { statistics, exploration } : {}),
        }),
      );
    });
}
