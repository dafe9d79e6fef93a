/** Which items were announced to running tasks: what survives a crash of whoever shared them. */
import type { Store } from '../../store/store.js';
import { announcements, itemKey } from '../collections.js';

/** Notes that an item is to be announced, where Temporal could not be told so. */
export async function noteWanted(store: Store, tenant: string, id: string): Promise<void> {
  await store.run((options) =>
    announcements(store).updateOne(
      { _id: itemKey(tenant, id), tenant },
      { $set: { announcedAt: null }, $setOnInsert: { id, at: new Date(), rings: 0 } },
      { upsert: true, ...options },
    ),
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
