/** Documents of one tenant, kept as BSON in a few large buffers: a tenth of what objects take, and nothing for the collector to walk. */
import { BSON, type Document } from 'mongodb';

/** A small tenant has a small buffer; each further one is as large as all before it, up to the largest. */
const LEAST_SLAB_BYTES = 1 << 14;
const MOST_SLAB_BYTES = 1 << 20;
/** No document of MongoDB is larger than 2^24 bytes, so a slab and an offset fit into one number. */
const OFFSETS = 2 ** 25;

interface Slab {
  bytes: Uint8Array;
  /** Bytes that were ever taken, and of those the ones that still hold a document. */
  used: number;
  live: number;
  /** Keys of the documents that were put here; some may have moved on. */
  keys: string[];
}

export class DocumentCache {
  private readonly slabs = new Map<number, Slab>();
  private readonly places = new Map<string, number>();
  private current = -1;
  private next = 0;
  /** Bytes held. */
  private held = 0;

  get size(): number {
    return this.places.size;
  }

  /** Bytes that the buffers take, with what is dead in them. */
  get bytes(): number {
    return this.held;
  }

  keys(): IterableIterator<string> {
    return this.places.keys();
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  get(key: string): Document | undefined {
    const bytes = this.bytesOf(key);
    return bytes === undefined ? undefined : BSON.deserialize(bytes);
  }

  /** Whether a document is held in exactly these bytes. */
  holds(key: string, bson: Uint8Array): boolean {
    const bytes = this.bytesOf(key);
    return bytes !== undefined && Buffer.compare(bytes, bson) === 0;
  }

  /** @param bson one whole document; copied */
  set(key: string, bson: Uint8Array): void {
    this.delete(key);
    this.put(key, bson);
  }

  delete(key: string): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    const number = Math.floor(place / OFFSETS);
    const slab = this.slabs.get(number);
    this.places.delete(key);
    if (slab === undefined) return;
    slab.live -= lengthAt(slab.bytes, place % OFFSETS);
    // Full slabs that are mostly dead are given back, one at a time, so that no call takes long.
    if (number !== this.current && slab.live * 2 < slab.used) this.empty(number, slab);
  }

  private put(key: string, bson: Uint8Array): void {
    let slab = this.slabs.get(this.current);
    while (slab === undefined || slab.used + bson.length > slab.bytes.length) {
      this.addSlab(bson.length);
      slab = this.slabs.get(this.current);
    }
    slab.bytes.set(bson, slab.used);
    this.places.set(key, this.current * OFFSETS + slab.used);
    slab.keys.push(key);
    slab.used += bson.length;
    slab.live += bson.length;
  }

  private addSlab(atLeast: number): void {
    const before = this.current;
    const full = this.slabs.get(before);
    const size = Math.min(MOST_SLAB_BYTES, Math.max(LEAST_SLAB_BYTES, this.held));
    const bytes = new Uint8Array(Math.max(size, atLeast));
    this.current = this.next++;
    this.slabs.set(this.current, { bytes, used: 0, live: 0, keys: [] });
    this.held += bytes.length;
    if (full !== undefined && full.live * 2 < full.used) this.empty(before, full);
  }

  /** Moves what lives in a slab, and gives it back. */
  private empty(number: number, slab: Slab): void {
    this.slabs.delete(number);
    this.held -= slab.bytes.length;
    for (const key of new Set(slab.keys)) {
      const place = this.places.get(key);
      if (place === undefined || Math.floor(place / OFFSETS) !== number) continue;
      const offset = place % OFFSETS;
      this.put(key, slab.bytes.subarray(offset, offset + lengthAt(slab.bytes, offset)));
    }
  }

  private bytesOf(key: string): Uint8Array | undefined {
    const place = this.places.get(key);
    if (place === undefined) return undefined;
    const bytes = this.slabs.get(Math.floor(place / OFFSETS))?.bytes;
    const offset = place % OFFSETS;
    return bytes?.subarray(offset, offset + lengthAt(bytes, offset));
  }
}

/** BSON begins with its length, little-endian. */
const lengthAt = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + offset, 4).getInt32(0, true);
