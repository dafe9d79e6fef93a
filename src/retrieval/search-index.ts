/** What the service around it needs of an index in memory. */
import type { Filter } from './filter.js';
import type { FacetValue } from './indexed-collection.js';

export interface IndexItem {
  id: string;
  /** In order, with repeats. */
  terms: readonly string[];
  /** Of length 1; one for each window of the text, none where there are none yet. */
  vectors: readonly Float32Array[];
  facets: Record<string, FacetValue>;
}

export interface IndexQuery {
  terms: readonly string[];
  vector: Float32Array | null;
  filter: Filter;
  limit: number;
}

export interface IndexHit {
  id: string;
  /** 0 to 1, comparable across queries. */
  score: number;
  lexical: number;
  dense: number | null;
}

/** Synchronous, of one tenant and collection. */
export interface SearchIndex {
  readonly size: number;
  /** Memory that it takes. */
  readonly bytes: number;
  /** Adds an item, or puts it in the place of the one with its id. */
  upsert(item: IndexItem): void;
  remove(id: string): void;
  search(query: IndexQuery): IndexHit[];
}
