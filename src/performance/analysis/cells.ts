/** Executions of one metric by day and stratum, on a scale on which they can be added up. Pure. */
import type { CounterRow } from '../../store/counters.js';
import { moments } from '../statistics/moments.js';
import { logCells } from './log-cells.js';
import type { CountMetric, LogMetric } from './metrics.js';

/** Metrics that are followed day by day. */
export const followed = ['success', 'seconds', 'cost', 'iterations', 'errors'] as const;
export type Followed = (typeof followed)[number];

/** What executions of one stratum came to on one day. */
export interface Cell {
  /** Place of the stratum among all. */
  stratum: number;
  n: number;
  /** Of logarithms, counts, or successes. */
  sum: number;
  /** Squares of what lies within the cell, around its own mean. */
  within: number;
}

/** A day on which something is known. */
export interface DayCells {
  day: string;
  cells: readonly Cell[];
}

/** How one metric went, day by day, oldest first. */
export interface Series {
  metric: Followed;
  strata: number;
  days: readonly DayCells[];
}

/** Which executions are alike, by their dimensions. */
export type StratumKey = (dimensions: Readonly<Record<string, string>>) => string;

/**
 * @param rows by `day` and whatever tells strata apart
 * @param offset what lies on the days as is known already, in logarithms; outliers are told around it
 */
export function seriesOf(
  metric: Followed,
  rows: readonly CounterRow[],
  key: StratumKey,
  offset: (day: string) => number = () => 0,
): Series {
  const strata = new Map<string, number>();
  const placed = rows.map((row) => {
    const name = key(row.dimensions);
    const stratum = strata.get(name) ?? strata.size;
    strata.set(name, stratum);
    return { day: row.dimensions['day'] ?? '', stratum, sums: row.sums };
  });
  const cells = isCounted(metric)
    ? placed.map(({ stratum, sums, day }) => ({ day, ...countCell(metric, stratum, sums) }))
    : logCells(metric, placed, offset);
  const days = new Map<string, Cell[]>();
  for (const { day, ...cell } of cells) {
    if (cell.n <= 0) continue;
    const known = days.get(day);
    if (known === undefined) days.set(day, [cell]);
    else known.push(cell);
  }
  return {
    metric,
    strata: strata.size,
    days: [...days].map(([day, cells]) => ({ day, cells })).sort((a, b) => (a.day < b.day ? -1 : 1)),
  };
}

/** Whether a metric is a number of somethings, of which a stratum may have none. */
export const isCounted = (metric: Followed): metric is Exclude<Followed, LogMetric> =>
  metric === 'success' || metric === 'iterations' || metric === 'errors';

function countCell(metric: 'success' | CountMetric, stratum: number, sums: CounterRow['sums']): Cell {
  if (metric === 'success') {
    const successes = sums['successes'] ?? 0;
    const n = successes + (sums['failures'] ?? 0);
    return { stratum, n, sum: successes, within: n === 0 ? 0 : (successes * (n - successes)) / n };
  }
  const { n, mean, variance } = moments(sums, metric);
  return { stratum, n, sum: n * mean, within: Math.max(0, n - 1) * variance };
}
