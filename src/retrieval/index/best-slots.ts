/** The best few of many, without sorting the rest. */

/** Keeps the slots with the highest scores in a heap whose root is the worst kept; of equals, the lower id stays. */
export class BestSlots {
  private readonly scores: Float64Array;
  private readonly slots: Uint32Array;
  private kept = 0;

  /** @param ids of the slots, which decide between equals, so that the order of insertion never shows */
  constructor(
    private readonly capacity: number,
    private readonly ids: readonly (string | undefined)[],
  ) {
    this.scores = new Float64Array(capacity);
    this.slots = new Uint32Array(capacity);
  }

  get size(): number {
    return this.kept;
  }

  /** What a score must at least reach; -Infinity while there is room. */
  get least(): number {
    return this.kept < this.capacity || this.capacity === 0
      ? Number.NEGATIVE_INFINITY
      : (this.scores[0] as number);
  }

  offer(slot: number, score: number): void {
    if (this.kept < this.capacity) {
      this.kept += 1;
      this.rise(this.kept - 1, slot, score);
    } else if (this.capacity > 0 && this.isWorse(0, slot, score)) this.sink(slot, score);
  }

  /** A kept slot, by a place below {@link size}; in no order. */
  slotAt(place: number): number {
    return this.slots[place] as number;
  }

  scoreAt(place: number): number {
    return this.scores[place] as number;
  }

  /** Whether what stands at a place is worse than this. */
  private isWorse(at: number, slot: number, score: number): boolean {
    const there = this.scores[at] as number;
    if (there !== score) return there < score;
    return (this.ids[this.slots[at] as number] ?? '') > (this.ids[slot] ?? '');
  }

  private put(at: number, slot: number, score: number): void {
    this.scores[at] = score;
    this.slots[at] = slot;
  }

  private rise(from: number, slot: number, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.isWorse(parent, slot, score)) break;
      this.put(at, this.slots[parent] as number, this.scores[parent] as number);
      at = parent;
    }
    this.put(at, slot, score);
  }

  /** Replaces the root. */
  private sink(slot: number, score: number): void {
    let at = 0;
    for (let child = 1; child < this.kept; child = 2 * at + 1) {
      const right = child + 1;
      if (right < this.kept && this.isWorse(right, this.slots[child] as number, this.scores[child] as number))
        child = right;
      if (!this.isWorse(child, slot, score)) break;
      this.put(at, this.slots[child] as number, this.scores[child] as number);
      at = child;
    }
    this.put(at, slot, score);
  }
}
