/** Which documents have a term or a facet's value, and which of them a document has. */
import { InvalidInputError } from '../../shared/errors.js';
import { grownUint16, grownUint32 } from './grown.js';
import { type ListView, WordLists } from './word-lists.js';
import { WordPool } from './word-pool.js';

/** Documents are numbered by slots below this; a posting is a word of the slot and a count below {@link COUNTS}. */
export const MAX_SLOTS = 2 ** 24;
export const COUNTS = 2 ** 8;
/** Terms and values of facets in all. */
const MAX_LISTS = 2 ** 24;

const MAX_FACETS = 2 ** 16 - 1;
/** The map of terms; any other is one of a facet's values. */
const TERMS = 0;

/** A value has its bits kept where so many documents have it, and one in so many. */
const LEAST_FOR_BITS = 64;
const WIDE = 32;

/** Bytes of an entry of a Map besides its key, with its share of the table's empty room. */
const MAP_ENTRY_BYTES = 56;
const STRING_BYTES = 24;

type Key = string | number;

/**
 * Postings, ascending by slot, and for each slot the numbers of its lists, so that a document can be taken out again
 * at once: counts of documents are exact at any time, and nothing has to be compacted later.
 */
export class PostingLists {
  private readonly pool = new WordPool();
  private readonly lists = new WordLists(this.pool);
  private readonly listsOfSlots = new WordLists(this.pool);
  /** Of each list, the key that leads to it, and in which of the maps: an object for each would take more. */
  private readonly keys: (Key | undefined)[] = [];
  private mapOf = new Uint16Array(0);
  /** Of terms, then of each facet's values. */
  private readonly maps: Map<Key, number>[] = [new Map<Key, number>()];
  private readonly facets = new Map<string, number>();
  private readonly unused: number[] = [];
  /** Of values that many documents have, a bit a slot beside the list: filters name these again and again. */
  private readonly bits = new Map<number, Uint32Array<ArrayBuffer>>();
  private keyBytes = 0;
  /** Words of each document, repeats counted. */
  private sizes = new Uint32Array(0);
  private sizeSum = 0;

  get bytes(): number {
    let bitBytes = 0;
    for (const bits of this.bits.values()) bitBytes += bits.byteLength + MAP_ENTRY_BYTES;
    const perList = this.keys.length * 8 + this.mapOf.byteLength;
    return (
      this.pool.bytes +
      bitBytes +
      this.lists.bytes +
      this.listsOfSlots.bytes +
      this.sizes.byteLength +
      perList +
      this.keyBytes
    );
  }

  /** Words of all documents. */
  get totalSize(): number {
    return this.sizeSum;
  }

  /** Words of each document by slot. */
  get documentSizes(): Uint32Array {
    return this.sizes;
  }

  /** The list of a term; undefined where no document has it. */
  termList(term: string): number | undefined {
    return this.maps[TERMS]?.get(term);
  }

  /** Values of a facet that documents have, with their lists. */
  facetValues(facet: string): ReadonlyMap<Key, number> {
    return this.maps[this.facets.get(facet) ?? -1] ?? NO_VALUES;
  }

  /** Documents in a list. */
  countOf(list: number): number {
    return this.lists.lengthOf(list);
  }

  /** The slots of a facet's value as bits, where it is kept so; what is beyond the array's end is 0. */
  bitsOf(list: number): Uint32Array | undefined {
    return this.bits.get(list);
  }

  /** The postings of a list, until a document is added or removed. */
  postings(list: number): ListView {
    return this.lists.view(list);
  }

  /** The lists that a document is in: words of the list's number and how often it is in there, as in postings. */
  listsOf(slot: number): ListView {
    return this.listsOfSlots.view(slot);
  }

  /** Above the number of any list. */
  get end(): number {
    return this.keys.length;
  }

