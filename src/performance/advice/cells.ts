/** Executions as the comparisons look at them: by tasks alike and by day. Pure. */
import type { CounterRow } from '../../store/counters.js';
import type { Sums } from '../figures.js';
import type { Amounts, Measure } from './measures.js';

/** A row of counters with numbers in place of names: pictures are compared many times over. */
export interface Entry {
  /** Tasks of one stratum are alike: of one category, complexity and strategy. */
  stratum: number;
  /** Days since 1970. */
  day: number;
  sums: Sums;
}

/** What a measure says of an entry. */
export interface Cell extends Amounts {
  stratum: number;
  day: number;
}

const DAY_MS = 86_400_000;

/** Numbers the strata of rows of one projection. What has neither complexity nor strategy is one stratum. */
export function entriesOf(rows: readonly CounterRow[]): Entry[] {
  const strata = new Map<string, number>();
  return rows.map(({ dimensions, sums }) => {
    const name = `${dimensions['complexity'] ?? ''}|${dimensions['strategy'] ?? ''}`;
    const stratum = strata.get(name) ?? strata.size;
    strata.set(name, stratum);
    return { stratum, day: Date.parse(dimensions['day'] ?? '') / DAY_MS, sums };
  });
}

/** Entries of which the measure is known. */
export function cellsOf(entries: readonly Entry[], measure: Measure): Cell[] {
  const cells: Cell[] = [];
  for (const { stratum, day, sums } of entries) {
    const amounts = measure.amounts(sums);
    if (amounts.n > 0) cells.push({ stratum, day, ...amounts });
  }
  return cells;
}

/** `2026-01-31` */
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** One sum over some entries. */
export const totalOf = (entries: readonly Entry[], name: string): number =>
  entries.reduce((sum, { sums }) => sum + (sums[name] ?? 0), 0);

/** Some sums by day. */
export function byDay<Name extends string>(
  entries: readonly Entry[],
  names: readonly Name[],
): Map<number, Record<Name, number>> {
  const days = new Map<number, Record<Name, number>>();
  for (const { day, sums } of entries) {
    const of = days.get(day) ?? (Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>);
    for (const name of names) of[name] += sums[name] ?? 0;
    days.set(day, of);
  }
  return days;
}
