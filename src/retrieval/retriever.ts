/** Text search as the components see it, whatever answers it. */
import type { Document } from 'mongodb';

/** A document found, with how well its text fits. */
export interface Hit<T> {
  document: T;
  /** Above 0; comparable within one search only. */
  score: number;
}

export interface SearchOptions {
  /** At most this many hits. */
  limit: number;
  /** Conditions on other fields of the document. */
  where?: Document;
  timeoutMS?: number;
}

/** Searches the text of a tenant's documents. Writes nothing. */
export interface Retriever<T> {
  /** The documents that fit the query, best first; none when nothing fits well enough. */
  search(tenant: string, query: string, options: SearchOptions): Promise<Hit<T>[]>;
}
