/** How much a difference varies by what days have in common. Pure. */
import type { Cell } from './cells.js';
import type { Stratum } from './strata.js';

/**
 * What the influences of days on a difference spread by: the variance of an estimate with days as clusters.
 *
 * @param slopes how the estimate moves with the mean of either side
 */
export function dayVariance(
  strata: readonly Stratum[],
  sides: readonly [readonly Cell[], readonly Cell[]],
  slopes: readonly [number, number],
): { count: number; variance: number } {
  const known: (Stratum | undefined)[] = [];
  for (const stratum of strata) known[stratum.index] = stratum;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const cells of sides)
    for (const { day } of cells) {
      if (day < first) first = day;
      if (day > last) last = day;
    }
  const influences = new Float64Array(last - first + 1);
  const seen = new Uint8Array(influences.length);
  for (const side of [0, 1] as const)
    for (const { stratum, day, n, total } of sides[side]) {
      const at = known[stratum];
      if (at === undefined) continue;
      const place = day - first;
      const part = (at.weight * slopes[side] * (total - n * at.means[side])) / at.sides[side].n;
      influences[place] = (influences[place] ?? 0) + part;
      seen[place] = 1;
    }
  let [squares, count] = [0, 0];
  for (const [place, influence] of influences.entries()) {
    squares += influence ** 2;
    count += seen[place] ?? 0;
  }
  return { count, variance: (squares * count) / Math.max(1, count - 1) };
}
