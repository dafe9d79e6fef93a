/** Corrections for judging many features at once. Pure. */

/**
 * The features that can be told from chance at all, at a level shared by as many. What its margins, which say nothing
 * of its direction, forbid from ever being asserted is no chance of error, and costs the others nothing.
 *
 * @see R. E. Tarone, "A modified Bonferroni method for discrete data", Biometrics 46 (1990)
 * @param least smallest p-value possible of each
 * @returns whether each takes part
 */
export function attainable(least: readonly number[], level: number): boolean[] {
  const ascending = least.toSorted((a, b) => a - b);
  let [share, part] = [0, 0];
  do {
    share += 1;
    while (part < ascending.length && (ascending[part] ?? 1) <= level / share) part += 1;
    while (part > 0 && (ascending[part - 1] ?? 1) > level / share) part -= 1;
  } while (part > share);
  return least.map((each) => each <= level / share);
}

/**
 * Benjamini and Hochberg's step-up correction: of what is asserted where the corrected value is at most the level, the
 * expected share of errors is at most the level.
 *
 * @see Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. R. Statist. Soc. B 57 (1995)
 * @returns corrected p-values in the order given
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const corrected = pValues.map(() => 1);
  const descending = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p);
  let least = 1;
  descending.forEach(({ p, index }, place) => {
    least = Math.min(least, (p * pValues.length) / (pValues.length - place));
    corrected[index] = least;
  });
  return corrected;
}
