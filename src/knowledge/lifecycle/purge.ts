/** Removing for good what was pruned longer ago than it can be restored. */
import type { Filter } from 'mongodb';
import { events, type ItemEvent } from '../../store/event-log.js';
import { itemKey, type KnowledgeDocument, knowledgeItems, knowledgeVersions } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { markKinds, marksOf } from '../sharing/marks.js';
import { removedKey } from './removed.js';
import { restorableSince } from './restore-pruned.js';

const BATCH = 100;
const BATCH_DEADLINE_MS = 30_000;

export interface PurgeOptions {
  by: string;
  now?: Date;
  /** Items at most. */
  limit?: number;
  /** Stops after the batch during which it fires. */
  signal?: AbortSignal;
}

/**
 * Removes items that were pruned longer ago than `restoreDays`, those merged into them included, with their versions
 * and marks. What the log and the counters say of them stays, so that a rebuild comes to the same.
 *
 * Items that a retraction withdrew wait for its undoing, those that a person archived besides for being restored, and
 * those made of a learning for the learning's return: their number is bounded by what they came from.
 *
 * @returns how many items, and whether that was all
 */
export async function purge(
  context: KnowledgeContext,
  { by, now = new Date(), limit = Number.POSITIVE_INFINITY, signal }: PurgeOptions,
): Promise<{ removed: number; finished: boolean }> {
  const { store, tenant } = context;
  const due: Filter<KnowledgeDocument> = {
    tenant,
    prunedAt: { $lt: restorableSince(context, now) },
    state: 'ARCHIVED',
    retractedBy: null,
    archival: null,
    learningId: null,
  };
  let removed = 0;
  while (removed < limit) {
    if (signal?.aborted === true) return { removed, finished: false };
    const ids = await store.run((options) => idsOf(context, due, Math.min(BATCH, limit - removed), options));
    if (ids.length === 0) return { removed, finished: true };
    const gone = await removeWithMerged(context, ids, { by, now });
    if (gone === 0) return { removed, finished: true };
    removed += gone;
  }
  return { removed, finished: false };
}

const idsOf = async (
  { store }: KnowledgeContext,
  filter: Filter<KnowledgeDocument>,
  limit: number,
  options: { timeoutMS: number },
): Promise<string[]> => {
  const found = await knowledgeItems(store)
    .find(filter, { ...options, projection: { id: 1 } })
    .limit(limit)
    .toArray();
  return found.map(({ id }) => id);
};

/** Those that were merged into an item speak through it alone, so they go first, and theirs before them. */
async function removeWithMerged(
  context: KnowledgeContext,
  ids: readonly string[],
  act: { by: string; now: Date },
): Promise<number> {
  const { tenant, store } = context;
  let removed = 0;
  const merged: Filter<KnowledgeDocument> = { tenant, mergedInto: { $in: [...ids] } };
  for (;;) {
    const parts = await store.run((options) => idsOf(context, merged, BATCH, options));
    if (parts.length === 0) break;
    removed += await removeWithMerged(context, parts, act);
  }
  return removed + (await removeItems(context, ids, act));
}

async function removeItems(
  { store, tenant }: KnowledgeContext,
  due: readonly string[],
  { by, now }: { by: string; now: Date },
): Promise<number> {
  // Claimed first: from here on nobody restores it, and what is interrupted the next run takes up. What came back
  // into use since it was found stays.
  const claimed = await store.run(async (options) => {
    const found = { tenant, _id: { $in: due.map((id) => itemKey(tenant, id)) } };
    await knowledgeItems(store).updateMany(
      { ...found, state: 'ARCHIVED' },
      { $set: { removing: true } },
      options,
    );
    return knowledgeItems(store)
      .find({ ...found, removing: true }, { ...options, projection: { id: 1 } })
      .toArray();
  });
  const ids = claimed.map(({ id }) => id);
  const ofItems = { tenant, id: { $in: ids } };
  const keys = { tenant, _id: { $in: ids.map((id) => itemKey(tenant, id)) } };
  // Outside the transaction: an item may have more marks than one may hold.
  const beside = [knowledgeVersions(store), ...markKinds.map((kind) => marksOf(store, kind))];
  for (const collection of beside)
    await store.run((options) => collection.deleteMany(ofItems, options), BATCH_DEADLINE_MS);
  return store.transaction(async (session) => {
    const found = await knowledgeItems(store)
      .find(keys, {
        session,
        projection: { id: 1, title: 1, state: 1, version: 1, prunedIn: 1, mergedInto: 1 },
      })
      .toArray();
    if (found.length === 0) return 0;
    await knowledgeItems(store).deleteMany(keys, { session });
    // A mark that came between the two.
    for (const kind of markKinds) await marksOf(store, kind).deleteMany(ofItems, { session });
    await events(store).insertMany(
      found.map(({ id, title, state, version, prunedIn, mergedInto }): ItemEvent => {
        const reason =
          mergedInto == null
            ? 'pruned, and not restored in time'
            : `merged into ${mergedInto}, which was removed`;
        return {
          ...{ _id: removedKey(tenant, id), kind: 'item', tenant, itemId: id },
          ...{ act: 'removed', at: now, by, generations: [] },
          detail: { title, from: state, version, reason, run: prunedIn ?? null },
        };
      }),
      { session },
    );
    return found.length;
  }, BATCH_DEADLINE_MS);
}
