/** Ids of items that were removed for good. They are not used again: the log and the counters speak of them. */
import type { ClientSession } from 'mongodb';
import { events } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';

/** Id of the event by which an item was removed. */
export const removedKey = (tenant: string, id: string): string => `${tenant}|item|${id}|removed`;

/** Which of some ids were removed. One read by key. */
export async function removedAmong(
  store: Store,
  tenant: string,
  ids: readonly string[],
  session: ClientSession,
): Promise<Set<string>> {
  const byKey = new Map(ids.map((id) => [removedKey(tenant, id), id]));
  const found = await events(store)
    .find({ _id: { $in: [...byKey.keys()] }, tenant }, { session, projection: { _id: 1 } })
    .toArray();
  return new Set(found.flatMap(({ _id }) => byKey.get(_id) ?? []));
}
