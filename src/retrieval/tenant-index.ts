/** The documents of one tenant and collection in memory, searchable. Knows nothing of MongoDB's whereabouts. */
import { BSON } from 'mongodb';
import { analyse } from './analyse.js';
import { DocumentCache } from './document-cache.js';
import type { Condition, Filter } from './filter.js';
import {
  type FacetValue,
  facetNamed,
  facetsOf,
  holds,
  type IndexedCollection,
  type StoredDocument,
} from './indexed-collection.js';
import type { Hit } from './retriever.js';
import type { SearchIndex } from './search-index.js';

/** What a document takes besides its bytes and its place in the index: keys in maps, its order. */
const BYTES_A_DOCUMENT = 250;

export class TenantIndex<T extends StoredDocument> {
  private readonly documents = new DocumentCache();
  /** Of each keyed facet: its values, and the documents with each of them and their order. */
  private readonly keyed = new Map<string, Map<string | number, Map<string, number>>>();

  /** @param index empty */
  constructor(
    private readonly collection: IndexedCollection<T>,
    private readonly index: SearchIndex,
  ) {
    for (const [name, { keyed }] of Object.entries(collection.facets))
      if (keyed === true) this.keyed.set(name, new Map());
  }

  get size(): number {
    return this.documents.size;
  }

  get bytes(): number {
    return this.documents.bytes + this.index.bytes + this.documents.size * BYTES_A_DOCUMENT;
  }

  keys(): IterableIterator<string> {
    return this.documents.keys();
  }

  /** Whether a document is held as it is. */
  holds(key: string, bson: Uint8Array): boolean {
    return this.documents.holds(key, bson);
  }

  /** The text that a document is found by; undefined where it is not held. */
  textOf(key: string): string | undefined {
    const document = this.document(key);
    return document === undefined ? undefined : this.collection.textOf(document);
  }

  /** Adds a document, or puts it in the place of what it was before. */
  put(bson: Uint8Array, vectors: readonly Float32Array[]): void {
    const document = BSON.deserialize(bson) as T;
    this.unkey(document._id);
    this.documents.set(document._id, bson);
    this.enter(document, vectors);
  }

  /** Gives a document that is held the vectors of its text. */
  attach(key: string, vectors: readonly Float32Array[]): void {
    const document = this.document(key);
    if (document === undefined) return;
    this.unkey(key);
    this.enter(document, vectors);
  }

  remove(key: string): void {
    if (!this.documents.has(key)) return;
    this.unkey(key);
    this.documents.delete(key);
    this.index.remove(key);
  }

  /** @param vector of the query; null: by its words alone */
  search(query: string, vector: Float32Array | null, where: Filter, limit: number): Hit<T>[] {
    for (const { facet } of where) facetNamed(this.collection.facets, facet);
    const terms = analyse(query);
    if (terms.length === 0 && vector === null) return [];
    return this.index
      .search({ terms, vector, filter: where, limit })
      .flatMap(({ id, ...scores }): Hit<T>[] => {
        const document = this.document(id);
        return document === undefined ? [] : [{ document, ...scores }];
      });
  }

  /** Documents for which the conditions hold, the highest of the collection's order first. */
  find(where: Filter, limit: number): T[] {
    const { facets } = this.collection;
    for (const { facet } of where) facetNamed(facets, facet);
    const found: T[] = [];
    const candidates = [...this.candidates(where)].sort(
      ([oneKey, one], [otherKey, other]) => other - one || (oneKey < otherKey ? -1 : 1),
    );
    for (const [key] of candidates) {
      const document = this.document(key);
      if (document === undefined) continue;
      const values = facetsOf(this.collection, document);
      if (!where.every((condition) => holds(condition, values[condition.facet]))) continue;
      found.push(document);
      if (found.length === limit) break;
    }
    return found;
  }

  private document(key: string): T | undefined {
    return this.documents.get(key) as T | undefined;
  }

  private enter(document: T, vectors: readonly Float32Array[]): void {
    const facets = facetsOf(this.collection, document);
    const order = document[this.collection.order] as unknown;
    for (const [name, values] of this.keyed)
      for (const value of valuesOf(facets[name])) {
        const keys = values.get(value) ?? new Map<string, number>();
        values.set(value, keys.set(document._id, typeof order === 'number' ? order : 0));
      }
    this.index.upsert({
      id: document._id,
      terms: analyse(this.collection.textOf(document)),
      vectors,
      facets,
    });
  }

  private unkey(key: string): void {
    const before = this.keyed.size === 0 ? undefined : this.document(key);
    if (before === undefined) return;
    const facets = facetsOf(this.collection, before);
    for (const [name, values] of this.keyed)
      for (const value of valuesOf(facets[name])) {
        const keys = values.get(value);
        keys?.delete(key);
        if (keys?.size === 0) values.delete(value);
      }
  }

  /** Keys, and their order, among which are all that fit: the fewest that a condition on a keyed facet leaves. */
  private candidates(where: Filter): ReadonlyMap<string, number> {
    let fewest: ReadonlyMap<string, number> | undefined;
    for (const condition of where) {
      const values = this.keyed.get(condition.facet);
      const wanted = wantedValues(condition);
      if (values === undefined || wanted === undefined) continue;
      const keys = new Map(wanted.flatMap((value) => [...(values.get(value) ?? [])]));
      if (fewest === undefined || keys.size < fewest.size) fewest = keys;
    }
    return fewest ?? this.allInOrder();
  }

  private allInOrder(): Map<string, number> {
    const { order } = this.collection;
    const all = new Map<string, number>();
    for (const key of this.documents.keys()) {
      const value = this.document(key)?.[order] as unknown;
      all.set(key, typeof value === 'number' ? value : 0);
    }
    return all;
  }
}

const valuesOf = (value: FacetValue | undefined): readonly (string | number)[] => {
  if (value === undefined) return [];
  return typeof value === 'object' ? value : [value];
};

const wantedValues = (condition: Condition): readonly (string | number)[] | undefined => {
  if ('equals' in condition) return [condition.equals];
  return 'oneOf' in condition ? condition.oneOf : undefined;
};
