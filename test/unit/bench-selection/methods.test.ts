import { describe, expect, it } from 'vitest';
import { play } from '../../../bench/selection/measures/play.js';
import { budgetMethods, methods } from '../../../bench/selection/methods/methods.js';
import { syntheticWorld } from '../../../bench/selection/worlds/synthetic.js';
import { permuted, singlesOf, type World } from '../../../bench/selection/worlds/world.js';
import { seededUniform } from '../../../src/evidence/random.js';

/** Four agents, of which one is far better than the others; two categories. */
function easyWorld(seed: number): World {
  const uniform = seededUniform(`easy|${seed}`);
  const [agents, tasks] = [4, 400];
  const all = [0, 1, 2, 3];
  const draws = Float64Array.from({ length: agents * tasks }, () => uniform());
  const expected = (_: number, agent: number): number => (agent === 0 ? 0.85 : 0.25);
  return permuted(
    {
      agents,
      tasks,
      category: (task) => (task % 2 === 0 ? 'even' : 'odd'),
      text: (task) => (task % 2 === 0 ? 'sort the list' : ''),
      offered: () => all,
      expected,
      reward: (task, agent) => ((draws[task * agents + agent] ?? 0) < expected(task, agent) ? 1 : 0),
      cost: (_, agent) => (agent === 0 ? 0.02 : 0.01),
    },
    uniform,
  );
}

const SEEDS = [1, 2, 3, 4];
const CHANCE = (0.85 + 3 * 0.25) / 4;

describe.each(Object.entries(methods))('%s', (_, make) => {
  it('gains at least a third of what there is over chance in an easy world', () => {
    const rewards = SEEDS.map((seed) => play(easyWorld(seed), make, seededUniform(`m|${seed}`)).reward);
    const mean = rewards.reduce((sum, reward) => sum + reward, 0) / SEEDS.length;
    expect(mean).toBeGreaterThan(CHANCE + (0.85 - CHANCE) / 3);
  });

  it('chooses among the agents offered alone, and the same by the same seed', () => {
    const world = { ...easyWorld(1), offered: (task: number) => (task < 50 ? [1, 3] : [0, 1, 2, 3]) };
    const once = play(world, make, seededUniform('same'));
    expect(play(world, make, seededUniform('same'))).toEqual(once);
  });
});

describe.each(Object.entries(budgetMethods))('%s with a budget', (_, make) => {
  it('spends no more than a tenth above what it is given where it can', () => {
    for (const seed of SEEDS) {
      const { cost, reward } = play(easyWorld(seed), make, seededUniform(`b|${seed}`), 0.015);
      expect(cost).toBeLessThan(0.0165);
      expect(reward).toBeGreaterThan(CHANCE);
    }
  });
});

it('nothing can be read from the order of the agents', () => {
  const regime = {
    agents: 5,
    tasks: 50,
    categories: 2,
    mean: 0.5,
    shape: 'normal',
    agentSpread: 1,
    categorySpread: 0,
    agentInCategorySpread: 0,
    difficulty: 0,
    zipf: 0,
    graded: false,
    walk: 0,
  } as const;
  const world = syntheticWorld(regime, seededUniform('world'));
  const orders = Array.from({ length: 20 }, (_, seed) =>
    singlesOf(permuted(world, seededUniform(`order|${seed}`))).map(({ reward }) => reward),
  );
  expect(new Set(orders.map((order) => order.indexOf(Math.max(...order)))).size).toBeGreaterThan(2);
  const sorted = orders.map((order) => order.toSorted((a, b) => a - b));
  for (const each of sorted) expect(each).toEqual(sorted[0]);
});
