/** Views: which agents were handed which items, each counted once. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { inTurn } from '../in-turn.js';
import { survivorsOf } from '../usage/merged.js';
import { type Mark, markKey, marksOf, putMarks } from './marks.js';
import { speakerFor } from './votes.js';

/** Items of one transaction. */
const SOME = 200;

/**
 * Notes that an agent was handed items, some hundreds at a time. What it was handed before writes nothing.
 *
 * @param signal what is not begun when it is aborted is not counted
 * @returns how many were new to it
 */
export async function countViews(
  store: Store,
  tenant: string,
  agent: string,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<number> {
  if (ids.length === 0) return 0;
  const keys = new Map(ids.map((id) => [markKey(tenant, id, agent), id]));
  const seen = await store.run((options) =>
    marksOf(store, 'views')
      .find({ _id: { $in: [...keys.keys()] }, tenant }, { projection: { _id: 1 }, ...options })
      .toArray(),
  );
  for (const { _id } of seen) keys.delete(_id);
  // In one order, so that of two queries at once the later conflicts with its first write.
  const fresh = [...keys.values()].sort().map((id) => ({ id, key: agent }));
  let counted = 0;
  for (let from = 0; from < fresh.length; from += SOME) {
    const some = fresh.slice(from, from + SOME);
    counted += await inTurn(store, `${tenant}|views`, async () =>
      signal?.aborted === true
        ? 0
        : store.transaction(async (session) =>
            putMarks(store, tenant, 'views', await toSpeakers(store, tenant, some, session), session),
          ),
    );
  }
  return counted;
}

/** What was merged since it was handed out is viewed in the item that speaks for it; what is gone, by nobody. */
export async function toSpeakers(
  store: Store,
  tenant: string,
  views: readonly Mark[],
  session: ClientSession,
): Promise<Mark[]> {
  const ids = views.map(({ id }) => id);
  const survivors = await survivorsOf(store, tenant, ids, { session });
  return views.flatMap((view) => {
    const id = survivors.get(view.id);
    return id === undefined ? [] : [{ ...view, id }];
  });
}

/**
 * Notes that an agent was handed one item; of a merged one, the item that speaks for it.
 *
 * @returns false when it had been handed it before
 * @throws NotFoundError when the tenant has no such item
 */
export async function view(store: Store, tenant: string, id: string, agent: string): Promise<boolean> {
  const item = await store.transaction((session) => speakerFor(store, tenant, id, session));
  return (await countViews(store, tenant, agent, [item.id])) > 0;
}
