/** Choosing a plan: belief, worth of trying, price of money, and a share of chance that is logged. */
import type { Belief } from './belief.js';
import { affordable, inDebt, type Price, type Purse, priceOf, rateOf } from './budget.js';
import type { EvidenceTable } from './evidence-table.js';
import type { Composition } from './expectation.js';
import { explorationOf } from './exploration.js';
import type { FittedModel } from './fitted-model.js';
import { gittinsIndex } from './gittins-index.js';
import { Outlook } from './outlook.js';
import { settings } from './settings.js';
import { at } from './symmetric.js';

export { currentModel, type FittedModel } from './fitted-model.js';

export interface SelectionTask {
  category: string;
  /** The plans to choose among; at least one, no two the same. */
  plans: readonly string[];
  /** USD a task that is to be held on average; absent: none. */
  budget?: number;
  /** Reward that one USD weighs, and one hour; 0 when absent. */
  rewardPerUsd?: number;
  rewardPerHour?: number;
  /** What plans that are made of others promise; absent: none is. */
  compose?: Composition;
}

export interface PlanBelief {
  plan: string;
  /** The probability that this plan is chosen for such a task, exactly. */
  propensity: number;
  /** Expected reward, from 0 to 1: the probability of success where rewards are successes. */
  mean: number;
  /** Standard deviation of the belief in the mean. */
  deviation: number;
  /** Its known executions, in all categories. */
  executions: number;
  /** Expected USD. */
  cost: number;
  /** Expected seconds. */
  seconds: number;
}

export interface Selection {
  plan: string;
  /** By propensity, highest first. */
  beliefs: PlanBelief[];
  /** Reward that one USD weighed in the choice. */
  price: number;
  /** Whether the plan was taken although another one is expected to yield more. */
  explored: boolean;
}

/** Values closer than this differ by rounding only. */
const ROUNDING = 1e-9;

/**
 * Chooses a plan. The plan of the highest index is taken, but for the share of choices that explore. The choice is
 * drawn from the very propensities that are returned, which follow from table, model and task alone: they are exact.
 *
 * @param model of the same table and plans; see {@link currentModel}
 * @param uniform draws from [0, 1)
 * @throws RangeError where no plan is offered, or one that is not in the model
 */
export function selectPlan(
  table: EvidenceTable,
  model: FittedModel,
  task: SelectionTask,
  uniform: () => number,
): Selection {
  const { plans, category, compose, budget } = task;
  if (plans.length === 0) throw new RangeError('plans: none; at least one is needed');
  const outlook = new Outlook(table, model, plans, compose, budget);
  const belief = outlook.belief(category);
  const costs = plans.map((plan) => outlook.cost(plan, category));
  const hours = plans.map((plan) => outlook.seconds(plan, category) / 3_600);
  const cost = (plan: number): number => costs[plan] ?? 0;
  const timePrice = (plan: number): number => (task.rewardPerHour ?? 0) * (hours[plan] ?? 0);
  const horizon = settings.firstHorizon + table.tasks;
  // Nothing that is learned lasts longer than it is remembered.
  const planned = Math.min(settings.memory, settings.plannedShare * horizon);
  const { payable, price } = paid({ table, model, task, outlook, costs, horizon });
  const share = ((table.categories.get(category) ?? 0) + 1) / (table.tasks + 2);
  const propensities = new Float64Array(plans.length);
  const expectedBest = new Set<number>();
  for (const [rewardPerUsd, weight] of [
    [price.low, price.share],
    [price.high, 1 - price.share],
  ] as const) {
    if (weight <= 0) continue;
    const charge = (plan: number): number => rewardPerUsd * cost(plan) + timePrice(plan);
    const index = gittinsIndex(belief, payable, { tasks: planned, share }, charge);
    const leaders = highest(payable, (plan) => at(index, plan));
    for (const plan of leaders)
      propensities[plan] = at(propensities, plan) + ((1 - settings.exploration) * weight) / leaders.length;
    for (const plan of highest(payable, (plan) => at(belief.mean, plan) - charge(plan)))
      expectedBest.add(plan);
  }
  const meanPrice = price.share * price.low + (1 - price.share) * price.high;
  const explored = explorationOf(
    payable.map((plan) => at(belief.mean, plan) - meanPrice * cost(plan) - timePrice(plan)),
    (position) =>
      budget === undefined ? 1 : Math.min(1, budget / Math.max(cost(payable[position] ?? 0), 1e-12)),
  );
  payable.forEach((plan, position) => {
    propensities[plan] = at(propensities, plan) + settings.exploration * (explored[position] ?? 0);
  });
  const chosen = drawn(propensities, uniform);
  return {
    plan: plans[chosen] ?? '',
    beliefs: beliefsOf(table, plans, belief, propensities, costs, hours),
    price: meanPrice,
    explored: !expectedBest.has(chosen),
  };
}