  /** @param slot without a document */
  add(slot: number, terms: readonly string[], facets: Readonly<Record<string, Key | readonly Key[]>>): void {
    const counts = new Map<number, number>();
    for (const term of terms) {
      const list = this.listOf(TERMS, term);
      counts.set(list, (counts.get(list) ?? 0) + 1);
    }
    for (const [facet, value] of Object.entries(facets))
      for (const each of typeof value === 'object' ? value : [value])
        counts.set(this.listOf(this.mapOfFacet(facet), each), 1);
    const entries: number[] = [];
    for (const [list, count] of counts) {
      const kept = Math.min(count, COUNTS - 1);
      this.lists.insert(list, slot * COUNTS + kept);
      if (this.mapOf[list] !== TERMS) this.setBit(list, slot);
      entries.push(list * COUNTS + kept);
    }
    this.listsOfSlots.write(slot, entries);
    this.sizes = grownUint32(this.sizes, slot + 1);
    this.sizes[slot] = terms.length;
    this.sizeSum += terms.length;
  }

  remove(slot: number): void {
    const { words, from, to } = this.listsOfSlots.view(slot);
    for (let at = from; at < to; at++) {
      const list = Math.floor((words[at] as number) / COUNTS);
      this.lists.removeFrom(list, slot * COUNTS);
      this.clearBit(list, slot);
      if (this.lists.lengthOf(list) === 0) this.drop(list);
    }
    this.listsOfSlots.clear(slot);
    this.sizeSum -= this.sizes[slot] ?? 0;
    this.sizes[slot] = 0;
  }

  private setBit(list: number, slot: number): void {
    const known = this.bits.get(list);
    const having = this.countOf(list);
    if (known === undefined && (having < LEAST_FOR_BITS || having * WIDE < this.sizes.length)) return;
    const bits = grownUint32(known ?? new Uint32Array(0), (slot >>> 5) + 1);
    if (known === undefined) {
      const { words, from, to } = this.postings(list);
      const filled = grownUint32(bits, ((words[to - 1] as number) >>> 13) + 1);
      for (let at = from; at < to; at++) raise(filled, (words[at] as number) >>> 8);
      this.bits.set(list, filled);
      return;
    }
    raise(bits, slot);
    if (bits !== known) this.bits.set(list, bits);
  }

  private clearBit(list: number, slot: number): void {
    const bits = this.bits.get(list);
    if (bits === undefined) return;
    bits[slot >>> 5] = (bits[slot >>> 5] as number) & ~(1 << (slot & 31));
    const having = this.countOf(list);
    if (having * 2 < LEAST_FOR_BITS || having * WIDE * 2 < this.sizes.length) this.bits.delete(list);
  }

  /** @returns the number of the facet's map */
  private mapOfFacet(facet: string): number {
    const known = this.facets.get(facet);
    if (known !== undefined) return known;
    if (this.maps.length > MAX_FACETS)
      throw new InvalidInputError('facets', facet, `at most ${MAX_FACETS} different ones in an index`);
    this.facets.set(facet, this.maps.length);
    return this.maps.push(new Map()) - 1;
  }

  private listOf(map: number, key: Key): number {
    const lists = this.maps[map] as Map<Key, number>;
    const known = lists.get(key);
    if (known !== undefined) return known;
    const list = this.unused.pop() ?? this.keys.length;
    if (list >= MAX_LISTS)
      throw new InvalidInputError('terms', key, `at most ${MAX_LISTS} different ones in an index`);
    this.keys[list] = key;
    this.mapOf = grownUint16(this.mapOf, list + 1);
    this.mapOf[list] = map;
    lists.set(key, list);
    this.keyBytes += bytesOfKey(key);
    return list;
  }

  private drop(list: number): void {
    const key = this.keys[list];
    if (key === undefined) return;
    this.maps[this.mapOf[list] as number]?.delete(key);
    this.keyBytes -= bytesOfKey(key);
    this.keys[list] = undefined;
    this.unused.push(list);
  }
}

const raise = (bits: Uint32Array, slot: number): void => {
  bits[slot >>> 5] = (bits[slot >>> 5] as number) | (1 << (slot & 31));
};

const NO_VALUES: ReadonlyMap<Key, number> = new Map();

/** A string of characters beyond Latin-1 takes two bytes for each. */
const bytesOfKey = (key: Key): number => MAP_ENTRY_BYTES + (typeof key === 'number' ? 0 : stringBytes(key));

export const stringBytes = (text: string): number =>
  STRING_BYTES + text.length * (/^[\0-\u{FF}]*$/u.test(text) ? 1 : 2);
