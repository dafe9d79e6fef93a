/** Which documents a filter leaves, told before any of them is scored. */
import type { Condition, Filter } from '../filter.js';
import type { PostingLists } from './posting-lists.js';
import { scratch } from './scratch.js';

/** Slots that a search may look at. */
export interface AllowedSlots {
  /** One bit a slot; valid until the next search. */
  bits: Uint32Array;
  count: number;
  /** The slots, ascending, where they are few; else null. */
  slots: Uint32Array | null;
}

/** One in so many is few. */
const FEW = 8;

/** @returns null where all are allowed */
export function allowedSlots(lists: PostingLists, filter: Filter, slots: number): AllowedSlots | null {
  if (filter.length === 0) return null;
  const words = (slots + 31) >>> 5;
  // The narrowest first: where it leaves none, the others are not looked at.
  const conditions = filter
    .map((condition) => listsOf(lists, condition))
    .map((numbers) => ({ numbers, total: numbers.reduce((sum, list) => sum + lists.countOf(list), 0) }))
    .sort((a, b) => a.total - b.total);
  const bits = scratch.allowed;
  bits.fill(0, 0, words);
  for (const [position, { numbers, total }] of conditions.entries()) {
    if (total === 0) return { bits: bits.fill(0, 0, words), count: 0, slots: new Uint32Array(0) };
    const target = position === 0 ? bits : scratch.also.fill(0, 0, words);
    for (const list of numbers) mark(lists, list, target, words);
    if (position > 0)
      for (let word = 0; word < words; word++) bits[word] = (bits[word] as number) & (target[word] as number);
  }
  const count = countBits(bits, words);
  return { bits, count, slots: count * FEW <= slots ? slotsIn(bits, words, count) : null };
}

function listsOf(lists: PostingLists, condition: Condition): number[] {
  const values = lists.facetValues(condition.facet);
  if ('atLeast' in condition)
    return [...values].flatMap(([value, list]) =>
      typeof value === 'number' && value >= condition.atLeast ? [list] : [],
    );
  const wanted = 'equals' in condition ? [condition.equals] : new Set(condition.oneOf);
  return [...wanted].flatMap((value) => values.get(value) ?? []);
}

function mark(lists: PostingLists, list: number, bits: Uint32Array, length: number): void {
  const kept = lists.bitsOf(list);
  if (kept !== undefined) {
    const shared = Math.min(kept.length, length);
    for (let word = 0; word < shared; word++) bits[word] = (bits[word] as number) | (kept[word] as number);
    return;
  }
  const { words, from, to } = lists.postings(list);
  for (let at = from; at < to; at++) {
    const slot = (words[at] as number) >>> 8;
    bits[slot >>> 5] = (bits[slot >>> 5] as number) | (1 << (slot & 31));
  }
}

function countBits(bits: Uint32Array, words: number): number {
  let count = 0;
  for (let word = 0; word < words; word++) {
    let left = bits[word] as number;
    left -= (left >>> 1) & 0x55555555;
    left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
    count += Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

function slotsIn(bits: Uint32Array, words: number, count: number): Uint32Array {
  const slots = new Uint32Array(count);
  let found = 0;
  for (let word = 0; word < words; word++)
    for (let left = bits[word] as number; left !== 0; left &= left - 1)
      slots[found++] = word * 32 + (31 - Math.clz32(left & -left));
  return slots;
}
