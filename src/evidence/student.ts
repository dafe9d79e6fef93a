/** Student's t distribution. Pure. */
import { gammaln } from 'simple-statistics';
import { betaBelow } from './beta.js';
import { normalQuantile, twoSided } from './normal.js';

/** Beyond it the distribution is the normal one, to more digits than a p-value is worth. */
const NORMAL_FROM = 1e6;
const STEPS = 60;

/** Probability of a draw at least as far from 0 as t, on either side (NIST DLMF 8.17). @param freedom above 0 */
export const studentTwoSided = (t: number, freedom: number): number =>
  freedom > NORMAL_FROM ? twoSided(t) : betaBelow(freedom / (freedom + t * t), freedom / 2, 0.5);

/**
 * The t beyond which, on either side, the given share of draws lies, by Newton's method on the logarithm of that share,
 * from the expansion about the normal quantile (Abramowitz and Stegun 26.7.5).
 *
 * @param freedom above 0, not necessarily whole
 * @param outside above 0, below 1; 0.05 gives 95% intervals
 */
export function studentQuantile(freedom: number, outside: number): number {
  const z = normalQuantile(outside / 2);
  if (freedom > NORMAL_FROM) return z;
  let t = z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
  const scale = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - Math.log(freedom * Math.PI) / 2;
  for (let step = 0; step < STEPS; step += 1) {
    const share = studentTwoSided(t, freedom);
    const density = Math.exp(scale - ((freedom + 1) / 2) * Math.log1p((t * t) / freedom));
    const change = (Math.log(share / outside) * share) / (2 * density);
    t = Math.max(t / 2, t + change);
    if (Math.abs(change) < 1e-12 * t) break;
  }
  return t;
}

/** The t within which 95% of draws lie. */
export const studentQuantile95 = (freedom: number): number => studentQuantile(freedom, 0.05);
