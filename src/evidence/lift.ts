/** What showing an item is worth: tasks with it against tasks from which it was withheld at random. Pure. */

/** Sums of one item's usage, as `evidenceOf` counts them, over all its versions. */
export type UsageSums = Readonly<Record<string, number>>;

export interface Lift {
  /** Tasks of known outcome. */
  shownN: number;
  withheldN: number;
  /** Share of successes, 0 to 1. */
  shownRate: number;
  withheldRate: number;
  /** Shown minus withheld, -1 to 1. */
  lift: number;
  /** Interval of the lift that stays valid however often it is looked at. */
  low: number;
  high: number;
}

/**
 * Half the width of a confidence sequence for the mean of values in 0..1: it holds at all n at once.
 *
 * @see Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * Annals of Statistics 49 (2021), equation (2), scaled to the variance factor 1/4 of bounded values
 */
function timeUniformHalfWidth(n: number, alpha: number): number {
  return 0.85 * Math.sqrt((Math.log(Math.log(2 * n)) + 0.72 * Math.log(10.4 / alpha)) / n);
}

/**
 * The lift of an item.
 *
 * @param sums shown and withheld, each with its successes and failures
 * @param alpha chance that the interval ever misses; split over the two arms
 * @returns null while one of the arms has no task of known outcome
 */
export function liftOf(sums: UsageSums, alpha = 0.05): Lift | null {
  const shownSuccesses = sums['shownSuccesses'] ?? 0;
  const withheldSuccesses = sums['withheldSuccesses'] ?? 0;
  const shownN = shownSuccesses + (sums['shownFailures'] ?? 0);
  const withheldN = withheldSuccesses + (sums['withheldFailures'] ?? 0);
  if (shownN < 1 || withheldN < 1) return null;
  const shownRate = shownSuccesses / shownN;
  const withheldRate = withheldSuccesses / withheldN;
  const lift = shownRate - withheldRate;
  const margin = timeUniformHalfWidth(shownN, alpha / 2) + timeUniformHalfWidth(withheldN, alpha / 2);
  return {
    shownN,
    withheldN,
    shownRate,
    withheldRate,
    lift,
    low: Math.max(-1, lift - margin),
    high: Math.min(1, lift + margin),
  };
}
