/** The states that items come to when their use is withdrawn or given back, noted so that they find their way back. */
import type { ClientSession } from 'mongodb';
import type { KnowledgeState } from '../../shared/terms.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import { change, settleItems } from '../lifecycle/transitions.js';
import { survivorsOf } from '../usage/merged.js';
import { effectId, retractionEffects } from './retractions.js';
import type { Review } from './review-items.js';

/**
 * Gives items the states that their usage now calls for.
 *
 * @param retraction that changed it, to note what moved; null where nothing is to be noted
 */
export async function settleMoved(
  review: Review,
  ids: Iterable<string>,
  retraction: string | null,
): Promise<void> {
  const { store, tenant, session, live } = review;
  const before = await judged(review, ids);
  await settleItems(store, tenant, usedAt(before), live, session);
  if (retraction === null) return;
  const now = new Map((await readItems(review, before)).map((item) => [item.id, item.state]));
  for (const { id, state } of before) {
    const to = now.get(id);
    if (to === undefined || to === state) continue;
    const _id = effectId(tenant, retraction, id);
    const effect = await retractionEffects(store).findOne({ _id, tenant }, { session });
    const from: KnowledgeState = effect?.moved?.from ?? state;
    await retractionEffects(store).updateOne(
      { _id, tenant },
      { $set: { retraction, item: id, moved: { from, to } } },
      { session, upsert: true },
    );
  }
}

/** As {@link settleMoved}, of items whose usage was given back: each begins at the state that it had before. */
export async function settleBack(
  review: Review,
  ids: Iterable<string>,
  retraction: string,
  by: string,
): Promise<void> {
  const { store, tenant, session } = review;
  const items = await judged(review, ids);
  const effects = await retractionEffects(store)
    .find(
      {
        _id: { $in: items.map(({ id }) => effectId(tenant, retraction, id)) },
        ...{ tenant, moved: { $exists: true } },
      },
      { session },
    )
    .toArray();
  const moved = new Map(effects.map((effect) => [effect.item, effect.moved]));
  const moves = items.flatMap((item) => {
    const noted = moved.get(item.id);
    // Moved by others since: it stays where they brought it.
    if (noted === undefined || noted.to !== item.state) return [];
    const transition = { to: noted.from, reason: 'its usage counts again; as before' };
    return [{ item, transition, set: {}, act: { act: 'retraction-undone', by } }];
  });
  await change(store, moves, session);
  await retractionEffects(store).updateMany(
    { _id: { $in: effects.map(({ _id }) => _id) }, tenant },
    { $unset: { moved: '' } },
    { session },
  );
  await settleMoved(
    review,
    items.map(({ id }) => id),
    null,
  );
}

type Settled = Pick<KnowledgeDocument, 'id' | 'state' | 'lastUsedAt'> & KnowledgeDocument;

/** Some items and those that speak for them. */
async function judged(review: Review, ids: Iterable<string>): Promise<Settled[]> {
  const { store, tenant, session } = review;
  const survivors = await survivorsOf(store, tenant, [...ids], { session });
  return readItems(
    review,
    [...new Set([...survivors].flat())].map((id) => ({ id })),
  );
}

const readItems = (
  { store, tenant, session }: { session: ClientSession } & Review,
  items: readonly { id: string }[],
): Promise<KnowledgeDocument[]> =>
  knowledgeItems(store)
    .find({ _id: { $in: items.map(({ id }) => itemKey(tenant, id)) }, tenant }, { session })
    .toArray();

/** Withdrawing is no use: what was never used is judged when its use is taken in. */
const usedAt = (items: readonly KnowledgeDocument[]): Map<string, Date> =>
  new Map(items.flatMap(({ id, lastUsedAt }) => (lastUsedAt === null ? [] : [[id, lastUsedAt] as const])));
