/** Counters in memory, moved by the same increments as those in the store and read as the same rows. */
import { type CounterRow, type Increment, sumIncrements } from '../store/counters.js';

/** The counters of one projection, added up over all dimensions but those named. */
export class CounterTable {
  private readonly table = new Map<string, CounterRow>();

  constructor(
    private readonly projection: string,
    private readonly by: readonly string[],
  ) {}

  /** Applies those increments that are the projection's. */
  add(increments: readonly Increment[]): void {
    for (const { projection, dimensions, sums } of sumIncrements(increments)) {
      if (projection !== this.projection) continue;
      const kept = Object.fromEntries(this.by.map((name) => [name, dimensions[name] ?? '']));
      const key = JSON.stringify(kept);
      const row = this.table.get(key) ?? { dimensions: kept, sums: {} };
      for (const [name, value] of Object.entries(sums)) row.sums[name] = (row.sums[name] ?? 0) + value;
      this.table.set(key, row);
    }
  }

  rows(): CounterRow[] {
    return [...this.table.values()];
  }

  /** One sum over all counters. */
  total(name: string): number {
    return this.rows().reduce((sum, row) => sum + (row.sums[name] ?? 0), 0);
  }
}
