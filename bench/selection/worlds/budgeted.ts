/** Worlds whose agents cost money, and the budgets that they are played with. */
import type { Uniform } from '../../../src/evidence/random.js';
import { between, normal, scaleBetween } from '../draws.js';
import type { Regime } from './regime.js';
import { syntheticWorld } from './synthetic.js';
import { permuted, type Single, singlesOf, type World } from './world.js';

/** USD of the agents' usual costs: the dearest and the cheapest are at most this far apart. */
const COSTS = { from: 0.001, to: 0.1 } as const;
/** Standard deviation of the logarithm of one task's cost with an agent: costs are skewed. */
const COST_NOISE = 0.8;

/** A synthetic world in which dear agents are better more often than not. */
export function pricedWorld(regime: Regime, uniform: Uniform): World {
  const world = permuted(syntheticWorld(regime, uniform), uniform);
  const worth = singlesOf(world).map(({ reward }) => reward);
  const byWorth = worth.map((_, agent) => agent).sort((a, b) => (worth[a] ?? 0) - (worth[b] ?? 0));
  const prices = worth.map(() => scaleBetween(COSTS.from, COSTS.to, uniform)).sort((a, b) => a - b);
  // Three in four have the price that their rank is worth, the others any.
  const usual = worth.map((_, agent) => {
    const rank = uniform() < 0.75 ? byWorth.indexOf(agent) : Math.floor(uniform() * worth.length);
    return prices[rank] ?? COSTS.from;
  });
  const factors = new Map<string, number>();
  const size = Float64Array.from({ length: world.tasks * world.agents }, () =>
    Math.exp(COST_NOISE * normal(uniform) - COST_NOISE ** 2 / 2),
  );
  const factorOf = (category: string): number => {
    const known = factors.get(category) ?? between(0.5, 1.5, uniform);
    factors.set(category, known);
    return known;
  };
  const byTask = Array.from({ length: world.tasks }, (_, task) => factorOf(world.category(task)));
  return {
    ...world,
    cost: (task, agent) =>
      (usual[agent] ?? 0) * (byTask[task] ?? 1) * (size[task * world.agents + agent] ?? 1),
  };
}

/** Shares of the way, on the scale of logarithms, from the cheapest agent's mean cost to the best one's. */
const SHARES = [0.25, 0.5, 0.75] as const;

/** Below this many times the cheapest agent's cost, the best one's leaves nothing to weigh. */
const LEAST_RANGE = 2;

/** USD a task, from tight to ample; none where the best agent is hardly dearer than the cheapest. */
export function budgetsOf(singles: readonly Single[]): number[] {
  const cheapest = Math.min(...singles.map(({ cost }) => cost));
  const best = singles.reduce((one, other) => (other.reward > one.reward ? other : one));
  if (cheapest <= 0 || best.cost < LEAST_RANGE * cheapest) return [];
  return SHARES.map((share) => cheapest * (best.cost / cheapest) ** share);
}
