/** Which inputs come again and again, from counts of actions by a hash of input and result. Pure. */
import type { Entry } from './cells.js';

const BUCKETS = 256;
/** The fullest buckets say nothing of the usual ones. */
const SET_ASIDE = 16;
/** A bucket so many standard deviations above the others holds an input that is repeated. */
const FAR = 8;
/** Fewer repetitions are nobody's waste. */
const LEAST = 8;

/** A bucket that an action falls into far more often than chance would have it. */
export interface HotBucket {
  bucket: number;
  /** Its actions. */
  count: number;
  /** Share of such that could be spared from now on: all but what other inputs bring. */
  spared: number;
}

/**
 * Inputs that are all different fill the buckets like a Poisson count; how much more widely the usual ones spread is
 * reckoned with.
 */
export function hotBuckets(entries: readonly Entry[]): HotBucket[] {
  const counts = countsOf(entries);
  const usual = counts.toSorted((a, b) => a - b).slice(0, BUCKETS - SET_ASIDE);
  const mean = usual.reduce((sum, count) => sum + count, 0) / usual.length;
  const variance = usual.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (usual.length - 1);
  const spread = Math.sqrt(Math.max(mean, variance, 0.25));
  return counts.flatMap((count, bucket) =>
    count >= LEAST && count - mean > FAR * spread
      ? [{ bucket, count, spared: Math.max(0, (count - mean) / count) }]
      : [],
  );
}

/** Sums named `r` and the bucket's number. */
function countsOf(entries: readonly Entry[]): number[] {
  const counts = Array.from({ length: BUCKETS }, () => 0);
  for (const { sums } of entries)
    for (const name in sums) {
      const bucket = name.startsWith('r') ? Number(name.slice(1)) : Number.NaN;
      if (counts[bucket] !== undefined) counts[bucket] += sums[name] ?? 0;
    }
  return counts;
}
