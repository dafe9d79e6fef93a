/**
 * Memory of vectors and the inner loops of the search by meaning, as WebAssembly: it has the processor's population
 * count and products of eight numbers at once, JavaScript has neither. Assembled for a number of dimensions, with all
 * of a vector's steps written out. The vectors live where the loops read them: copying them there for each search
 * took as long as the search. A memory of its own reserves gigabytes of addresses, so all indexes of the process
 * share one, and give their blocks back when they are collected.
 */
import { type KernelLayout, kernelModule } from './kernel-module.js';

/** Rows of one call, and of a whole block. */
export const BATCH_ROWS = 1_024;
/** No block is smaller. */
const LEAST_ROWS = 16;
const PAGE_BYTES = 65_536;
/** Addresses below 2^31 are the same with and without a sign. */
const MOST_PAGES = 2 ** 31 / PAGE_BYTES;
/** It grows by so much of what it is. */
const GROWTH = 1 / 16;

/** Room for rows: their bits, and behind these their codes. */
export interface VectorBlock {
  memory: VectorMemory;
  rows: number;
  /** Byte addresses. */
  bitsAt: number;
  codesAt: number;
}

/** A query in the forms in which rows are compared with it. */
export interface QueryForms {
  bits: Uint32Array;
  codes: Int16Array;
}

interface Exports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  findNear: (address: number, rows: number, most: number) => number;
  findNearListed: (rows: number, most: number) => number;
  multiplyListed: (rows: number) => void;
}

// The compiler's library without a DOM has no types of it.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

/** Sizes of rows of so many dimensions, and what a query's codes may be. */
export interface RowSizes {
  /** 32-bit words of a row of bits: a multiple of 2. */
  bitWords: number;
  /** 32-bit words of a row of codes: a multiple of 4. */
  codeWords: number;
  /** Largest size of a query's code for which no sum overflows. */
  maxQueryCode: number;
}

export const rowSizes = (dimensions: number): RowSizes => ({
  bitWords: Math.ceil(dimensions / 64) * 2,
  codeWords: Math.ceil(dimensions / 16) * 4,
  maxQueryCode: Math.min(32_767, Math.floor((2 ** 31 - 1) / (127 * dimensions))),
});

export class VectorMemory {
  /** All of the memory; others once it has grown. */
  words: Uint32Array;
  codes: Int8Array;
  private readonly layout: KernelLayout;
  private readonly exports: Exports;
  /** Addresses of blocks that were given back, by their rows. */
  private readonly freed = new Map<number, number[]>();
  private end: number;
  private query: QueryForms | null = null;

  constructor(private readonly sizes: RowSizes) {
    this.layout = layoutOf(sizes);
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(kernelModule(this.layout, MOST_PAGES)))
      .exports as Exports;
    this.end = this.layout.end;
    const { buffer } = this.exports.memory;
    this.words = new Uint32Array(buffer);
    this.codes = new Int8Array(buffer);
  }

  /** Where the addresses of a batch's rows are put, and where results are found, as places in `words`. */
  get list(): number {
    return this.layout.listAt >>> 2;
  }

  get results(): number {
    return this.layout.resultsAt >>> 2;
  }

  /**
   * @param rows a power of 2
   * @returns null where the memory is full
   */
  allocate(rows: number): VectorBlock | null {
    const bitBytes = rows * this.sizes.bitWords * 4;
    const bytes = bitBytes + rows * this.sizes.codeWords * 4;
    let bitsAt = this.freed.get(rows)?.pop();
    if (bitsAt === undefined) {
      if (!this.reach(this.end + bytes)) return null;
      bitsAt = this.end;
      this.end += bytes;
    }
    return { memory: this, rows, bitsAt, codesAt: bitsAt + bitBytes };
  }

  free({ rows, bitsAt }: VectorBlock): void {
    const same = this.freed.get(rows);
    if (same === undefined) this.freed.set(rows, [bitsAt]);
    else same.push(bitsAt);
  }

  /** Has the next calls compare with this query. */
  compareWith(query: QueryForms): void {
    if (this.query === query) return;
    this.words.set(query.bits, this.layout.queryBitsAt >>> 2);
    const codes = new Uint32Array(query.codes.buffer, query.codes.byteOffset, query.codes.byteLength >>> 2);
    this.words.set(codes, this.layout.queryCodesAt >>> 2);
    this.query = query;
  }

  /**
   * Of rows that follow each other, those that differ from the query in at most so many bits, as results: the place
   * among them in the upper half, the distance in the lower.
   *
   * @returns how many
   */
  findNear(address: number, rows: number, most: number): number {
    return this.exports.findNear(address, rows, most);
  }

  /** As {@link findNear}, of the rows whose bits are at the addresses in the list. */
  findNearListed(rows: number, most: number): number {
    return this.exports.findNearListed(rows, most);
  }

  /** The product of each row, whose codes are at the addresses in the list, with the query's codes, as results. */
  multiplyListed(rows: number): void {
    this.exports.multiplyListed(rows);
  }

  private reach(bytes: number): boolean {
    const { memory } = this.exports;
    const has = memory.buffer.byteLength / PAGE_BYTES;
    const needs = Math.ceil(bytes / PAGE_BYTES);
    if (needs <= has) return true;
    if (needs > MOST_PAGES) return false;
    const wanted = Math.min(MOST_PAGES, Math.max(needs, Math.ceil(has * (1 + GROWTH))));
    try {
      memory.grow(wanted - has);
    } catch {
      return false;
    }
    this.words = new Uint32Array(memory.buffer);
    this.codes = new Int8Array(memory.buffer);
    return true;
  }
}

/** By dimensions; all but the last of each are full. */
const memories = new Map<number, VectorMemory[]>();

/** A block for rows of so many dimensions. @throws RangeError where the process has no memory left */
export function allocateBlock(dimensions: number, rows: number): VectorBlock {
  let known = memories.get(dimensions);
  if (known === undefined) memories.set(dimensions, (known = []));
  const size = Math.max(LEAST_ROWS, 2 ** Math.ceil(Math.log2(rows)));
  for (const memory of known) {
    const block = memory.allocate(size);
    if (block !== null) return block;
  }
  const memory = new VectorMemory(rowSizes(dimensions));
  known.push(memory);
  const block = memory.allocate(size);
  if (block === null) throw new RangeError(`No memory for ${size} vectors of ${dimensions} dimensions`);
  return block;
}

function layoutOf({ bitWords, codeWords }: RowSizes): KernelLayout {
  const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const queryCodesAt = aligned(bitWords * 4);
  const listAt = queryCodesAt + aligned(codeWords * 8);
  const resultsAt = listAt + BATCH_ROWS * 4;
  return {
    bitWords,
    codeWords,
    queryBitsAt: 0,
    queryCodesAt,
    listAt,
    resultsAt,
    end: resultsAt + BATCH_ROWS * 4,
  };
}
