/** How much memory the indexes of all tenants and collections may take together. */

/** One tenant's documents of one collection. */
export interface Holder {
  readonly bytes: number;
  /** On the monotonic clock. */
  readonly usedAt: number;
  unload(): void;
}

export class MemoryBudget {
  private readonly holders = new Set<Holder>();

  /** @param limit bytes */
  constructor(readonly limit: number) {}

  get bytes(): number {
    let total = 0;
    for (const { bytes } of this.holders) total += bytes;
    return total;
  }

  add(holder: Holder): void {
    this.holders.add(holder);
  }

  delete(holder: Holder): void {
    this.holders.delete(holder);
  }

  /**
   * Unloads those that were used least recently until the rest fits, but never the one in use.
   *
   * @returns false when that one alone does not fit
   */
  makeRoom(inUse: Holder): boolean {
    let total = this.bytes;
    if (total <= this.limit) return true;
    for (const holder of [...this.holders].sort((a, b) => a.usedAt - b.usedAt)) {
      if (holder === inUse) continue;
      total -= holder.bytes;
      holder.unload();
      if (total <= this.limit) return true;
    }
    return false;
  }
}
