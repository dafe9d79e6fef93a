/** What learning costs: the success that choices gave up, by what was then expected, to learn about other plans. */
import type { PlanCandidate, PlanChoice } from '../shared/task.js';

/**
 * What the chosen plan was expected to yield less than the best one: 0 where it was the best, or was not drawn.
 *
 * @returns reward, 0 to 1, less what the costs weighed
 */
export function forgoneBy({ plan, candidates, propensity, price = 0 }: PlanChoice): number {
  const chosen = candidates.find(({ key }) => key === plan.key);
  if (chosen === undefined || propensity === null) return 0;
  const worth = ({ mean, cost = 0 }: PlanCandidate): number => mean - price * cost;
  return Math.max(...candidates.map(worth)) - worth(chosen);
}
