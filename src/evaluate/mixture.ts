/** The most that a budget buys without looking at the tasks: two agents in fixed shares, known in hindsight. Pure. */

/** Means of one agent over all tasks. */
export interface Single {
  /** Reward, or reward less what its cost weighs. */
  worth: number;
  /** USD a task. */
  cost: number;
}

/** Indices of agents with the share of the tasks that each gets; the shares add up to 1. */
export type Mixture = readonly { agent: number; share: number }[];

/**
 * The best mixture of at most two agents whose mean cost is within the budget. More than two are never better: the
 * best of all mixtures is the solution of a linear program with two constraints.
 *
 * @param budget USD a task
 * @returns null when even the cheapest agent costs more
 */
export function bestMixture(singles: readonly Single[], budget: number): Mixture | null {
  let [found, top]: [Mixture | null, number] = [null, Number.NEGATIVE_INFINITY];
  const consider = (mixture: Mixture, worth: number): void => {
    if (worth > top) [found, top] = [mixture, worth];
  };
  singles.forEach((cheap, agent) => {
    if (cheap.cost > budget) return;
    consider([{ agent, share: 1 }], cheap.worth);
    singles.forEach((dear, other) => {
      if (dear.cost <= budget) return;
      const share = (budget - cheap.cost) / (dear.cost - cheap.cost);
      const worth = (1 - share) * cheap.worth + share * dear.worth;
      consider(
        [
          { agent, share: 1 - share },
          { agent: other, share },
        ],
        worth,
      );
    });
  });
  return found;
}
