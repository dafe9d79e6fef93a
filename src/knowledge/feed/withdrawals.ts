/** Items that may have been archived, merged, retracted or removed after they were read here. */

import type { Stretch } from './stretch.js';

/** Milliseconds after which what was read is read again before it is handed out. */
export const FRESH_MS = 30_000;
/** Milliseconds for which withdrawals are remembered: longer than what was read before can be handed out. */
const REMEMBERED_MS = 2 * FRESH_MS;

export class Withdrawals {
  /** Keys and when they were heard of, on the monotonic clock, oldest first. */
  private readonly heard = new Map<string, number>();
  private all = Number.NEGATIVE_INFINITY;

  /** @param key of an item, `<tenant>|<id>` */
  note(key: string): void {
    const now = performance.now();
    this.heard.delete(key);
    this.heard.set(key, now);
    for (const [oldest, at] of this.heard) {
      if (now - at < REMEMBERED_MS) break;
      this.heard.delete(oldest);
    }
  }

  /** Some may have been missed. */
  noteAll(): void {
    this.all = performance.now();
    this.heard.clear();
  }

  /** Whether all of what was read has to be read again. */
  outdated({ readAt, heldSince }: Stretch, freshMs: number): boolean {
    return readAt <= this.all || performance.now() - heldSince > freshMs;
  }

  /** Whether an item that was read at a time may have been withdrawn since. */
  since(key: string, readAt: number): boolean {
    if (this.heard.size === 0) return false;
    const at = this.heard.get(key);
    return at !== undefined && at >= readAt;
  }
}
