/** Search as the components see it, whatever answers it. */
import type { Filter } from './filter.js';

/** A document found, with how well it fits. */
export interface Hit<T> {
  document: T;
  /** 0 to 1; comparable between searches of one retriever. */
  score: number;
  /** How well the words fit (BM25); 0 where none does. */
  lexical: number;
  /** How close the meanings are (cosine); null where it is not known. */
  dense: number | null;
}

export interface SearchOptions {
  /** At most this many hits. */
  limit: number;
  /** Conditions on the documents' facets. */
  where?: Filter;
  /** Milliseconds the search may take. */
  timeoutMS?: number;
}

/** Searches a tenant's documents of one collection. Writes nothing. */
export interface Retriever<T> {
  /**
   * The documents that fit a text, best first; none when nothing fits.
   *
   * @throws StoreUnavailableError when MongoDB is needed for the answer, and away or too slow
   * @throws RangeError when `where` names a facet that the collection has not
   */
  search(tenant: string, query: string, options: SearchOptions): Promise<Hit<T>[]>;
  /**
   * The documents for which the conditions hold, the highest in the collection's own order first.
   *
   * @throws as {@link search} does
   */
  find(tenant: string, where: Filter, options: Omit<SearchOptions, 'where'>): Promise<T[]>;
}
