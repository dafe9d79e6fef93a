/**
 * Percentiles from counts in logarithmic bins: the mapping of DDSketch (Masson, Rim and Lee 2019, "DDSketch: a fast
 * and fully-mergeable quantile sketch with relative-error guarantees"). A bin is a sum like any other, so that
 * sketches add up in any order, and what was added can be taken back. Pure.
 */
import { LogarithmicMapping } from '@datadog/sketches-js/dist/ddsketch/mapping/index.js';
import type { Sums } from '../figures.js';

/** Bins of times (ms), costs (micro-USD), waits in a queue (ms) and tries in vain (ms). */
export type SketchPrefix = 't' | 'c' | 'q' | 'y';

/** A bin's middle is at most this share away from what is in it, and so its edges are at most twice as much. */
const RELATIVE_ACCURACY = 0.0025;

const mapping = new LogarithmicMapping(RELATIVE_ACCURACY);

/** Name of the bin that a value falls into. @param value a whole number, 1 or more */
export const binOf = (prefix: SketchPrefix, value: number): string => `${prefix}${mapping.key(value)}`;

/** The value that a bin stands for. @param bin a name that {@link binOf} gave */
export const valueOf = (bin: string): number => mapping.value(Number(bin.slice(1)));

const binName = /^[tcqy]\d+$/;

/** Whether a sum is a bin of a sketch. */
export const isBin = (name: string): boolean => binName.test(name);

/**
 * The value below which a share of the values lies, by rank: within a bin, values are taken to lie evenly. Off by
 * 1% of the ranks at most for times and costs as they spread, and by 0.5% of the value where many are the same.
 *
 * @param q share, 0 to 1
 * @returns null without any value
 */
export function percentile(sums: Sums, prefix: SketchPrefix, q: number): number | null {
  return percentiles(sums, prefix, [q])[0] ?? null;
}

/** Several percentiles at once, as {@link percentile} gives them. */
export function percentiles(sums: Sums, prefix: SketchPrefix, qs: readonly number[]): (number | null)[] {
  const bins: { key: number; count: number }[] = [];
  let total = 0;
  for (const name in sums) {
    const count = sums[name] ?? 0;
    if (name[0] !== prefix || count <= 0 || !binName.test(name)) continue;
    bins.push({ key: Number(name.slice(1)), count });
    total += count;
  }
  bins.sort((a, b) => a.key - b.key);
  return qs.map((q) => {
    let left = q * total;
    for (const [index, { key, count }] of bins.entries()) {
      if (left <= count || index === bins.length - 1) return within(key, Math.min(1, left / count));
      left -= count;
    }
    return null;
  });
}

/** Whole numbers only: the bins of small values hold one each. */
function within(key: number, share: number): number {
  const [lower, upper] = [mapping.gamma ** (key - 1), mapping.gamma ** key];
  const [least, most] = [Math.floor(lower) + 1, Math.floor(upper)];
  // A rounding error at the edge of a bin must not make it empty.
  return least >= most ? Math.round(mapping.value(key)) : least + (most - least) * share;
}
