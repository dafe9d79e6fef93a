/** Marks on items that say the opposite of each other, while evidence has not decided. */
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { events, type ItemEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import { activeStates } from '../search.js';

/** Items that one can be marked as contradicting; what more there are is found when some of them are decided. */
export const MAX_CONTRADICTS = 10;

/** An item at the version that was compared. */
export type Compared = Pick<KnowledgeDocument, 'id' | 'version'>;

/**
 * Marks two items as saying the opposite, inside the caller's transaction.
 *
 * @returns false when they are marked already, one of them is not in use or was edited since, or has all the marks
 *   that it can have
 */
export async function markContradiction(
  store: Store,
  tenant: string,
  a: Compared,
  b: Compared,
  reason: string,
  session: ClientSession,
): Promise<boolean> {
  const found = await bothOf(store, tenant, a.id, b.id, session);
  const isFit = (item: KnowledgeDocument): boolean =>
    activeStates.includes(item.state) &&
    item.version === (item.id === a.id ? a : b).version &&
    (item.contradicts ?? []).length < MAX_CONTRADICTS;
  if (found.length < 2 || !found.every(isFit)) return false;
  if (found.every(({ id, contradicts }) => contradicts?.includes(id === a.id ? b.id : a.id))) return false;
  await write(store, found, 'contradicted', reason, session);
  return true;
}

/**
 * Takes the marks from two items again, inside the caller's transaction.
 *
 * @returns false when neither was marked
 */
export async function clearContradiction(
  store: Store,
  tenant: string,
  aId: string,
  bId: string,
  reason: string,
  session: ClientSession,
): Promise<boolean> {
  const found = await bothOf(store, tenant, aId, bId, session);
  const marked = found.filter(({ id, contradicts }) => contradicts?.includes(id === aId ? bId : aId));
  if (marked.length === 0) return false;
  await write(store, marked, 'reconciled', reason, session, { aId, bId });
  return true;
}

const bothOf = (store: Store, tenant: string, a: string, b: string, session: ClientSession) =>
  knowledgeItems(store)
    .find({ _id: { $in: [itemKey(tenant, a), itemKey(tenant, b)] }, tenant }, { session })
    .toArray();

async function write(
  store: Store,
  items: readonly KnowledgeDocument[],
  act: 'contradicted' | 'reconciled',
  reason: string,
  session: ClientSession,
  of: { aId: string; bId: string } = { aId: items[0]?.id ?? '', bId: items[1]?.id ?? '' },
): Promise<void> {
  const at = new Date();
  const otherThan = (id: string): string => (id === of.aId ? of.bId : of.aId);
  await knowledgeItems(store).bulkWrite(
    items.map(({ _id, tenant, id }) => ({
      updateOne: {
        filter: { _id, tenant },
        update: {
          [act === 'contradicted' ? '$addToSet' : '$pull']: { contradicts: otherThan(id) },
          $set: { updatedAt: at },
        },
      },
    })),
    { session },
  );
  await events(store).insertMany(
    items.map(
      ({ tenant, id, version }): ItemEvent => ({
        _id: `${tenant}|item|${id}|${act}|${randomUUID()}`,
        ...{ kind: 'item', tenant, itemId: id, act, at, by: 'system' },
        detail: { other: otherThan(id), reason, version },
        generations: [],
      }),
    ),
    { session },
  );
}
