/** Taking pruning back: one item, or all of a run, while that is possible. */
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import type { KnowledgeState } from '../../shared/terms.js';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import type { PrunedRequest } from './inputs.js';
import { unarchiveItems } from './transitions.js';

const BATCH = 200;
const BATCH_DEADLINE_MS = 30_000;
const DAY_MS = 86_400_000;

export interface RestoreOptions {
  by: string;
  reason: string;
  now?: Date;
}

/** Pruned before this time: too late to restore. */
export const restorableSince = ({ settings }: KnowledgeContext, now: Date): Date =>
  new Date(now.getTime() - settings.restoreDays * DAY_MS);

/**
 * Restores a pruned item to the state that its usage calls for. It stays ARCHIVED while something else archives it.
 *
 * @throws NotFoundError when the tenant has no such item
 * @throws ConflictError when it is not pruned, or was longer ago than `restoreDays`
 */
export async function restorePruned(
  context: KnowledgeContext,
  id: string,
  options: RestoreOptions,
): Promise<KnowledgeState> {
  const { store, tenant, settings } = context;
  await ensureLedger(store, tenant);
  return store.transaction(async (session) => {
    const now = options.now ?? new Date();
    const [live = ''] = await enterLedger(store, tenant, session);
    const item = await knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, { session });
    if (item === null) throw new NotFoundError('knowledge item', id);
    if (item.prunedAt == null) throw new ConflictError(`Knowledge item ${id} is not pruned`);
    if (item.prunedAt < restorableSince(context, now) || item.removing === true)
      throw new ConflictError(
        `Knowledge item ${id} was pruned ${item.prunedAt.toISOString()}: more than ${settings.restoreDays} days ago, too late to restore`,
      );
    const [state = 'ARCHIVED'] = await unarchiveItems(
      store,
      tenant,
      [item],
      'prunedAt',
      actOf(options, now, item),
      live,
      session,
    );
    return state;
  });
}

/**
 * Restores all that one run pruned and nobody restored since, in batches: what an interrupted call left, the same
 * again takes up.
 *
 * @returns how many items; those pruned longer ago than `restoreDays` stay
 * @throws NotFoundError when no run of that id pruned anything that is still pruned
 */
export async function restoreRun(
  context: KnowledgeContext,
  run: string,
  options: RestoreOptions,
): Promise<number> {
  const { store, tenant } = context;
  const now = options.now ?? new Date();
  await ensureLedger(store, tenant);
  const ofRun = {
    tenant,
    prunedIn: run,
    prunedAt: { $gte: restorableSince(context, now) },
    removing: { $ne: true as const },
  };
  let restored = 0;
  for (;;) {
    const count = await store.transaction(async (session) => {
      const [live = ''] = await enterLedger(store, tenant, session);
      const items = await knowledgeItems(store).find(ofRun, { session }).limit(BATCH).toArray();
      const [first] = items;
      if (first === undefined) return 0;
      await unarchiveItems(store, tenant, items, 'prunedAt', actOf(options, now, first), live, session);
      return items.length;
    }, BATCH_DEADLINE_MS);
    restored += count;
    if (count === 0) break;
  }
  if (restored === 0)
    throw new NotFoundError('run of pruning', run, 'nothing that it pruned can still be restored');
  return restored;
}

const actOf = ({ by, reason }: RestoreOptions, at: Date, { prunedIn }: KnowledgeDocument) => ({
  ...{ act: 'restored', by, at, reason },
  detail: { run: prunedIn ?? null },
});

/** Pruned items that can still be restored, the last to go first. */
export function findPruned(
  context: KnowledgeContext,
  { run, limit }: PrunedRequest,
  now: Date = new Date(),
): Promise<KnowledgeDocument[]> {
  const { store, tenant } = context;
  return store.run((options) =>
    knowledgeItems(store)
      .find(
        {
          ...{ tenant, prunedAt: { $gte: restorableSince(context, now) } },
          ...(run === undefined ? {} : { prunedIn: run }),
        },
        options,
      )
      .sort({ prunedAt: -1, _id: 1 })
      .limit(limit)
      .toArray(),
  );
}
