/** The success or score that was expected when the choice was made, put right by how it has held since. */

/** Tasks' worth of trust that an expectation starts with. */
const WEIGHT = 10;
const LEAST = 0.01;
/** Weight of the assumption that a measure varies as one that is 0 or 1 does: that of some twenty tasks. */
const PRIOR_VARIANCE = 5;
/** A task counts for at most as many in telling how the measure varies. */
const MOST_WEIGHT = 50;

/**
 * The logged expectation of a plan plus what its earlier tasks came to beyond theirs. It knows nothing of the task
 * itself or later ones, so the doubly robust estimate stays free of bias.
 */
export class ExpectedShare {
  /** Weighed sums: squared error of what was expected, and the variance of what is 0 or 1 with that chance. */
  private squaredError = 0;
  private variance = 0;
  private readonly excess = new Map<string, { n: number; total: number }>();

  /** @param mean what was expected at the choice, 0 to 1 */
  of(plan: string, mean: number): number {
    const known = this.excess.get(plan);
    const shift = known === undefined ? 0 : known.total / (known.n + WEIGHT);
    return Math.min(1 - LEAST, Math.max(LEAST, mean + shift));
  }

  /** How much the measure varies beside one that is 0 or 1 with the expected chance: above 1 where that is off. */
  dispersion(): number {
    return (this.squaredError + PRIOR_VARIANCE) / (this.variance + PRIOR_VARIANCE);
  }

  /** @param propensity of the plan: one that is taken rarely stands for many tasks on which it was not */
  add(plan: string, mean: number, value: number, propensity: number): void {
    const expected = this.of(plan, mean);
    const weight = Math.min(MOST_WEIGHT, 1 / propensity);
    this.squaredError += weight * (value - expected) ** 2;
    this.variance += weight * expected * (1 - expected);
    const known = this.excess.get(plan) ?? { n: 0, total: 0 };
    known.n += 1;
    known.total += value - mean;
    this.excess.set(plan, known);
  }
}
