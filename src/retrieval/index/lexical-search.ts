/**
 * Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) with the bounds
 * of MaxScore (Turtle and Flood, "Query evaluation: strategies and optimizations", 1995): part by part of the slots,
 * and within a part term by term. What the best of the parts before have bounds those after, so that of these the
 * rare terms alone are read; and the sums of a part stay in the processor's cache.
 */
import { B, K1, termWeight } from '../term-weight.js';
import type { AllowedSlots } from './allowed-slots.js';
import { BestSlots } from './best-slots.js';
import {
  addToAll,
  addToFew,
  addToReached,
  cursorsOf,
  inOrder,
  keepPossible,
  type Part,
  partOf,
} from './posting-cursors.js';
import type { PostingLists } from './posting-lists.js';
import { scratch } from './scratch.js';

/** Looking up one slot in a list costs about as much as reading so many postings. */
const LOOK_UP_COST = 24;
/** Slots of the first part, and the most of one: each is twice as large as the one before. */
const FIRST_PART = 512;
const LARGEST_PART = 16_384;
/** Rounding of sums must not cost a document its place. */
const ROUNDING = 1 - 1e-9;

/** A term of a query that documents have. */
interface QueryTerm {
  list: number;
  /** What a document has from the term, however often it stands there, is less. */
  weight: number;
}

/** The words of a query against what is indexed now. */
export interface LexicalQuery {
  /** The heaviest first. */
  terms: readonly QueryTerm[];
  /** The weight of these terms: what no score reaches. */
  reachable: number;
  /** The weight of all terms of the query, those that no document has included. */
  ceiling: number;
  /** Of the length norm K1 (1 - B + B length / mean length): what is the same for all, and what a word adds. */
  base: number;
  perWord: number;
}

/** Weighs the terms of a query: by how often it says them and how few documents have them. */
export function lexicalQuery(lists: PostingLists, terms: readonly string[], documents: number): LexicalQuery {
  const asked = new Map<string, number>();
  for (const term of terms) asked.set(term, (asked.get(term) ?? 0) + 1);
  const known: QueryTerm[] = [];
  let reachable = 0;
  let ceiling = 0;
  for (const [term, times] of asked) {
    const list = lists.termList(term);
    const weight = termWeight(times, list === undefined ? 0 : lists.countOf(list), documents);
    ceiling += weight;
    if (list === undefined) continue;
    reachable += weight;
    known.push({ list, weight });
  }
  const meanSize = lists.totalSize / documents;
  return {
    terms: known.sort((a, b) => b.weight - a.weight),
    reachable,
    ceiling,
    base: K1 * (1 - B),
    perWord: meanSize > 0 ? (K1 * B) / meanSize : 0,
  };
}

/** Writes the score of each document of a part of a list to the same place. */
export function lexicalScores(
  lists: PostingLists,
  query: LexicalQuery,
  slots: Uint32Array,
  from: number,
  to: number,
  scores: Float64Array,
): void {
  const { weights, asked } = scratch;
  for (const { list, weight } of query.terms) {
    weights[list] = weight;
    asked[list >>> 5] = (asked[list >>> 5] as number) | (1 << (list & 31));
  }
  for (let place = from; place < to; place++) {
    const slot = slots[place] as number;
    const norm = query.base + query.perWord * (lists.documentSizes[slot] as number);
    const view = lists.listsOf(slot);
    let score = 0;
    for (let at = view.from; at < view.to; at++) {
      const word = view.words[at] as number;
      const list = word >>> 8;
      // The bits stay in the processor's cache, the weights do not.
      if ((((asked[list >>> 5] as number) >>> (list & 31)) & 1) === 0) continue;
      const count = word & 0xff;
      score += ((weights[list] as number) * count) / (count + norm);
    }
    scores[place] = score;
  }
  for (const { list } of query.terms) {
    weights[list] = 0;
    asked[list >>> 5] = 0;
  }
}

/** The documents with the highest scores above 0, in no order. */
export function lexicalBest(
  lists: PostingLists,
  query: LexicalQuery,
  allowed: AllowedSlots | null,
  limit: number,
  ids: readonly (string | undefined)[],
): BestSlots {
  const best = new BestSlots(limit, ids);
  if (limit === 0 || query.terms.length === 0) return best;
  const { scores, touched } = scratch;
  const cursors = cursorsOf(lists, query, ids.length);
  for (let from = 0, size = FIRST_PART; from < ids.length; from += size, size = nextSize(size)) {
    const part: Part = { from, to: Math.min(ids.length, from + size), count: 0, least: 0, sorted: false };
    part.least = Math.max(0, best.least * ROUNDING);
    const few = allowed?.slots == null ? null : partOf(allowed.slots, part);
    if (few?.length === 0) continue;
    for (const cursor of cursors) {
      if (cursor.reachable < part.least) {
        // No document that has none of the terms before is among the best.
        if (part.count === 0) break;
        keepPossible(part, part.least - cursor.reachable);
        if (part.count * LOOK_UP_COST < cursor.perSlot * size) addToFew(cursor, query, lists, inOrder(part));
        else addToReached(cursor, query, lists, part);
      } else if (few !== null && few.length * LOOK_UP_COST < cursor.perSlot * size)
        part.count = addToFew(cursor, query, lists, few, part.count);
      else part.count = addToAll(cursor, query, lists, part, allowed?.bits ?? null);
    }
    for (let at = 0; at < part.count; at++) {
      const slot = touched[at] as number;
      const score = scores[slot] as number;
      if (score >= best.least) best.offer(slot, score);
      scores[slot] = 0;
    }
  }
  return best;
}

const nextSize = (size: number): number => Math.min(LARGEST_PART, size * 2);
