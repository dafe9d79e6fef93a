/** The share of choices that explore whatever the index says. */
import { settings } from './settings.js';

/**
 * Shares of the plans, adding up to 1: the less a plan lags behind the best, the more, so that what exploring costs
 * is bounded whatever is offered (inverse gap weighting: Foster and Rakhlin, ICML 2020).
 *
 * @param values expected reward of each plan less what it costs
 * @param thrift weighs a plan down that is dear, by position
 */
export function explorationOf(values: readonly number[], thrift: (position: number) => number): number[] {
  const top = Math.max(...values);
  const weights = values.map((value, position) => thrift(position) / (settings.explorationGap + top - value));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}
