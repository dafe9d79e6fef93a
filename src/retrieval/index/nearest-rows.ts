/** The rows that differ least from a query, taken one by one. */

/** Rows of an index, of which `count` are meant. */
export interface NearRows {
  found: Uint32Array;
  count: number;
}

/** Keeps the rows of the least distances by counting how many have each; all of the last distance are kept. */
export class NearestRows {
  /** No row that is farther is wanted any more. */
  most: number;
  private readonly counts: Uint32Array;
  private within = 0;
  private found = new Uint32Array(4_096);
  private distances = new Uint16Array(4_096);
  private count = 0;

  constructor(
    dimensions: number,
    private readonly wanted: number,
  ) {
    this.most = dimensions;
    this.counts = new Uint32Array(dimensions + 1);
  }

  take(row: number, distance: number): void {
    if (distance > this.most) return;
    if (this.count === this.found.length) this.makeRoom();
    this.found[this.count] = row;
    this.distances[this.count++] = distance;
    this.counts[distance] = (this.counts[distance] as number) + 1;
    this.within += 1;
    // The farthest distance goes as soon as there are enough without it.
    for (let last = this.counts[this.most] as number; this.within - last >= this.wanted; ) {
      this.within -= last;
      this.most -= 1;
      last = this.counts[this.most] as number;
    }
  }

  rows(): NearRows {
    this.keepWithin();
    return { found: this.found, count: this.count };
  }

  private keepWithin(): void {
    let kept = 0;
    for (let at = 0; at < this.count; at++)
      if ((this.distances[at] as number) <= this.most) {
        this.found[kept] = this.found[at] as number;
        this.distances[kept++] = this.distances[at] as number;
      }
    this.count = kept;
  }

  private makeRoom(): void {
    this.keepWithin();
    if (this.count <= this.found.length >>> 1) return;
    const [found, distances] = [this.found, this.distances];
    this.found = new Uint32Array(found.length * 2);
    this.distances = new Uint16Array(found.length * 2);
    this.found.set(found);
    this.distances.set(distances);
  }
}
