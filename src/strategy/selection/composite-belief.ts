/**
 * The belief in a plan that is made of others: what its parts promise in the category, and an offset of its own that
 * its record shows, normal about nothing with the deviation that the promise is given.
 *
 * A plan in a category = promise there + offset + plan in category + noise; the same model as that of the pooled
 * plans, with the promise in the place of plan and category.
 */
import type { Cell } from './cell.js';
import type { Spreads } from './crossed-effects.js';
import type { PlanPrior } from './expectation.js';
import { settings } from './settings.js';

export interface CompositeBelief {
  mean: number;
  /** Variances of its mean reward in the category, and of one reward. */
  variance: number;
  noise: number;
  /** Covariance of its mean reward in the category with its offset. */
  transfer: number;
}

/**
 * @param cells its record, by category
 * @param promiseIn what its parts promise in a category
 */
export function compositeBelief(
  cells: ReadonlyMap<string, Cell>,
  category: string,
  promiseIn: (category: string) => PlanPrior,
  spreads: Spreads,
): CompositeBelief {
  const promise = promiseIn(category);
  const noise = noiseOf(cells, promise, spreads.noise);
  const weightOf = ({ executions }: Cell): number =>
    executions <= 0 ? 0 : 1 / (spreads.planInCategory + noise / executions);
  let [precision, pull] = [1 / Math.max(1e-6, promise.deviation ** 2), 0];
  for (const [name, cell] of cells) {
    const weight = weightOf(cell);
    if (weight === 0) continue;
    precision += weight;
    pull += weight * (cell.reward / cell.executions - promiseIn(name).mean);
  }
  const base = promise.mean + pull / precision;
  const cell = cells.get(category);
  const own = cell === undefined ? 0 : spreads.planInCategory * weightOf(cell);
  const seen = cell === undefined || own === 0 ? base : cell.reward / cell.executions;
  return {
    mean: base + own * (seen - base),
    variance: (1 - own) ** 2 / precision + spreads.planInCategory * (1 - own),
    noise,
    transfer: (1 - own) / precision,
  };
}

function noiseOf(cells: ReadonlyMap<string, Cell>, promise: PlanPrior, scale: number): number {
  let [n, sum] = [settings.rateWeight, settings.rateWeight * promise.mean];
  for (const { executions, reward } of cells.values()) {
    if (executions <= 0) continue;
    n += executions;
    sum += reward;
  }
  const p = sum / n;
  return Math.max(0.005, scale * p * (1 - p));
}
