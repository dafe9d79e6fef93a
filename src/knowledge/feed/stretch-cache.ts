/** The stretches that all readers of a process share: bounded, the oldest go first. */
import type { Stretch } from './stretch.js';

const MOST_BYTES = 64 * 2 ** 20;
const MOST_ITEMS = 20_000;

export class StretchCache {
  /** What each is dropped by, in the order in which they came. */
  private readonly held = new Map<Stretch, () => void>();
  private heldBytes = 0;
  private heldItems = 0;

  get bytes(): number {
    return this.heldBytes;
  }

  get items(): number {
    return this.heldItems;
  }

  add(stretch: Stretch, drop: () => void): void {
    this.held.set(stretch, drop);
    this.heldBytes += stretch.bytes;
    this.heldItems += stretch.entries.length;
    for (const oldest of this.held.keys()) {
      if (this.heldBytes <= MOST_BYTES && this.heldItems <= MOST_ITEMS) break;
      this.remove(oldest);
    }
  }

  /** Drops those that came before a time, on the monotonic clock. */
  removeOlder(than: number): void {
    for (const oldest of this.held.keys()) {
      if (oldest.heldSince > than) break;
      this.remove(oldest);
    }
  }

  private remove(stretch: Stretch): void {
    const drop = this.held.get(stretch);
    if (drop === undefined) return;
    this.held.delete(stretch);
    this.heldBytes -= stretch.bytes;
    this.heldItems -= stretch.entries.length;
    drop();
  }
}
