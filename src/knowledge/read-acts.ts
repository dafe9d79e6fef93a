/** Reading what was done to an item, from the log. */
import { events, type ItemEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';

/** One thing that was done to an item. */
export interface ItemAct {
  at: Date;
  /** A past participle: created, edited, moved, voted, confirmed, merged, pruned, retracted and so on. */
  act: string;
  by: string;
  /** What more is known of it, e.g. `from`, `to` and `reason` of a move. */
  detail: Record<string, unknown>;
}

/** What was done to an item, the newest first; nothing where the tenant has no such item. */
export async function readActs(store: Store, tenant: string, id: string, limit: number): Promise<ItemAct[]> {
  const found = await store.run((options) =>
    events(store)
      .find({ tenant, kind: 'item', itemId: id }, options)
      .sort({ at: -1, _id: -1 })
      .limit(limit)
      .toArray(),
  );
  return (found as ItemEvent[]).map(({ at, act, by, detail }) => ({ at, act, by, detail }));
}
