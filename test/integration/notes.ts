/** A small collection of tenants' notes, for tests of search. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IndexedCollection } from '../../src/retrieval/indexed-collection.js';
import { textIndex } from '../../src/retrieval/mongo-text.js';
import { openRetrieval, type RetrievalOptions } from '../../src/retrieval/retrieval.js';
import type { Retriever } from '../../src/retrieval/retriever.js';
import { retrievalStatistics, retrieverFor } from '../../src/retrieval/retriever-of.js';
import { ensureIndexes } from '../../src/store/indexes.js';
import type { Store } from '../../src/store/store.js';

export interface Note {
  _id: string;
  tenant: string;
  text: string;
  state: string;
  level: 'low' | 'middle' | 'high';
  tags: string[];
  hidden?: boolean;
  order: number;
}

export const indexedNotes: IndexedCollection<Note> = {
  name: 'notes',
  textField: 'text',
  textOf: ({ text }) => text,
  facets: {
    state: { field: 'state', kind: 'keyword', keyed: true },
    level: { field: 'level', kind: 'rank', ranks: ['low', 'middle', 'high'] },
    tags: { field: 'tags', kind: 'keyword' },
    hidden: { field: 'hidden', kind: 'flag' },
  },
  order: 'order',
  leastTextScore: 0,
};

export const notes = (store: Store) => store.collection<Note>('notes');

export const note = (tenant: string, id: string, text: string, more: Partial<Note> = {}): Note => ({
  _id: `${tenant}|${id}`,
  tenant,
  text,
  state: 'open',
  level: 'middle',
  tags: [],
  order: 0,
  ...more,
});

export interface NoteSearch {
  retriever: Retriever<Note>;
  /** Messages of the service's log. */
  said: string[];
  close: () => void;
}

/** Opens the search service of a store over its notes; by words alone unless an embedder is given. */
export async function searchNotes(
  store: Store,
  options: Partial<RetrievalOptions> = {},
): Promise<NoteSearch> {
  await ensureIndexes(store, [{ collection: 'notes', indexes: [textIndex] }]);
  const said: string[] = [];
  const close = openRetrieval(store, {
    kind: 'memory',
    embedder: () => Promise.resolve(null),
    memoryBytes: 256 << 20,
    log: (_, message) => said.push(message),
    ...options,
  });
  return { retriever: retrieverFor(store, indexedNotes), said, close };
}

/** Reads a tenant into memory. */
export async function warm({ retriever }: NoteSearch, store: Store, ...tenants: string[]): Promise<void> {
  for (const tenant of tenants) {
    const before = retrievalStatistics(store)?.tenants ?? 0;
    await retriever.search(tenant, 'anything', { limit: 1 });
    // The first answer may come from MongoDB.
    for (let tries = 0; (retrievalStatistics(store)?.tenants ?? 0) <= before && tries < 200; tries += 1)
      await sleep(10);
  }
}

/** The ids, without tenant, of what a search finds, sorted. */
export const foundBy = async (
  { retriever }: NoteSearch,
  tenant: string,
  query: string,
  where: Parameters<Retriever<Note>['find']>[1] = [],
): Promise<string[]> =>
  (await retriever.search(tenant, query, { limit: 100, where }))
    .map(({ document }) => document._id.slice(tenant.length + 1))
    .sort();

/** Milliseconds until a search finds exactly these, looked at every millisecond or so. */
export async function timeUntilFound(
  search: NoteSearch,
  tenant: string,
  query: string,
  ids: readonly string[],
  patienceMs = 15_000,
): Promise<number> {
  const began = performance.now();
  for (;;) {
    const found = await foundBy(search, tenant, query);
    const took = performance.now() - began;
    if (JSON.stringify(found) === JSON.stringify([...ids].sort())) return took;
    if (took > patienceMs) throw new Error(`found ${JSON.stringify(found)}, not ${JSON.stringify(ids)}`);
    await sleep(1);
  }
}
