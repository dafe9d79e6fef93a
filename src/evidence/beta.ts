/** The Beta distribution: what is believed of a probability. Pure. */
import type { Interval } from './intervals.js';

const ITERATIONS = 500;
const PRECISION = 1e-14;
/** Stands in for a denominator of 0. */
const TINY = 1e-300;

/** ln gamma(x) for x > 0, by Stirling's series (NIST DLMF 5.11.1) at 10 or more; its error there is below 1e-10. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}

/**
 * Share of Beta(a, b) below x: the regularised incomplete beta function, by its continued fraction
 * (NIST DLMF 8.17.22), evaluated by Lentz's method from the side on which it converges fast.
 */
export function betaBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a),
  );
  const kept = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let numerator = 1;
  let denominator = 1 / kept(1 - ((a + b) * x) / (a + 1));
  let fraction = denominator;
  for (let m = 1; m <= ITERATIONS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const coefficient of [even, odd]) {
      denominator = 1 / kept(1 + coefficient * denominator);
      numerator = kept(1 + coefficient / numerator);
      change = numerator * denominator;
      fraction *= change;
    }
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return front * fraction;
}

/** The value below which the given share of Beta(a, b) lies, by bisection. */
function betaQuantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (betaBelow(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The middle 95% of Beta(a, b). */
export const betaInterval = (a: number, b: number): Interval => ({
  low: betaQuantile(0.025, a, b),
  high: betaQuantile(0.975, a, b),
});
