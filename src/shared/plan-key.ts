/** The names of plans. A plan's key is its arm in the bandit, so it says all that makes plans differ. */
import type { PlanRequest } from './task.js';
import type { Strategy } from './terms.js';

const separators: Record<Strategy, string> = {
  single: '',
  sequential: '>',
  parallel: '+',
  hierarchical: '/',
  consensus: '=',
};

/** `single(a)`, `sequential(a>b)` (`sequential!(a>b)` stops at a failure), `consensus(a=b|judge)`. */
export function planKey(plan: PlanRequest): string {
  const stop = plan.strategy === 'sequential' && plan.onFailure === 'stop' ? '!' : '';
  const judge = plan.verifier === undefined ? '' : `|${plan.verifier}`;
  return `${plan.strategy}${stop}(${plan.agents.join(separators[plan.strategy])}${judge})`;
}

/** Plan and category in one id, the guide's `strategy_id`. */
export const strategyIdOf = (key: string, category: string): string => `${key}@${category}`;

/** Takes a strategy id apart; null when it is not one. */
export function parseStrategyId(strategyId: string): { key: string; category: string } | null {
  const match = /^([a-z]+!?\([^()@]+\))@(.+)$/.exec(strategyId);
  return match?.[1] !== undefined && match[2] !== undefined ? { key: match[1], category: match[2] } : null;
}
