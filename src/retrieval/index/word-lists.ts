/** Many growing lists of 32-bit words, by number. */
import { grownUint8, grownUint32 } from './grown.js';
import { WordPool } from './word-pool.js';

/** Where a list is: its words are `words[from]` up to, not with, `words[to]`. */
export interface ListView {
  words: Uint32Array;
  from: number;
  to: number;
}

/** Lists that share a pool. A list that was never written to is empty. */
export class WordLists {
  private handles = new Uint32Array(0);
  private lengths = new Uint32Array(0);
  private classes = new Uint8Array(0);

  constructor(private readonly pool: WordPool) {}

  /** Without the pool. */
  get bytes(): number {
    return this.handles.byteLength + this.lengths.byteLength + this.classes.byteLength;
  }

  lengthOf(list: number): number {
    return this.lengths[list] ?? 0;
  }

  /** Valid until the lists change. */
  view(list: number): ListView {
    const handle = this.handles[list] ?? 0;
    const from = WordPool.offsetOf(handle);
    return { words: this.pool.slabOf(handle), from, to: from + this.lengthOf(list) };
  }

  /** Puts a word at its place in a list that ascends: mostly the last. */
  insert(list: number, word: number): void {
    const length = this.lengthOf(list);
    this.makeRoom(list, length);
    const { words, from, to } = this.view(list);
    const last = length === 0 ? 0 : (words[to - 1] as number);
    if (length === 0 || last <= word) words[to] = word;
    else {
      const at = lowerBound(words, from, to, word);
      words.copyWithin(at + 1, at, to);
      words[at] = word;
    }
    this.lengths[list] = length + 1;
  }

  /** Takes out the first word that is at least so high, from a list that ascends. */
  removeFrom(list: number, least: number): void {
    const { words, from, to } = this.view(list);
    const at = lowerBound(words, from, to, least);
    if (at === to) return;
    words.copyWithin(at, at + 1, to);
    this.lengths[list] = to - from - 1;
    if (to - from === 1) this.clear(list);
    else this.takeBackRoom(list, to - from - 1);
  }

  /** Replaces what is in a list. */
  write(list: number, contents: readonly number[]): void {
    this.clear(list);
    if (contents.length === 0) return;
    this.ensure(list);
    const sizeClass = WordPool.classFor(contents.length);
    const handle = this.pool.allocate(sizeClass);
    this.pool.slabOf(handle).set(contents, WordPool.offsetOf(handle));
    this.place(list, handle, sizeClass);
    this.lengths[list] = contents.length;
  }

  clear(list: number): void {
    const sizeClass = this.classes[list] ?? 0;
    if (sizeClass === 0) return;
    this.pool.free(this.handles[list] as number, sizeClass - 1);
    this.classes[list] = 0;
    this.lengths[list] = 0;
  }

  private makeRoom(list: number, length: number): void {
    this.ensure(list);
    const sizeClass = this.classes[list] as number;
    if (sizeClass === 0) this.place(list, this.pool.allocate(0), 0);
    else if (length === WordPool.sizeOf(sizeClass - 1)) this.move(list, length, sizeClass);
  }

  /** A list that has shrunk to a quarter of its block moves to one of twice what it needs. */
  private takeBackRoom(list: number, length: number): void {
    const sizeClass = (this.classes[list] as number) - 1;
    if (sizeClass >= 4 && length * 4 <= WordPool.sizeOf(sizeClass)) this.move(list, length, sizeClass - 2);
  }

  private move(list: number, length: number, sizeClass: number): void {
    const { words, from } = this.view(list);
    const [oldHandle, oldClass] = [this.handles[list] as number, (this.classes[list] as number) - 1];
    const handle = this.pool.allocate(sizeClass);
    this.pool.slabOf(handle).set(words.subarray(from, from + length), WordPool.offsetOf(handle));
    this.pool.free(oldHandle, oldClass);
    this.place(list, handle, sizeClass);
  }

  /** Of the class, one more is kept: 0 is a list without a block. */
  private place(list: number, handle: number, sizeClass: number): void {
    this.handles[list] = handle;
    this.classes[list] = sizeClass + 1;
  }

  private ensure(list: number): void {
    this.handles = grownUint32(this.handles, list + 1);
    this.lengths = grownUint32(this.lengths, list + 1);
    this.classes = grownUint8(this.classes, list + 1);
  }
}

/** Where the first word that is at least `least` stands in a part that ascends; `to` where there is none. */
export function lowerBound(words: Uint32Array, from: number, to: number, least: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
