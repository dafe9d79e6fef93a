/** Search by meaning: a look at one bit a dimension of all vectors, then exact cosines of the nearest. */
import type { AllowedSlots } from './allowed-slots.js';
import { BestSlots } from './best-slots.js';
import { NearestRows, type NearRows } from './nearest-rows.js';
import { scratch } from './scratch.js';
import { BATCH_ROWS, type QueryForms, type VectorBlock, type VectorMemory } from './vector-memory.js';
import { NONE, type VectorRows, writeBits, writeCodes } from './vector-rows.js';

/**
 * Rows that are compared exactly: so many, or the square root of the number allowed times so much. Among texts' vectors
 * the rows that have to be for a recall of .98 grow with the cube root: 43 of 408, 85 of 3,260 (measured).
 */
const LEAST_EXACT = 1_024;
const EXACT_BY_ROOT = 4;

/** A query's vector in the forms in which it is compared. */
export interface DenseQuery extends QueryForms {
  /** What a product of codes has to be multiplied with, besides the row's own scale. */
  scale: number;
  /** 32-bit words of a row. */
  bitWords: number;
  codeWords: number;
}

/** @returns null where there is nothing to compare */
export function denseQuery(rows: VectorRows, vector: Float32Array | null): DenseQuery | null {
  if (vector === null || rows.count === 0 || rows.sizes === null) return null;
  rows.check(vector);
  const { bitWords, codeWords, maxQueryCode } = rows.sizes;
  const bits = new Uint32Array(bitWords);
  writeBits(vector, bits);
  const codes = new Int16Array(codeWords * 4);
  const squares = writeCodes(vector, codes, maxQueryCode);
  return { bits, codes, scale: squares === 0 ? 0 : 1 / Math.sqrt(squares), bitWords, codeWords };
}

/**
 * Writes the cosine of each document's nearest row, from one place of the list on; where a document has no vector,
 * what is there stays.
 */
export function denseScores(
  rows: VectorRows,
  query: DenseQuery,
  slots: Uint32Array,
  from: number,
  to: number,
  cosines: Float64Array,
): void {
  const { found, count } = rowsOf(rows, slots.subarray(from, to));
  // The rows come document by document, in the order of the list.
  let place = from;
  eachCosine(rows, query, found, count, (slot, cosine) => {
    while (slots[place] !== slot) place += 1;
    const known = cosines[place] as number;
    if (!(known >= cosine)) cosines[place] = cosine;
  });
}

/** The documents with the highest cosines, in no order; of documents with several rows, the nearest counts. */
export function denseBest(
  rows: VectorRows,
  query: DenseQuery,
  allowed: AllowedSlots | null,
  limit: number,
  ids: readonly (string | undefined)[],
): BestSlots {
  const best = new BestSlots(limit, ids);
  const { found, count } = nearRows(rows, query, allowed, limit);
  // A score of 0 tells a slot that was not reached, so no cosine is kept as 0.
  const { scores, touched } = scratch;
  let reached = 0;
  eachCosine(rows, query, found, count, (slot, cosine) => {
    const score = scores[slot] as number;
    if (score === 0) touched[reached++] = slot;
    if (score === 0 || cosine > score) scores[slot] = cosine === 0 ? Number.MIN_VALUE : cosine;
  });
  for (let at = 0; at < reached; at++) {
    const slot = touched[at] as number;
    const score = scores[slot] as number;
    if (score >= best.least) best.offer(slot, score);
    scores[slot] = 0;
  }
  return best;
}

/** The rows that are worth an exact look: all where they are few, else those with the most signs in common. */
function nearRows(
  rows: VectorRows,
  query: DenseQuery,
  allowed: AllowedSlots | null,
  limit: number,
): NearRows {
  const listed = allowed?.slots == null ? null : rowsOf(rows, allowed.slots);
  const total = listed?.count ?? (allowed === null ? rows.count : Math.min(rows.count, allowed.count));
  const wanted = Math.max(4 * limit, LEAST_EXACT, Math.ceil(EXACT_BY_ROOT * Math.sqrt(total)));
  if (listed !== null) return listed.count <= wanted ? listed : nearestListed(rows, query, listed, wanted);
  return nearestOfAll(rows, query, allowed, wanted);
}

