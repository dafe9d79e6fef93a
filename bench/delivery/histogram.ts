/** How often which time was seen, for more times than one would keep: exact to a tenth of a millisecond. */
const PER_MS = 10;
const MOST_MS = 600_000;

export class Histogram {
  private readonly counts = new Float64Array(MOST_MS * PER_MS + 1);
  private total = 0;

  get count(): number {
    return this.total;
  }

  /** Longer times than ten minutes count as ten minutes. */
  add(ms: number): void {
    const at = Math.min(MOST_MS * PER_MS, Math.max(0, Math.round(ms * PER_MS)));
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.total += 1;
  }

  /** Milliseconds that a share of the times does not exceed; NaN where there are none. */
  quantile(share: number): number {
    let left = Math.ceil(share * this.total);
    for (const [at, count] of this.counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return at / PER_MS;
    }
    return Number.NaN;
  }
}
