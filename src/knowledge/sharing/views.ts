/** Views: which agents were handed which items, each counted once. */
import type { Store } from '../../store/store.js';
import { inTurn } from '../in-turn.js';
import { markKey, marksOf, putMarks } from './marks.js';
import { speakerFor } from './votes.js';

/**
 * Notes that an agent was handed items. What it was handed before writes nothing.
 *
 * @returns how many were new to it
 */
export async function countViews(
  store: Store,
  tenant: string,
  agent: string,
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const keys = new Map(ids.map((id) => [markKey(tenant, id, agent), id]));
  const seen = await store.run((options) =>
    marksOf(store, 'views')
      .find({ _id: { $in: [...keys.keys()] }, tenant }, { projection: { _id: 1 }, ...options })
      .toArray(),
  );
  for (const { _id } of seen) keys.delete(_id);
  if (keys.size === 0) return 0;
  // In one order, so that of two queries at once the later conflicts with its first write.
  const fresh = [...keys.values()].sort().map((id) => ({ id, key: agent }));
  return inTurn(store, `${tenant}|views`, () =>
    store.transaction((session) => putMarks(store, tenant, 'views', fresh, session)),
  );
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
