/** Finding ids that a file has twice, in eight bytes an id. Pure. */
import { createHash } from 'node:crypto';

const FIRST_SIZE = 1 << 12;

/**
 * Takes ids and tells which of them may have come more than once: by a digest of 52 bits, so some hundred million
 * ids may hold one that did not.
 */
export class RepeatedIds {
  private digests = new Float64Array(FIRST_SIZE);
  private count = 0;

  add(id: string): void {
    if (this.count === this.digests.length) {
      const larger = new Float64Array(this.digests.length * 2);
      larger.set(this.digests);
      this.digests = larger;
    }
    this.digests[this.count] = digestOf(id);
    this.count += 1;
  }

  /** Tells whether an id is among those that may have come twice; null where none is. */
  suspects(): ((id: string) => boolean) | null {
    const sorted = this.digests.subarray(0, this.count).sort();
    const repeated = new Set<number>();
    for (let index = 1; index < sorted.length; index += 1) {
      const digest = sorted[index] as number;
      if (digest === sorted[index - 1]) repeated.add(digest);
    }
    return repeated.size === 0 ? null : (id) => repeated.has(digestOf(id));
  }
}

const digestOf = (id: string): number =>
  Number(createHash('sha256').update(id).digest().readBigUInt64LE(0) >> 12n);
