/** Memory for many small arrays of 32-bit words: an array of its own each would cost more than what is in it. */

const SLAB_BITS = 16;
const SLAB_WORDS = 1 << SLAB_BITS;
const FIRST_SLAB_WORDS = 1 << 8;
/** Blocks from here on get an array of their own, which is let go with them. */
const OWN_SLAB_WORDS = 1 << 14;
const NO_WORDS = new Uint32Array(0);

/**
 * Blocks of 32-bit words. Sizes are 1, 2, 3, 4, 6, 8, 12, 16 ... (twice as many every second step), so a block that
 * grows word by word is a sixth empty on average. A freed block serves the next of its size.
 *
 * A block's handle holds the number of its slab in the upper half, and where it begins there in the lower.
 */
export class WordPool {
  private readonly slabs: Uint32Array[] = [];
  /** Numbers of slabs that were let go. */
  private readonly unused: number[] = [];
  /** Handles by size class. */
  private readonly freed: number[][] = [];
  /** The slab that new blocks are cut from: its number, and how much of it is cut. */
  private current = -1;
  private cut = 0;
  private nextSlabWords = FIRST_SLAB_WORDS;
  private words = 0;

  /** Bytes of all slabs, and of the lists that tell what is free. */
  get bytes(): number {
    const handles = this.freed.reduce((sum, list) => sum + list.length + 4, this.unused.length);
    return this.words * 4 + handles * 8 + this.slabs.length * 200;
  }

  /** The smallest class whose blocks hold so many words. */
  static classFor(words: number): number {
    let sizeClass = 0;
    while (WordPool.sizeOf(sizeClass) < words) sizeClass += 1;
    return sizeClass;
  }

  /** Words of a block. */
  static sizeOf(sizeClass: number): number {
    if (sizeClass === 0) return 1;
    return sizeClass % 2 === 1 ? 2 ** ((sizeClass + 1) / 2) : 3 * 2 ** (sizeClass / 2 - 1);
  }

  /** @returns the handle of a block whose words may be anything */
  allocate(sizeClass: number): number {
    const size = WordPool.sizeOf(sizeClass);
    if (size >= OWN_SLAB_WORDS) return this.newSlab(size) * SLAB_WORDS;
    const again = this.freed[sizeClass]?.pop();
    if (again !== undefined) return again;
    if (this.current < 0 || this.cut + size > this.slabOf(this.current * SLAB_WORDS).length) {
      this.current = this.newSlab(Math.max(this.nextSlabWords, size));
      this.nextSlabWords = Math.min(SLAB_WORDS, this.nextSlabWords * 2);
      this.cut = 0;
    }
    const handle = this.current * SLAB_WORDS + this.cut;
    this.cut += size;
    return handle;
  }

  free(handle: number, sizeClass: number): void {
    if (WordPool.sizeOf(sizeClass) >= OWN_SLAB_WORDS) {
      const number = Math.floor(handle / SLAB_WORDS);
      this.words -= this.slabOf(handle).length;
      this.slabs[number] = NO_WORDS;
      this.unused.push(number);
      return;
    }
    while (this.freed.length <= sizeClass) this.freed.push([]);
    this.freed[sizeClass]?.push(handle);
  }

  /** The array that a block lies in. */
  slabOf(handle: number): Uint32Array {
    return this.slabs[Math.floor(handle / SLAB_WORDS)] ?? NO_WORDS;
  }

  /** Where in its array a block begins. */
  static offsetOf(handle: number): number {
    return handle % SLAB_WORDS;
  }

  private newSlab(words: number): number {
    const number = this.unused.pop() ?? this.slabs.length;
    this.slabs[number] = new Uint32Array(words);
    this.words += words;
    return number;
  }
}
