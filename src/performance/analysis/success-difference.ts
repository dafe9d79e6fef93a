/** The difference of two success rates on like tasks. Pure. */
import { normalQuantile, twoSided } from '../../evidence/normal.js';
import type { Contrast } from './contrast.js';

/** Tasks alike, as both did them. */
export interface SuccessStratum {
  a: { successes: number; known: number };
  b: { successes: number; known: number };
}

/** Of an interval of 2 at most: bounds are exact to a ten-millionth. */
const BISECTIONS = 24;

/**
 * The success rate of a less that of b within strata, weighted as Mantel and Haenszel do. Its interval inverts the
 * score test, which holds for small strata and for rates near 0 and 1 (Miettinen and Nurminen 1985, "Comparative
 * analysis of two rates", Statistics in Medicine 4). That test takes the difference for the same in all strata; so
 * that differences may vary, the interval is nowhere narrower than the one from each stratum's own variances.
 *
 * @returns null where no stratum has an outcome known on both sides
 */
export function successDifference(all: readonly SuccessStratum[]): Contrast | null {
  const strata = all.filter(({ a, b }) => a.known > 0 && b.known > 0);
  if (strata.length === 0) return null;
  let [weights, product, own] = [0, 0, 0];
  for (const { a, b } of strata) {
    const weight = (a.known * b.known) / (a.known + b.known);
    weights += weight;
    product += weight * (a.successes / a.known - b.successes / b.known);
    own += weight ** 2 * (meanVariance(a) + meanVariance(b));
  }
  const value = product / weights;
  const ownError = strata.length === 1 ? 0 : Math.sqrt(own) / weights;
  const score = (difference: number): number => {
    let variance = 0;
    for (const stratum of strata) variance += constrainedVariance(stratum, difference);
    const gap = Math.abs(value - difference) * weights;
    return variance > 0 ? gap / Math.sqrt(variance) : gap > 1e-12 ? Number.POSITIVE_INFINITY : 0;
  };
  const bound = (end: -1 | 1, z: number): number => {
    let [inside, outside] = [value, end as number];
    if (score(end) <= z) return end;
    for (let step = 0; step < BISECTIONS; step += 1) {
      const middle = (inside + outside) / 2;
      if (score(middle) <= z) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return {
    value,
    p: Math.max(twoSided(score(0)), ownError === 0 ? 0 : twoSided(value / ownError)),
    interval: (outside) => {
      const z = normalQuantile(outside / 2);
      return {
        low: Math.max(-1, Math.min(bound(-1, z), value - z * ownError)),
        high: Math.min(1, Math.max(bound(1, z), value + z * ownError)),
      };
    },
  };
}

/** Of a rate, without bias; 0 from a single task, whose variance shows in no other. */
const meanVariance = ({ successes, known }: SuccessStratum['a']): number =>
  known < 2 ? 0 : ((successes / known) * (1 - successes / known)) / (known - 1);

/** The variance of the weighted difference of one stratum, at the most likely rates that differ by so much. */
function constrainedVariance({ a, b }: SuccessStratum, difference: number): number {
  const all = a.known + b.known;
  const rateB = constrainedRate(a, b, difference);
  const rateA = Math.min(1, Math.max(0, rateB + difference));
  const variance = (rateA * (1 - rateA)) / a.known + (rateB * (1 - rateB)) / b.known;
  return ((a.known * b.known) / all) ** 2 * variance * (all / (all - 1));
}

/** The most likely rate of b where that of a is so much higher: the root of a cubic, in closed form. */
function constrainedRate(a: SuccessStratum['a'], b: SuccessStratum['b'], difference: number): number {
  const all = a.known + b.known;
  const successes = a.successes + b.successes;
  const constant = b.successes * difference * (1 - difference);
  const linear = (b.known * difference - all - 2 * b.successes) * difference + successes;
  const square = (a.known + 2 * b.known) * difference - all - successes;
  const third = square / (3 * all);
  const q = third ** 3 - (linear * square) / (6 * all ** 2) + constant / (2 * all);
  const size = Math.sqrt(Math.max(0, third ** 2 - linear / (3 * all)));
  const signed = q > 0 ? size : -size;
  const cosine = signed === 0 ? 1 : Math.min(1, Math.max(-1, q / signed ** 3));
  const rate = 2 * signed * Math.cos((Math.PI + Math.acos(cosine)) / 3) - third;
  return Math.min(Math.min(1, 1 - difference), Math.max(Math.max(0, -difference), rate));
}
