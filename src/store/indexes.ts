/** Creating the indexes that the components declare. Every index starts with the tenant. */
import type { IndexDescription } from 'mongodb';
import type { Store } from './store.js';

/** The indexes of one collection, declared by the component that owns it. */
export interface CollectionIndexes {
  collection: string;
  indexes: IndexDescription[];
}

/** The indexes of the collections that all components share. */
export const storeIndexes: CollectionIndexes[] = [
  {
    collection: 'events',
    indexes: [
      { key: { tenant: 1, kind: 1, executionId: 1, at: 1 } },
      { key: { tenant: 1, itemId: 1, at: 1 } },
    ],
  },
  { collection: 'artifacts', indexes: [{ key: { tenant: 1, artifact: 1, number: 1 } }] },
  { collection: 'pending', indexes: [{ key: { tenant: 1, consumer: 1, _id: 1 } }] },
];

/** The index that reads of a projection's counters use; other projections stay out of it. */
export const counterIndexes = (projection: string, ...dimensions: string[]): CollectionIndexes => ({
  collection: 'counters',
  indexes: [
    {
      name: projection,
      key: Object.fromEntries([
        ['tenant', 1],
        ['generation', 1],
        ...dimensions.map((name) => [`dimensions.${name}`, 1]),
      ]),
      partialFilterExpression: { projection },
    },
  ],
});

/** Creates what is missing; harmless when several workers do it at once. */
export async function ensureIndexes(store: Store, declared: readonly CollectionIndexes[]): Promise<void> {
  for (const { collection, indexes } of declared)
    await store.run(() => store.db.collection(collection).createIndexes(indexes), 60_000);
}