function rowsOf(rows: VectorRows, slots: Uint32Array): NearRows {
  let found = new Uint32Array(slots.length);
  let count = 0;
  for (const slot of slots)
    for (let row = rows.firstOf(slot); row !== NONE; row = rows.after(row)) {
      if (count === found.length) {
        const more = new Uint32Array(count * 2);
        more.set(found);
        found = more;
      }
      found[count++] = row;
    }
  return { found, count };
}

function nearestListed(rows: VectorRows, query: DenseQuery, listed: NearRows, wanted: number): NearRows {
  const nearest = new NearestRows(rows.dimensions, wanted);
  const place = ({ bitsAt }: VectorBlock, row: number): number => bitsAt + row * query.bitWords * 4;
  eachBatch(rows, listed.found, listed.count, query, place, (memory, from, to) => {
    const near = memory.findNearListed(to - from, nearest.most);
    const { words, results } = memory;
    for (let at = results; at < results + near; at++) {
      const word = words[at] as number;
      nearest.take(listed.found[from + (word >>> 16)] as number, word & 0xffff);
    }
  });
  return nearest.rows();
}

function nearestOfAll(
  rows: VectorRows,
  query: DenseQuery,
  allowed: AllowedSlots | null,
  wanted: number,
): NearRows {
  const nearest = new NearestRows(rows.dimensions, wanted);
  const bits = allowed?.bits ?? null;
  const { slots } = rows;
  for (const [number, { memory, bitsAt }] of rows.blocks.entries()) {
    const first = number * BATCH_ROWS;
    const here = Math.min(BATCH_ROWS, rows.end - first);
    if (here <= 0) break;
    memory.compareWith(query);
    const near = memory.findNear(bitsAt, here, nearest.most);
    const { words, results } = memory;
    for (let at = results; at < results + near; at++) {
      const word = words[at] as number;
      const row = first + (word >>> 16);
      const slot = slots[row] as number;
      if (slot === NONE) continue;
      if (bits !== null && (((bits[slot >>> 5] as number) >>> (slot & 31)) & 1) === 0) continue;
      nearest.take(row, word & 0xffff);
    }
  }
  return nearest.rows();
}

/** Calls with the document and the exact cosine of each row, in their order. */
function eachCosine(
  rows: VectorRows,
  query: DenseQuery,
  found: Uint32Array,
  count: number,
  visit: (slot: number, cosine: number) => void,
): void {
  const { slots, scales } = rows;
  const place = ({ codesAt }: VectorBlock, row: number): number => codesAt + row * query.codeWords * 4;
  eachBatch(rows, found, count, query, place, (memory, from, to) => {
    memory.multiplyListed(to - from);
    const products = new Int32Array(memory.words.buffer, memory.results * 4, to - from);
    for (let at = from; at < to; at++) {
      const row = found[at] as number;
      const product = products[at - from] as number;
      visit(slots[row] as number, product * query.scale * (scales[row] as number));
    }
  });
}

/** Lists the addresses of rows that lie in the same memory, as many as one call compares, and calls with each batch. */
function eachBatch(
  rows: VectorRows,
  found: Uint32Array,
  count: number,
  query: DenseQuery,
  addressOf: (block: VectorBlock, place: number) => number,
  compare: (memory: VectorMemory, from: number, to: number) => void,
): void {
  const blockOf = (at: number): VectorBlock =>
    rows.blocks[Math.floor((found[at] as number) / BATCH_ROWS)] as VectorBlock;
  for (let from = 0, to = 0; from < count; from = to) {
    const { memory } = blockOf(from);
    const { words, list } = memory;
    const end = Math.min(count, from + BATCH_ROWS);
    for (to = from; to < end; to++) {
      const block = blockOf(to);
      if (block.memory !== memory) break;
      words[list + to - from] = addressOf(block, (found[to] as number) % BATCH_ROWS);
    }
    memory.compareWith(query);
    compare(memory, from, to);
  }
}
