/** Times and costs by day and stratum as logarithms, outliers drawn in. Pure. */
import type { Sums } from '../figures.js';
import { isBin, type SketchPrefix, valueOf } from '../statistics/sketch.js';
import type { Cell } from './cells.js';
import { momentsOf } from './metrics.js';

/** Values further from the middle of their stratum, in standard deviations, count as that far. */
const CLIP = 2.5;
/** Middle half of a normal distribution, in standard deviations. */
const NORMAL_QUARTILES = 1.349;
/** Values that are all the same still stand for some spread. */
const LEAST_SPREAD = 0.01;

const prefixes = { seconds: 't', cost: 'c' } as const satisfies Record<string, SketchPrefix>;

/** The rows of a stratum on a day. */
interface Placed {
  day: string;
  stratum: number;
  sums: Sums;
}

interface Value {
  log: number;
  count: number;
}

export function logCells(
  metric: keyof typeof prefixes,
  placed: readonly Placed[],
  offset: (day: string) => number,
): ({ day: string } & Cell)[] {
  const values = placed.map(({ sums, day }) => valuesOf(prefixes[metric], sums, offset(day)));
  const byStratum = new Map<number, Value[]>();
  for (const [index, { stratum }] of placed.entries()) {
    const known = byStratum.get(stratum) ?? [];
    known.push(...(values[index] ?? []));
    byStratum.set(stratum, known);
  }
  const bounds = new Map([...byStratum].map(([stratum, own]) => [stratum, boundsOf(own)]));
  return placed.map(({ day, stratum, sums }, index) => {
    const own = values[index] ?? [];
    if (own.length === 0) {
      // Without bins there is but the mean, outliers and all.
      const { n, mean, variance } = momentsOf(metric, sums);
      return { day, stratum, n, sum: n * mean, within: Math.max(0, n - 1) * variance };
    }
    const { low, high } = bounds.get(stratum) ?? { low: 0, high: 0 };
    let [n, sum, squares] = [0, 0, 0];
    for (const { log, count } of own) {
      const drawn = Math.min(high, Math.max(low, log)) + offset(day);
      n += count;
      sum += count * drawn;
      squares += count * drawn ** 2;
    }
    return { day, stratum, n, sum, within: Math.max(0, squares - sum ** 2 / n) };
  });
}

function valuesOf(prefix: SketchPrefix, sums: Sums, offset: number): Value[] {
  const values: Value[] = [];
  for (const [name, count] of Object.entries(sums))
    if (count > 0 && name.startsWith(prefix) && isBin(name))
      values.push({ log: Math.log(valueOf(name)) - offset, count });
  return values;
}

function boundsOf(values: Value[]): { low: number; high: number } {
  values.sort((a, b) => a.log - b.log);
  const [first, middle, third] = quartiles(values);
  const spread = Math.max(LEAST_SPREAD, (third - first) / NORMAL_QUARTILES);
  return { low: middle - CLIP * spread, high: middle + CLIP * spread };
}

function quartiles(sorted: readonly Value[]): [number, number, number] {
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const at = (share: number): number => {
    let left = share * total;
    for (const { log, count } of sorted) {
      if (left <= count) return log;
      left -= count;
    }
    return sorted.at(-1)?.log ?? 0;
  };
  return [at(0.25), at(0.5), at(0.75)];
}
