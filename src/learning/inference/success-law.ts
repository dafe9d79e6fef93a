/** Which of a few comparable runs succeed, given how many do. Pure. */

/** The chance law of which runs of a set are the successful ones, each in proportion to the product of their odds. */
export interface SuccessLaw {
  /** Chance that each run is among the successes. */
  chances: Float64Array;
  /** Covariance of run t with run u at t * size + u. */
  covariances: Float64Array;
}

/** Sums of the products of all choices of 0, 1, ... `most` of the odds (elementary symmetric polynomials). */
function productSums(odds: Iterable<number>, most: number): Float64Array {
  const sums = new Float64Array(most + 1);
  sums[0] = 1;
  for (const each of odds)
    for (let k = most; k > 0; k -= 1) sums[k] = (sums[k] ?? 0) + each * (sums[k - 1] ?? 0);
  return sums;
}

/**
 * The law under which conditional logistic regression scores: of all choices of `successes` runs, each as likely as
 * the product of the odds of those chosen. Equal odds: all choices alike, as in a permutation test.
 *
 * @see N. E. Breslow and N. E. Day, Statistical Methods in Cancer Research I (1980), chapter 7
 */
export function successLaw(odds: readonly number[], successes: number): SuccessLaw {
  const size = odds.length;
  const sums = new Float64Array(successes + 1);
  const all = sumWithout(odds, successes, sums);
  const chances = new Float64Array(size);
  const covariances = new Float64Array(size * size);
  for (let t = 0; t < size; t += 1) {
    const own = odds[t] ?? 0;
    const chance = successes === 0 ? 0 : (own * sumWithout(odds, successes - 1, sums, t)) / all;
    chances[t] = chance;
    covariances[t * size + t] = chance * (1 - chance);
    for (let u = 0; u < t; u += 1) {
      const both =
        successes < 2 ? 0 : (own * (odds[u] ?? 0) * sumWithout(odds, successes - 2, sums, t, u)) / all;
      const covariance = both - chance * (chances[u] ?? 0);
      covariances[t * size + u] = covariance;
      covariances[u * size + t] = covariance;
    }
  }
  return { chances, covariances };
}

/** Sum of the products of all choices of `most` of the odds but for two; reckoned in `sums`, as it is asked for often. */
function sumWithout(odds: readonly number[], most: number, sums: Float64Array, t = -1, u = -1): number {
  sums.fill(0, 1, most + 1);
  sums[0] = 1;
  for (let index = 0; index < odds.length; index += 1) {
    if (index === t || index === u) continue;
    const each = odds[index] ?? 0;
    for (let k = most; k > 0; k -= 1) sums[k] = (sums[k] ?? 0) + each * (sums[k - 1] ?? 0);
  }
  return sums[most] ?? 1;
}

/** Chances that 0, 1, ... of the successes fall on runs with the feature, from the odds of those with and without it. */
export function lawOfShared(
  odds: readonly number[],
  otherOdds: readonly number[],
  successes: number,
): { least: number; chances: number[] } {
  const least = Math.max(0, successes - otherOdds.length);
  const most = Math.min(successes, odds.length);
  const own = productSums(odds, most);
  const others = productSums(otherOdds, successes - least);
  const chances: number[] = [];
  for (let k = least; k <= most; k += 1) chances.push((own[k] ?? 0) * (others[successes - k] ?? 0));
  const all = chances.reduce((sum, each) => sum + each, 0);
  return { least, chances: chances.map((each) => each / all) };
}
