/** The Performance Optimizer that the subcommands of `performance` work with. */
import type { Command } from 'commander';
import { PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { planPreferences } from '../strategy/stored-preferences.js';
import { type CommandContext, commandContext } from './common-options.js';
import { withStore } from './servers.js';

/** Runs what needs the tenant's statistics, and closes the connection after it. */
export async function withPerformance<T>(
  command: Command,
  action: (optimizer: PerformanceOptimizer, context: CommandContext) => Promise<T>,
): Promise<{ context: CommandContext; answer: T }> {
  const context = await commandContext(command);
  const answer = await withStore(context, (store, { tenant }) =>
    action(new PerformanceOptimizer(store, tenant, planPreferences), context),
  );
  return { context, answer };
}
