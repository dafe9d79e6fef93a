/** What the store would hold of some records, as the rules of advice see it at the end of a day. Pure. */
import type { Interaction } from '../learning/interactions.js';
import type { Picture } from '../performance/advice/picture.js';
import { performanceOf } from '../performance/statistics/contributions.js';
import { ACTIONS, ERRORS, STAGES, STATISTICS } from '../performance/statistics/projections.js';
import { isBin } from '../performance/statistics/sketch.js';
import { stepReads, stepRows } from '../performance/statistics/step-rows.js';
import { type CounterRow, dayOf } from '../store/counters.js';

const DAY_MS = 86_400_000;

/** Parts of a picture that are rows of a projection as they are. */
const PARTS = { executions: STATISTICS, errors: ERRORS, actions: ACTIONS, stages: STAGES } as const;
type Part = keyof typeof PARTS | 'steps';
const parts = [...(Object.keys(PARTS) as (keyof typeof PARTS)[]), 'steps'] as const;

/** All rows of some records, by category and part, each in the order of days. */
export type Counted = ReadonlyMap<string, Readonly<Record<Part, readonly CounterRow[]>>>;

/** Adds up what the records contribute, as recording does. Rules read no sketches: their bins are left out. */
export function countedOf(records: readonly Interaction[]): Counted {
  const byProjection = new Map<string, CounterRow[]>();
  const totals = new Map<string, CounterRow>();
  for (const record of records)
    for (const { projection, dimensions, sums } of performanceOf(record, record.outcome)) {
      const key = `${projection}|${Object.values(dimensions).join('|')}`;
      let row = totals.get(key);
      if (row === undefined) {
        row = { dimensions, sums: {} };
        totals.set(key, row);
        const rows = byProjection.get(projection) ?? [];
        rows.push(row);
        byProjection.set(projection, rows);
      }
      for (const name in sums) if (!isBin(name)) row.sums[name] = (row.sums[name] ?? 0) + (sums[name] ?? 0);
    }
  const of = (projection: string): CounterRow[] => byProjection.get(projection) ?? [];
  const asked = { by: ['category', 'step', 'day'] };
  const steps = stepRows(
    asked,
    stepReads(asked).map(({ name, by }) => summed(of(name), by)),
  );
  const counted = new Map<string, Record<Part, CounterRow[]>>();
  for (const part of parts)
    for (const row of part === 'steps' ? summed(steps, asked.by) : of(PARTS[part])) {
      const { category = '', ...dimensions } = row.dimensions;
      const rows = counted.get(category) ?? {
        executions: [],
        steps: [],
        errors: [],
        actions: [],
        stages: [],
      };
      rows[part].push({ dimensions, sums: row.sums });
      counted.set(category, rows);
    }
  for (const rows of counted.values()) for (const part of parts) rows[part].sort(byDay);
  return counted;
}

/** Rows added up over all dimensions but those named. */
function summed(rows: readonly CounterRow[], by: readonly string[]): CounterRow[] {
  const totals = new Map<string, CounterRow>();
  for (const { dimensions, sums } of rows) {
    const kept = Object.fromEntries(by.map((name) => [name, dimensions[name] ?? '']));
    const key = Object.values(kept).join('|');
    const total = totals.get(key) ?? { dimensions: kept, sums: {} };
    for (const [name, value] of Object.entries(sums)) total.sums[name] = (total.sums[name] ?? 0) + value;
    totals.set(key, total);
  }
  return [...totals.values()];
}

const dayIn = ({ dimensions }: CounterRow): string => dimensions['day'] ?? '';
const byDay = (one: CounterRow, other: CounterRow): number => (dayIn(one) < dayIn(other) ? -1 : 1);

/** The pictures of all categories at the end of a day, over everything since the first. @param from epoch milliseconds */
export function picturesAt(counted: Counted, from: number, day: number): Picture[] {
  const [first, last] = [dayOf(from), dayOf(from + day * DAY_MS)];
  return [...counted].map(([category, rows]) => {
    const until = (part: Part): CounterRow[] => rows[part].slice(0, countUntil(rows[part], last));
    return {
      category,
      from: first,
      to: last,
      executions: until('executions'),
      steps: until('steps'),
      errors: until('errors'),
      actions: until('actions'),
      stages: until('stages'),
    };
  });
}

/** Rows up to and including the day, by halving. */
function countUntil(rows: readonly CounterRow[], last: string): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && dayIn(row) <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}
