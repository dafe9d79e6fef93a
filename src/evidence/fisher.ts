/** Fisher's exact test, and the correction for testing many patterns at once. Pure. */

/** Tables whose probability differs from the observed one by less than this share count as equally likely. */
const TIE = 1e-7;

/**
 * Two-sided p-value of Fisher's exact test on a 2 x 2 table: the probability, with all margins fixed, of a
 * table no likelier than the observed one.
 *
 * The weights are walked outwards from the mode by the ratio of neighbours, so that nothing overflows and the
 * cost is that of the tables that have any weight.
 *
 * @param successes of `n` with the pattern
 * @param otherSuccesses of `otherN` without it
 * @throws RangeError when the counts are no table
 */
export function fisherExact(successes: number, n: number, otherSuccesses: number, otherN: number): number {
  const counts = [successes, n - successes, otherSuccesses, otherN - otherSuccesses];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new RangeError(`${successes}/${n} against ${otherSuccesses}/${otherN} is no table of counts`);
  const total = n + otherN;
  const column = successes + otherSuccesses;
  const lowest = Math.max(0, column - otherN);
  const highest = Math.min(n, column);
  if (lowest === highest) return 1;
  const mode = Math.min(highest, Math.max(lowest, Math.floor(((n + 1) * (column + 1)) / (total + 2))));
  // Weight of x + 1 as a share of the weight of x.
  const ratio = (x: number): number => ((n - x) * (column - x)) / ((x + 1) * (otherN - column + x + 1));
  const weights = new Map<number, number>([[mode, 1]]);
  for (let x = mode, weight = 1; x < highest && weight > 0; x += 1) {
    weight *= ratio(x);
    weights.set(x + 1, weight);
  }
  for (let x = mode, weight = 1; x > lowest && weight > 0; x -= 1) {
    weight /= ratio(x - 1);
    weights.set(x - 1, weight);
  }
  // A table beyond the walk is too unlikely for a number to hold.
  const observed = (weights.get(successes) ?? 0) * (1 + TIE);
  let all = 0;
  let extreme = 0;
  for (const weight of weights.values()) {
    all += weight;
    if (weight <= observed) extreme += weight;
  }
  return Math.min(1, extreme / all);
}

/**
 * Holm's step-down correction: the chance of any false assertion in the family stays below the level at which
 * the corrected values are read.
 *
 * @see S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian J. of Statistics 6 (1979)
 * @returns corrected p-values in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const corrected = pValues.map(() => 1);
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let largest = 0;
  ascending.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    corrected[index] = largest;
  });
  return corrected;
}
