/** What is expected of a plan, and of one that is made of others. */

/** Of one plan in one category. */
export interface Expectation {
  /** Reward, 0 to 1. */
  mean: number;
  /** USD. */
  cost: number;
  /** Seconds. */
  seconds: number;
}

/** What is expected of a plan before it was tried. */
export interface PlanPrior extends Expectation {
  /** Standard deviation of its true mean reward about `mean`. */
  deviation: number;
}

/**
 * What a plan of several agents promises, by what is believed of its parts.
 *
 * @param believed of the plan that runs one agent alone (`single(agent)`)
 * @returns null for a plan that is not made of others: it is one of the many that the belief pools
 */
export type Composition = (
  plan: string,
  category: string,
  believed: (single: string, category: string) => Expectation,
) => PlanPrior | null;
