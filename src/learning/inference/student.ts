/** Student's t distribution. Pure. */
import { betaBelow } from '../../evidence/beta.js';

/** Probability of a draw at least as far from 0 as t, on either side (NIST DLMF 8.17). */
export const studentTwoSided = (t: number, freedom: number): number =>
  betaBelow(freedom / (freedom + t * t), freedom / 2, 0.5);

/** The t within which 95% of draws lie, by bisection. */
export function studentQuantile95(freedom: number): number {
  let [low, high] = [1.9, 13];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, freedom) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
