/** What agents discovered goes to the hub as soon as the record of their task is stored, beside the task. */
import type { Context } from '@temporalio/activity';
import { announcer } from '../knowledge/announce/announce.js';
import { type KnowledgeContext, knowledgeContext } from '../knowledge/context.js';
import { shareDiscoveries } from '../knowledge/sharing/discoveries.js';
import { findInteractions } from '../learning/interactions.js';
import type { ExecutionRecord } from '../shared/task.js';
import type { Store } from '../store/store.js';
import type { ActivityDependencies } from './dependencies.js';

/** Records whose discoveries are shared at the same time; those of further ones are left to the evolve run. */
const MAX_UNDERWAY = 32;
/** Milliseconds that a discovery waits for its turn. */
const WAIT_MS = 2_000;

const underway = new WeakMap<Store, Set<Promise<void>>>();

/**
 * Begins to share the discoveries of a stored record. Neither waits nor fails: whatever does not get through, the
 * evolve run shares under the same ids.
 */
export function shareAtOnce(
  { store, redactor, config }: Pick<ActivityDependencies, 'store' | 'redactor' | 'config'>,
  { tenant, executionId, attempts }: ExecutionRecord,
  activity: Pick<Context, 'client'>,
): void {
  if (!attempts.some(({ report }) => report.discoveries.length > 0)) return;
  const mine = underway.get(store) ?? new Set<Promise<void>>();
  underway.set(store, mine);
  if (mine.size >= MAX_UNDERWAY) return;
  const context = knowledgeContext(store, tenant, redactor, {
    settings: config.knowledge,
    announce: async (itemId) => announcer(activity.client, tenant, config.temporal.taskQueue)(itemId),
  });
  const sharing = share(context, executionId)
    .catch(() => {})
    .finally(() => mine.delete(sharing));
  mine.add(sharing);
}

/** As it is stored, so that the evolve run finds the same ids: what was cut or redacted there is not in the report. */
async function share(context: KnowledgeContext, executionId: string): Promise<void> {
  const stored = await findInteractions(context.store, context.tenant, [executionId]);
  await shareDiscoveries(context, stored, { waitMs: WAIT_MS });
}

/** Resolves when what is being shared is done with: a store is not closed before. */
export async function sharedAll(store: Store): Promise<void> {
  await Promise.all([...(underway.get(store) ?? [])]);
}
