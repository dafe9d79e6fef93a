/** Moving items through their states, each move with its reason in the event log. */
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import type { KnowledgeState } from '../shared/terms.js';
import { appendEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from './collections.js';
import { nextState, type Transition } from './lifecycle.js';
import { readUsage } from './usage.js';

/** Changes an item's state and logs why, inside the caller's transaction. */
export async function moveItem(
  store: Store,
  item: KnowledgeDocument,
  transition: Transition,
  session: ClientSession,
): Promise<void> {
  const { tenant, id, version, state } = item;
  const at = new Date();
  await knowledgeItems(store).updateOne(
    { _id: item._id, tenant },
    { $set: { state: transition.to, updatedAt: at } },
    { session },
  );
  await appendEvent(
    store,
    {
      _id: `${tenant}|item|${id}|moved|${randomUUID()}`,
      kind: 'item',
      tenant,
      itemId: id,
      act: 'moved',
      at,
      by: 'system',
      detail: { from: state, to: transition.to, reason: transition.reason, version },
      generations: [],
    },
    session,
  );
}

/**
 * Notes the use of items and gives each the state that its usage now calls for, inside the transaction that
 * took the usage in. Writing to the items makes two such transactions of one item follow each other, so
 * that the later sees the counts of both.
 *
 * @param usedAt by item id, when it was last used; ids that the tenant does not have are passed over
 * @param generation the live one
 * @returns how many items came to each state
 */
export async function settleItems(
  store: Store,
  tenant: string,
  usedAt: ReadonlyMap<string, Date>,
  generation: string,
  session: ClientSession,
): Promise<Map<KnowledgeState, number>> {
  const moved = new Map<KnowledgeState, number>();
  if (usedAt.size === 0) return moved;
  const ids = [...usedAt.keys()];
  await knowledgeItems(store).bulkWrite(
    [...usedAt].map(([id, at]) => ({
      updateOne: {
        filter: { _id: itemKey(tenant, id), tenant },
        update: { $max: { lastUsedAt: at }, $inc: { settled: 1 } },
      },
    })),
    { session, ordered: false },
  );
  const documents = await knowledgeItems(store)
    .find({ _id: { $in: ids.map((id) => itemKey(tenant, id)) }, tenant }, { session })
    .toArray();
  const usage = await readUsage(store, tenant, generation, ids, { session });
  for (const item of documents) {
    const transition = nextState(item.state, usage.of(item.id, item.version));
    if (transition === null) continue;
    await moveItem(store, item, transition, session);
    moved.set(transition.to, (moved.get(transition.to) ?? 0) + 1);
  }
  return moved;
}
