/** The normal distribution's tail, exact far out where p-values lie. Pure. */

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Beyond it the tail is below every number. */
const FARTHEST = 38;
/** From here on the continued fraction converges within its terms. */
const FAR = 3;
const TERMS = 60;

/** Probability that a standard normal draw exceeds z: its relative error is below 1e-11 (NIST DLMF 7.6.2, 7.9.1). */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z > FARTHEST) return 0;
  const density = Math.exp((-z * z) / 2) / ROOT_TWO_PI;
  if (z < FAR) {
    let [term, sum] = [z, z];
    for (let odd = 3; Math.abs(term) > 1e-17 * sum; odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = 0;
  for (let k = TERMS; k >= 1; k -= 1) fraction = k / (z + fraction);
  return density / (z + fraction);
}

/** The z that a standard normal draw exceeds with probability p, by Newton's method on the tail's logarithm. */
export function normalQuantile(p: number): number {
  if (p >= 0.5) return p >= 1 ? Number.NEGATIVE_INFINITY : p === 0.5 ? 0 : -normalQuantile(1 - p);
  if (p <= 0) return Number.POSITIVE_INFINITY;
  const wanted = Math.log(p);
  let z = Math.sqrt(Math.max(0, -2 * wanted - Math.log(2 * Math.PI)));
  for (let step = 0; step < 50; step += 1) {
    const tail = normalTail(z);
    if (tail === 0) return z;
    const slope = -Math.exp((-z * z) / 2) / ROOT_TWO_PI / tail;
    const change = (Math.log(tail) - wanted) / slope;
    z = Math.max(0, z - change);
    if (Math.abs(change) < 1e-13) break;
  }
  return z;
}

/** Probability of a draw at least as far from 0 as z, on either side. */
export const twoSided = (z: number): number => Math.min(1, 2 * normalTail(Math.abs(z)));
