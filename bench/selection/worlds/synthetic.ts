/** Worlds drawn by a regime. */
import { mean } from 'simple-statistics';
import { beta, type Uniform } from '../../../src/evidence/random.js';
import { normal } from '../draws.js';
import type { Regime, Shape } from './regime.js';
import type { World } from './world.js';

/** Precision of a grade about its mean: its variance is p (1 - p) / (1 + this). */
const GRADE_PRECISION = 4;
/** Tasks that the mean reward is set by; tasks are alike, so these stand for all. */
const CALIBRATED = 400;

/** Draws a world: log-odds are the sum of the agent's, the category's, their common and the task's effect. */
export function syntheticWorld(regime: Regime, uniform: Uniform): World {
  const { agents, tasks, categories } = regime;
  const spread = (count: number, deviation: number): Float64Array =>
    Float64Array.from({ length: count }, () => deviation * normal(uniform));
  const agentEffect = Float64Array.from(
    { length: agents },
    () => regime.agentSpread * standardEffect[regime.shape](uniform),
  );
  const categoryEffect = spread(categories, regime.categorySpread);
  const common = spread(agents * categories, regime.agentInCategorySpread);
  const category = categoriesOf(regime, uniform);
  const difficulty = spread(tasks, regime.difficulty);
  const effect = (task: number, agent: number): number => {
    const c = category[task] ?? 0;
    return (
      (agentEffect[agent] ?? 0) +
      (categoryEffect[c] ?? 0) +
      (common[agent * categories + c] ?? 0) -
      (difficulty[task] ?? 0)
    );
  };
  const intercept = interceptOf(regime, effect);
  const walked = new Float64Array(agents);
  const expected = new Float64Array(tasks * agents);
  const rewards = new Float64Array(tasks * agents);
  for (let task = 0; task < tasks; task++)
    for (let agent = 0; agent < agents; agent++) {
      if (regime.walk > 0) walked[agent] = (walked[agent] ?? 0) + regime.walk * normal(uniform);
      const p = logistic(intercept + effect(task, agent) + (walked[agent] ?? 0));
      expected[task * agents + agent] = p;
      rewards[task * agents + agent] = rewardOf(p, regime.graded, uniform);
    }
  const all = Array.from({ length: agents }, (_, agent) => agent);
  const names = Array.from({ length: categories }, (_, c) => `category-${c + 1}`);
  return {
    agents,
    tasks,
    category: (task) => names[category[task] ?? 0] ?? '',
    text: () => '',
    offered: () => all,
    expected: (task, agent) => expected[task * agents + agent] ?? 0,
    reward: (task, agent) => rewards[task * agents + agent] ?? 0,
    cost: () => 0,
  };
}

const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** Draws of an agent's effect, of a standard deviation of about 1. */
const standardEffect: Record<Shape, (uniform: Uniform) => number> = {
  normal,
  uniform: (uniform) => Math.sqrt(12) * (uniform() - 0.5),
  'few good': (uniform) => (uniform() < 0.15 ? 1.5 + 0.2 * normal(uniform) : -0.3 + 0.3 * normal(uniform)),
  clusters: (uniform) => (uniform() < 0.5 ? 1 : -1) + 0.2 * normal(uniform),
  equal: () => 0,
};

/** Each task's category. */
function categoriesOf({ categories, tasks, zipf }: Regime, uniform: Uniform): Int32Array {
  const weights = Array.from({ length: categories }, (_, index) => (index + 1) ** -zipf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Int32Array.from({ length: tasks }, () => {
    let left = uniform() * total;
    const found = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return found < 0 ? categories - 1 : found;
  });
}

/** The log-odds at which all agents' rewards have the regime's mean, by bisection. */
function interceptOf(regime: Regime, effect: (task: number, agent: number) => number): number {
  const effects: number[] = [];
  for (let task = 0; task < Math.min(CALIBRATED, regime.tasks); task++)
    for (let agent = 0; agent < regime.agents; agent++) effects.push(effect(task, agent));
  let [low, high] = [-10, 10];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (mean(effects.map((each) => logistic(middle + each))) < regime.mean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const rewardOf = (p: number, graded: boolean, uniform: Uniform): number => {
  if (graded) return beta(GRADE_PRECISION * p, GRADE_PRECISION * (1 - p), uniform);
  return uniform() < p ? 1 : 0;
};
