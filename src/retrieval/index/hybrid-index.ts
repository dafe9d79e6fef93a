/** The documents of one tenant and collection in memory, found by words and by meaning at once. */
import { InvalidInputError } from '../../shared/errors.js';
import { fusedScore } from '../fusion.js';
import type { IndexHit, IndexItem, IndexQuery, SearchIndex } from '../search-index.js';
import { allowedSlots } from './allowed-slots.js';
import { BestSlots } from './best-slots.js';
import { Candidates } from './candidates.js';
import { denseBest, denseQuery, denseScores } from './dense-search.js';
import { lexicalBest, lexicalQuery, lexicalScores } from './lexical-search.js';
import { MAX_SLOTS, PostingLists, stringBytes } from './posting-lists.js';
import { scratch } from './scratch.js';
import { VectorRows } from './vector-rows.js';

/** Documents that each of the two searches puts forward. */
const CANDIDATES = 100;
const BYTES_AN_ID = 56 + 8;

export interface HybridQuery extends IndexQuery {
  /** How many documents each of the two searches puts forward for the fusion; at least `limit`. */
  candidates?: number;
}

/**
 * Search by words (BM25) and by meaning (vectors), with the filter applied inside both: documents it rules out are
 * never scored, so a filter that few documents fit still gets the best of them.
 *
 * Every method is synchronous; none does I/O.
 */
export class HybridIndex implements SearchIndex {
  private readonly lists = new PostingLists();
  private readonly rows = new VectorRows();
  private readonly slotOf = new Map<string, number>();
  private readonly ids: (string | undefined)[] = [];
  private readonly unused: number[] = [];
  private idBytes = 0;

  get size(): number {
    return this.slotOf.size;
  }

  /** Bytes of all arrays, and an estimate (never below) of the maps and strings beside them. */
  get bytes(): number {
    return this.lists.bytes + this.rows.bytes + this.idBytes + (this.ids.length + this.unused.length) * 8;
  }

  /**
   * Adds an item, or puts it in the place of the one with its id.
   *
   * @throws InvalidInputError for a vector of other dimensions than the first one's; the index stays as it was
   */
  upsert({ id, terms, vectors, facets }: IndexItem): void {
    for (const vector of vectors) this.rows.check(vector);
    this.remove(id);
    const slot = this.unused.pop() ?? this.ids.length;
    if (slot >= MAX_SLOTS) throw new InvalidInputError('id', id, `at most ${MAX_SLOTS} items in an index`);
    this.ids[slot] = id;
    this.slotOf.set(id, slot);
    this.idBytes += BYTES_AN_ID + stringBytes(id);
    this.lists.add(slot, terms, facets);
    this.rows.add(slot, vectors);
  }

  /** Takes an item out; nothing happens where there is none of the id. */
  remove(id: string): void {
    const slot = this.slotOf.get(id);
    if (slot === undefined) return;
    this.lists.remove(slot);
    this.rows.remove(slot);
    this.slotOf.delete(id);
    this.ids[slot] = undefined;
    this.idBytes -= BYTES_AN_ID + stringBytes(id);
    this.unused.push(slot);
  }

  /**
   * The items that fit best, best first; of equals, the lower id first.
   *
   * Both searches put their best forward, and each of these has both scores: BM25, and the cosine of the nearest of
   * its vectors (null where the item or the query has none).
   *
   * @throws InvalidInputError for a vector of other dimensions than the items'
   */
  search({ terms, vector, filter, limit, candidates = CANDIDATES }: HybridQuery): IndexHit[] {
    if (this.size === 0 || limit <= 0) return [];
    const { lists, rows, ids } = this;
    scratch.reserve(ids.length, lists.end);
    const dense = denseQuery(rows, vector);
    const allowed = allowedSlots(lists, filter, ids.length);
    if (allowed?.count === 0) return [];
    const lexical = lexicalQuery(lists, terms, this.size);
    const put = Math.min(this.size, Math.max(limit, candidates));
    const found = new Candidates(2 * put);
    found.addByWords(lexicalBest(lists, lexical, allowed, put, ids));
    const byWords = found.count;
    if (dense !== null) {
      found.addByMeaning(denseBest(rows, dense, allowed, put, ids));
      denseScores(rows, dense, found.slots, 0, byWords, found.dense);
    }
    lexicalScores(lists, lexical, found.slots, byWords, found.count, found.lexical);
    return this.bestOf(found, lexical.ceiling, limit);
  }

  /** The best of both together; the scores of each document are all there are. */
  private bestOf(found: Candidates, lexicalCeiling: number, limit: number): IndexHit[] {
    const names = Array.from(found.slots.subarray(0, found.count), (slot) => this.ids[slot] ?? '');
    const hitAt = (place: number): IndexHit => {
      const cosine = found.dense[place] as number;
      const raw = { lexical: found.lexical[place] as number, dense: Number.isNaN(cosine) ? null : cosine };
      return { id: names[place] as string, score: fusedScore(raw, { lexicalCeiling }), ...raw };
    };
    const best = new BestSlots(Math.min(limit, found.count), names);
    for (let place = 0; place < found.count; place++) best.offer(place, hitAt(place).score);
    return Array.from({ length: best.size }, (_, at) => hitAt(best.slotAt(at))).sort(
      (a, b) => b.score - a.score || (a.id < b.id ? -1 : 1),
    );
  }
}
