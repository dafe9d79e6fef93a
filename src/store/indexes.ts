/** Creating the indexes that the components declare. Every index starts with the tenant. */
import { type Collection, type IndexDescription, MongoServerError } from 'mongodb';
import type { Store } from './store.js';

/** The indexes of one collection, declared by the component that owns it. */
export interface CollectionIndexes {
  collection: string;
  indexes: IndexDescription[];
  /** Indexes that earlier versions made and that go now. */
  former?: FormerIndex[];
}

/** An index that another took the place of, or that nothing asks any more. */
export interface FormerIndex {
  name: string;
  /** Gives documents what the other reads, while this one still answers. It may be broken off, and is then run again. */
  before?: (store: Store) => Promise<void>;
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

const DEADLINE_MS = 60_000;
/** NamespaceNotFound and IndexNotFound: there is no collection yet, or another worker was faster. */
const NOT_THERE: ReadonlySet<unknown> = new Set([26, 27]);

/** Creates what is missing and drops what went; harmless when several workers do it at once. */
export async function ensureIndexes(store: Store, declared: readonly CollectionIndexes[]): Promise<void> {
  for (const { collection, indexes, former = [] } of declared) {
    const of = store.db.collection(collection);
    const left = former.length === 0 ? new Set() : await namesOf(store, of);
    for (const { name, before } of former) {
      if (!left.has(name)) continue;
      await before?.(store);
      await orNotThere(
        store.run(() => of.dropIndex(name), DEADLINE_MS),
        null,
      );
    }
    await store.run(() => of.createIndexes(indexes), DEADLINE_MS);
  }
}

async function namesOf(store: Store, of: Collection): Promise<ReadonlySet<string | undefined>> {
  const found = await orNotThere(
    store.run(() => of.indexes(), DEADLINE_MS),
    [],
  );
  return new Set(found.map(({ name }) => name));
}

async function orNotThere<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof MongoServerError && NOT_THERE.has(error.code)) return otherwise;
    throw error;
  }
}
