/** Which retriever searches a store's collections in this process. */
import type { Store } from '../store/store.js';
import type { IndexedCollection, StoredDocument } from './indexed-collection.js';
import { mongoTextRetriever } from './mongo-text.js';
import type { Retriever } from './retriever.js';

/** What is held of one collection. */
export interface CollectionStatistics {
  collection: string;
  tenants: number;
  items: number;
  bytes: number;
  /** Milliseconds that what is held may be behind what is stored. */
  lagMs: number;
}

export interface RetrievalStatistics {
  /** Id of what makes vectors; null where there is nothing, or nothing yet. */
  embedder: string | null;
  /** Tenants held, counted in each collection. */
  tenants: number;
  items: number;
  bytes: number;
  /** Bytes that there may be. */
  limit: number;
  /** Milliseconds that what is held may be behind what is stored. */
  lagMs: number;
  /** Items that wait for their vectors; they are found by their words until then. */
  withoutVectors: number;
  collections: CollectionStatistics[];
}

/** Searches a store's collections, by whatever it holds or asks. */
export interface SearchService {
  retriever<T extends StoredDocument>(collection: IndexedCollection<T>): Retriever<T>;
  statistics(): RetrievalStatistics;
}

const services = new WeakMap<Store, SearchService>();

/** Has a store's collections searched by a service; null: by MongoDB's text index again. */
export function setSearchService(store: Store, service: SearchService | null): void {
  if (service === null) services.delete(store);
  else services.set(store, service);
}

/** What is held of a store's tenants in this process; null where no search service is open. */
export const retrievalStatistics = (store: Store): RetrievalStatistics | null =>
  services.get(store)?.statistics() ?? null;

/**
 * Searches a collection by the store's search service. Where none is open, as in commands that ask one question
 * and end, MongoDB's text index answers: reading a whole tenant for one answer would take longer than the answer.
 */
export function retrieverFor<T extends StoredDocument>(
  store: Store,
  collection: IndexedCollection<T>,
): Retriever<T> {
  const text = mongoTextRetriever(store, collection);
  const current = (): Retriever<T> => services.get(store)?.retriever(collection) ?? text;
  return {
    search: (tenant, query, options) => current().search(tenant, query, options),
    find: (tenant, where, options) => current().find(tenant, where, options),
  };
}
