/** Vectors as rows: one bit a dimension for a first look, eight bits for an exact one. */
import { InvalidInputError } from '../../shared/errors.js';
import { grownFloat32, grownUint32 } from './grown.js';
import { allocateBlock, BATCH_ROWS, type RowSizes, rowSizes, type VectorBlock } from './vector-memory.js';

/** No row, or no document. */
export const NONE = 2 ** 32 - 1;
const FIRST_ROWS = 16;
const MAX_CODE = 127;

/** Gives back the blocks of indexes that were collected. */
const collected = new FinalizationRegistry<readonly VectorBlock[]>((blocks) => {
  for (const block of blocks) block.memory.free(block);
});

/** Rows of the documents of an index. A document's rows are linked; freed rows are used again. */
export class VectorRows {
  /** Null until the first vector comes. */
  sizes: RowSizes | null = null;
  dimensions = 0;
  /** Of {@link BATCH_ROWS} rows each; the first begins smaller and grows. */
  readonly blocks: VectorBlock[] = [];
  /** The document of each row. */
  slots = new Uint32Array(0);
  /** What a product with the row's codes has to be multiplied with to be one with a vector of length 1. */
  scales = new Float32Array(0);
  /** The first row of each document, and the next of each row. */
  private heads = new Uint32Array(0);
  private nexts = new Uint32Array(0);
  private readonly unused: number[] = [];
  private used = 0;

  constructor() {
    collected.register(this, this.blocks);
  }

  get bytes(): number {
    const { bitWords, codeWords } = this.sizes ?? { bitWords: 0, codeWords: 0 };
    const held = this.blocks.reduce((sum, { rows }) => sum + rows, 0);
    return (
      held * (bitWords + codeWords) * 4 +
      this.slots.byteLength +
      this.scales.byteLength +
      this.heads.byteLength +
      this.nexts.byteLength +
      this.unused.length * 8
    );
  }

  /** Rows in use. */
  get count(): number {
    return this.used - this.unused.length;
  }

  /** Rows in use and freed ones below the highest. */
  get end(): number {
    return this.used;
  }

  /** The first row of a document; {@link NONE} where it has none. */
  firstOf(slot: number): number {
    return slot < this.heads.length ? ((this.heads[slot] as number) - 1) >>> 0 : NONE;
  }

  /** The document's row after this one; {@link NONE} after the last. */
  after(row: number): number {
    return ((this.nexts[row] as number) - 1) >>> 0;
  }

  /**
   * @param slot without rows
   * @throws InvalidInputError for a vector of other dimensions than the first one's, or with what is not a number
   */
  add(slot: number, vectors: readonly Float32Array[]): void {
    for (const vector of vectors) this.check(vector);
    if (vectors.length === 0) return;
    const sizes = (this.sizes ??= rowSizes(this.dimensions));
    this.heads = grownUint32(this.heads, slot + 1);
    for (const vector of vectors) {
      const row = this.unused.pop() ?? this.used++;
      this.slots = grownUint32(this.slots, row + 1);
      this.scales = grownFloat32(this.scales, row + 1);
      this.nexts = grownUint32(this.nexts, row + 1);
      this.write(row, vector, sizes);
      this.slots[row] = slot;
      this.nexts[row] = this.heads[slot] as number;
      this.heads[slot] = row + 1;
    }
  }

  remove(slot: number): void {
    for (let row = this.firstOf(slot); row !== NONE; row = this.after(row)) {
      this.slots[row] = NONE;
      this.unused.push(row);
    }
    if (slot < this.heads.length) this.heads[slot] = 0;
  }

  /** @throws InvalidInputError */
  check(vector: Float32Array): void {
    if (this.dimensions === 0) {
      if (vector.length === 0) throw new InvalidInputError('vector', [], 'at least one dimension');
      this.dimensions = vector.length;
    }
    if (vector.length !== this.dimensions)
      throw new InvalidInputError(
        'vector',
        `${vector.length} dimensions`,
        `${this.dimensions}, as the others have`,
      );
    if (!vector.every(Number.isFinite)) throw new InvalidInputError('vector', [...vector], 'numbers');
  }

  private write(row: number, vector: Float32Array, sizes: RowSizes): void {
    const { bitWords, codeWords } = sizes;
    const { memory, bitsAt, codesAt } = this.blockFor(row, sizes);
    const place = row % BATCH_ROWS;
    const bitsFrom = (bitsAt >>> 2) + place * bitWords;
    writeBits(vector, memory.words.subarray(bitsFrom, bitsFrom + bitWords));
    const codesFrom = codesAt + place * codeWords * 4;
    const codes = memory.codes.subarray(codesFrom, codesFrom + codeWords * 4).fill(0);
    const squares = writeCodes(vector, codes, MAX_CODE);
    this.scales[row] = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  }

  private blockFor(row: number, { bitWords, codeWords }: RowSizes): VectorBlock {
    const number = Math.floor(row / BATCH_ROWS);
    const place = row % BATCH_ROWS;
    const known = this.blocks[number];
    if (known !== undefined && known.rows > place) return known;
    const rows = number > 0 ? BATCH_ROWS : Math.min(BATCH_ROWS, Math.max(FIRST_ROWS, place * 2));
    const block = allocateBlock(this.dimensions, rows);
    if (known !== undefined) {
      copyWords(known, known.bitsAt, block, block.bitsAt, known.rows * bitWords);
      copyWords(known, known.codesAt, block, block.codesAt, known.rows * codeWords);
      known.memory.free(known);
    }
    this.blocks[number] = block;
    return block;
  }
}

function copyWords(from: VectorBlock, fromAt: number, to: VectorBlock, toAt: number, words: number): void {
  to.memory.words.set(from.memory.words.subarray(fromAt >>> 2, (fromAt >>> 2) + words), toAt >>> 2);
}

/** A vector in whole numbers of at most this size. @returns the sum of their squares */
export function writeCodes(vector: Float32Array, codes: Int8Array | Int16Array, most: number): number {
  let largest = 0;
  for (let at = 0; at < vector.length; at++) largest = Math.max(largest, Math.abs(vector[at] as number));
  let squares = 0;
  for (let at = 0; at < vector.length; at++) {
    const code = largest === 0 ? 0 : Math.round(((vector[at] as number) / largest) * most);
    codes[at] = code;
    squares += code * code;
  }
  return squares;
}

/** The signs of a vector, one bit a dimension. */
export function writeBits(vector: Float32Array, bits: Uint32Array): void {
  bits.fill(0);
  for (let at = 0; at < vector.length; at++)
    if ((vector[at] as number) > 0) bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
}
