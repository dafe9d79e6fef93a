/** The Learning Engine that the subcommands of `learnings` work with. */
import type { Command } from 'commander';
import { LearningEngine } from '../learning/learning-engine.js';
import { createRedactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import { type CommandContext, commandContext } from './common-options.js';
import { localUser } from './local-user.js';
import { withStore } from './servers.js';

/** Runs what needs the tenant's learnings, and closes the connection after it. */
export async function withLearnings<T>(
  command: Command,
  action: (engine: LearningEngine, context: CommandContext, store: Store) => Promise<T>,
): Promise<{ context: CommandContext; answer: T }> {
  const context = await commandContext(command);
  const answer = await withStore(context, (store, { config, tenant }) =>
    action(new LearningEngine(store, tenant, undefined, createRedactor(config.redact)), context, store),
  );
  return { context, answer };
}

/** Options of every act. */
export interface ByOptions {
  by?: string;
  reason?: string;
  ifVersion?: number;
}

/** Who acts, why, and on which version. */
export const actOptions = ({ by, reason, ifVersion }: ByOptions) => ({
  by: by ?? localUser(),
  ...(reason === undefined ? {} : { reason }),
  ...(ifVersion === undefined ? {} : { expectedVersion: ifVersion }),
});
