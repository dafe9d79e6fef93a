/** Which items were announced to running tasks: what survives a crash of whoever shared them. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../../store/store.js';
import { announcements, itemKey } from '../collections.js';

/**
 * Notes items that are to be announced, in the transaction that makes them CRITICAL: whoever is killed after it leaves
 * the wish to the evolve run.
 */
export async function noteWanted(
  store: Store,
  tenant: string,
  ids: readonly string[],
  session: ClientSession,
): Promise<void> {
  if (ids.length === 0) return;
  const at = new Date();
  await announcements(store).bulkWrite(
    ids.map((id) => ({
      updateOne: {
        filter: { _id: itemKey(tenant, id), tenant },
        update: { $set: { announcedAt: null, at }, $setOnInsert: { id, rings: 0 } },
        upsert: true,
      },
    })),
    { session, ordered: false },
  );
}

/** Notes that an item's announcement has begun. */
export async function noteBegun(store: Store, tenant: string, id: string): Promise<void> {
  const at = new Date();
  await store.run((options) =>
    announcements(store).updateOne(
      { _id: itemKey(tenant, id), tenant },
      { $set: { announcedAt: at }, $setOnInsert: { id, at, rings: 0 } },
      { upsert: true, ...options },
    ),
  );
}

/** Wakes those who hold inboxes of the tenant's tasks: they then ask the tasks themselves. */
export async function ring(store: Store, tenant: string, id: string): Promise<void> {
  await store.run((options) =>
    announcements(store).updateOne({ _id: itemKey(tenant, id), tenant }, { $inc: { rings: 1 } }, options),
  );
}