interface Payment {
  table: EvidenceTable;
  model: FittedModel;
  task: SelectionTask;
  outlook: Outlook;
  costs: readonly number[];
  /** Tasks to come. */
  horizon: number;
}

/** Which plans can be paid, and the price of money. */
function paid({ table, model, task, outlook, costs, horizon }: Payment): {
  payable: readonly number[];
  price: Price;
} {
  const { plans, budget, rewardPerUsd: least = 0, rewardPerHour = 0 } = task;
  const offered = plans.map((_, plan) => plan);
  if (budget === undefined) return { payable: offered, price: { low: least, high: least, share: 1 } };
  const purse: Purse = { budget, tasks: table.costed, spent: table.spent };
  // Who owes, and knows what pays the debt off, does not find out what else there is: what a trial costs is known
  // when it is over.
  const known = offered.filter((plan) => outlook.knowsCost(plans[plan] ?? ''));
  const paysOff = known.some((plan) => affordable(purse, costs[plan] ?? 0));
  const open = inDebt(purse) && paysOff ? known : offered;
  const cheapest = Math.min(...open.map((plan) => costs[plan] ?? 0));
  const payable = open.filter((plan) => {
    const cost = costs[plan] ?? 0;
    return cost <= cheapest || affordable(purse, cost);
  });
  const demands = model.effects.cells.categories.map((category) => {
    const { mean } = outlook.belief(category);
    return {
      tasks: (table.categories.get(category) ?? 0) + (category === task.category ? 1 : 0),
      mean:
        rewardPerHour === 0
          ? mean
          : plans.map((plan, k) => at(mean, k) - (rewardPerHour * outlook.seconds(plan, category)) / 3_600),
      cost: plans.map((plan) => outlook.cost(plan, category)),
    };
  });
  const price = priceOf(demands, offered, rateOf(purse, horizon));
  return { payable, price: { ...price, low: Math.max(least, price.low), high: Math.max(least, price.high) } };
}

/** The plans of the highest value. */
function highest(plans: readonly number[], valueOf: (plan: number) => number): number[] {
  const values = plans.map(valueOf);
  const top = Math.max(...values);
  return plans.filter((_, position) => (values[position] ?? 0) >= top - ROUNDING);
}

/** Draws a position by its probability. */
function drawn(propensities: Float64Array, uniform: () => number): number {
  let left = uniform();
  let chosen = -1;
  for (let plan = 0; plan < propensities.length; plan++) {
    if (at(propensities, plan) <= 0) continue;
    chosen = plan;
    left -= at(propensities, plan);
    if (left < 0) break;
  }
  return chosen;
}

function beliefsOf(
  table: EvidenceTable,
  plans: readonly string[],
  belief: Belief,
  propensities: Float64Array,
  costs: readonly number[],
  hours: readonly number[],
): PlanBelief[] {
  return plans
    .map((plan, k) => ({
      plan,
      propensity: at(propensities, k),
      mean: Math.min(0.99, Math.max(0.01, at(belief.mean, k))),
      deviation: Math.sqrt(Math.max(0, belief.covariance(k, k))),
      executions: table.plans.get(plan)?.executions ?? 0,
      cost: costs[k] ?? 0,
      seconds: 3_600 * (hours[k] ?? 0),
    }))
    .sort(
      (one, other) =>
        other.propensity - one.propensity || other.mean - one.mean || (one.plan < other.plan ? -1 : 1),
    );
}
