/** The postings of a query's terms, added up part by part of the slots into the scratch memory. */
import type { LexicalQuery } from './lexical-search.js';
import { COUNTS, type PostingLists } from './posting-lists.js';
import { scratch } from './scratch.js';
import { lowerBound } from './word-lists.js';

/** A part of the slots, of which the first `count` that were touched can still be among the best. */
export interface Part {
  from: number;
  to: number;
  count: number;
  /** What a document must at least reach. */
  least: number;
  sorted: boolean;
}

/** A term's postings, of which those before a place were read. */
export interface Cursor {
  words: Uint32Array;
  at: number;
  to: number;
  weight: number;
  /** The weight of this term and the lighter ones. */
  reachable: number;
  /** Postings for each slot. */
  perSlot: number;
}

/** The heaviest term first. */
export function cursorsOf(lists: PostingLists, query: LexicalQuery, slots: number): Cursor[] {
  let { reachable } = query;
  return query.terms.map(({ list, weight }) => {
    const { words, from, to } = lists.postings(list);
    const cursor = { words, at: from, to, weight, reachable, perSlot: (to - from) / slots };
    reachable -= weight;
    return cursor;
  });
}

export const partOf = (slots: Uint32Array, { from, to }: Part): Uint32Array => {
  const first = lowerBound(slots, 0, slots.length, from);
  return slots.subarray(first, lowerBound(slots, first, slots.length, to));
};

/** Leaves the slots whose score is at least so high, and forgets the others. */
export function keepPossible(part: Part, least: number): void {
  const { scores, touched } = scratch;
  let kept = 0;
  for (let at = 0; at < part.count; at++) {
    const slot = touched[at] as number;
    if ((scores[slot] as number) >= least) touched[kept++] = slot;
    else scores[slot] = 0;
  }
  part.count = kept;
}

export function inOrder(part: Part): Uint32Array {
  const left = scratch.touched.subarray(0, part.count);
  if (!part.sorted) left.sort();
  part.sorted = true;
  return left;
}

/** @returns how many slots are touched */
export function addToAll(
  cursor: Cursor,
  { base, perWord }: LexicalQuery,
  lists: PostingLists,
  part: Part,
  bits: Uint32Array | null,
): number {
  const { words, to, weight } = cursor;
  const { scores, touched } = scratch;
  const sizes = lists.documentSizes;
  const end = part.to * COUNTS;
  let reached = part.count;
  let at = nextFrom(words, cursor.at, to, part.from * COUNTS);
  for (; at < to; at++) {
    const word = words[at] as number;
    if (word >= end) break;
    const slot = word >>> 8;
    if (bits !== null && (((bits[slot >>> 5] as number) >>> (slot & 31)) & 1) === 0) continue;
    const count = word & 0xff;
    const score = scores[slot] as number;
    if (score === 0) touched[reached++] = slot;
    scores[slot] = score + (weight * count) / (count + base + perWord * (sizes[slot] as number));
  }
  cursor.at = at;
  return reached;
}

export function addToReached(
  cursor: Cursor,
  { base, perWord }: LexicalQuery,
  lists: PostingLists,
  part: Part,
): void {
  const { words, to, weight } = cursor;
  const { scores } = scratch;
  const sizes = lists.documentSizes;
  const end = part.to * COUNTS;
  let at = nextFrom(words, cursor.at, to, part.from * COUNTS);
  for (; at < to; at++) {
    const word = words[at] as number;
    if (word >= end) break;
    const slot = word >>> 8;
    const score = scores[slot] as number;
    if (score === 0) continue;
    const count = word & 0xff;
    scores[slot] = score + (weight * count) / (count + base + perWord * (sizes[slot] as number));
  }
  cursor.at = at;
}

/**
 * @param few ascending
 * @returns how many slots are touched, where so many were before
 */
export function addToFew(
  cursor: Cursor,
  { base, perWord }: LexicalQuery,
  lists: PostingLists,
  few: Uint32Array,
  before = 0,
): number {
  const { words, to, weight } = cursor;
  const { scores, touched } = scratch;
  const sizes = lists.documentSizes;
  let reached = before;
  let { at } = cursor;
  for (let place = 0; place < few.length; place++) {
    const slot = few[place] as number;
    at = nextFrom(words, at, to, slot * COUNTS);
    if (at === to) break;
    const word = words[at] as number;
    if (word >>> 8 !== slot) continue;
    const count = word & 0xff;
    const score = scores[slot] as number;
    if (score === 0) touched[reached++] = slot;
    scores[slot] = score + (weight * count) / (count + base + perWord * (sizes[slot] as number));
  }
  cursor.at = at;
  return reached;
}

/** As {@link lowerBound}, quicker where the place is near: looks twice as far each time. */
function nextFrom(words: Uint32Array, from: number, to: number, least: number): number {
  let step = 1;
  while (from + step < to && (words[from + step] as number) < least) step *= 2;
  return lowerBound(words, from + (step >>> 1), Math.min(to, from + step + 1), least);
}
