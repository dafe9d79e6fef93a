/**
 * Holding a budget: a price of money, at which the best plans for what the price leaves of their worth spend what
 * there is.
 *
 * The price is the dual variable of the linear program that divides the budget among the tasks to come, solved anew
 * at each choice with what has been spent (re-solving: Jasin and Kumar, Mathematics of Operations Research 37(2), 2012).
 */

import { settings } from './settings.js';

/** A category's share of the tasks, and worth and cost of each plan there. */
export interface Demand {
  tasks: number;
  mean: ArrayLike<number>;
  cost: ArrayLike<number>;
}

/** Reward a USD: `high` spends less than the rate, `low` more; `low` is due with the probability `share`. */
export interface Price {
  low: number;
  high: number;
  share: number;
}

/** Prices above make the cheapest plan the only one, whatever it yields. */
const HIGHEST = 1e6;
const LOWEST = 1e-3;

/**
 * @param demands by category
 * @param eligible indices of the plans to choose among
 * @param rate USD a task that may be spent
 */
export function priceOf(demands: readonly Demand[], eligible: readonly number[], rate: number): Price {
  const total = demands.reduce((sum, { tasks }) => sum + tasks, 0);
  const spending = (price: number): number =>
    demands.reduce((sum, { tasks, mean, cost }) => {
      let [best, paid] = [Number.NEGATIVE_INFINITY, 0];
      for (const plan of eligible) {
        const value = (mean[plan] ?? 0) - price * (cost[plan] ?? 0);
        if (value > best) [best, paid] = [value, cost[plan] ?? 0];
      }
      return sum + (tasks / total) * paid;
    }, 0);
  if (spending(0) <= rate) return { low: 0, high: 0, share: 1 };
  let [low, high] = [LOWEST, HIGHEST];
  for (let step = 0; step < 24; step++) {
    const middle = Math.sqrt(low * high);
    if (spending(middle) > rate) low = middle;
    else high = middle;
  }
  const [more, less] = [spending(low), spending(high)];
  const share = more > less ? Math.min(1, Math.max(0, (rate - less) / (more - less))) : 0;
  return { low, high, share };
}

/** What the budget of the tasks so far leaves, and may be spent on the next ones. */
export interface Purse {
  /** USD a task. */
  budget: number;
  tasks: number;
  spent: number;
}

/** USD a task to aim at: the budget, and what is left over or owed spread over the tasks to come. */
export const rateOf = ({ budget, tasks, spent }: Purse, horizon: number): number =>
  budget + (budget * tasks - spent) / horizon;

/** Whether more was spent than the budget of the tasks so far. */
export const inDebt = ({ budget, tasks, spent }: Purse): boolean => spent > budget * tasks;

/**
 * Whether a plan can be paid: from what earlier tasks left over, with its cost to spare, since what it will cost is
 * not sure; or within the budget of a task, and well within it while there are debts.
 */
export const affordable = ({ budget, tasks, spent }: Purse, cost: number): boolean => {
  const saved = budget * tasks - spent;
  return settings.savedForDear * cost <= budget + saved || (saved >= 0 ? cost : 1.5 * cost) <= budget;
};
