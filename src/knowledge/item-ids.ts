/** Finding items by the beginning of their ids. */
import type { Store } from '../store/store.js';
import { itemKey, knowledgeItems } from './collections.js';

/** Ids of items that begin so, in their order. */
export async function idsBeginning(
  store: Store,
  tenant: string,
  beginning: string,
  limit: number,
): Promise<string[]> {
  const from = itemKey(tenant, beginning);
  const found = await store.run((options) =>
    knowledgeItems(store)
      // Ids are ASCII letters, digits and marks, all of them before "~".
      .find({ _id: { $gte: from, $lt: `${from}~` }, tenant }, { ...options, projection: { id: 1 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray(),
  );
  return found.map(({ id }) => id);
}
