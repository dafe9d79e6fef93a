import { describe, expect, it } from 'vitest';
import { budgetsOf, pricedWorld } from '../../../bench/selection/worlds/budgeted.js';
import { CHANGES, changedWorld } from '../../../bench/selection/worlds/changed.js';
import { drawnRegime, ranges } from '../../../bench/selection/worlds/drawn-regimes.js';
import { listedRegimes } from '../../../bench/selection/worlds/listed-regimes.js';
import { isPriced, replayedWorld } from '../../../bench/selection/worlds/replayed.js';
import { syntheticWorld } from '../../../bench/selection/worlds/synthetic.js';
import { singlesOf, type World } from '../../../bench/selection/worlds/world.js';
import { seededUniform } from '../../../src/evidence/random.js';
import { syntheticReplay } from '../evaluate/synthetic-replay.js';

const meanOf = (world: World): number => {
  const singles = singlesOf(world);
  return singles.reduce((sum, { reward }) => sum + reward, 0) / singles.length;
};

describe('synthetic worlds', () => {
  it.each(Object.entries(listedRegimes))('%s: rewards have the mean that is stated', (name, regime) => {
    const world = syntheticWorld({ ...regime, walk: 0 }, seededUniform(name));
    // The mean is set by the first 400 tasks; the others differ by chance.
    expect(Math.abs(meanOf(world) - regime.mean)).toBeLessThan(0.04);
  });

  it.each([false, true])('show rewards of the expected mean, grades: %s', (graded) => {
    const regime = { ...(listedRegimes['specialists'] ?? drawnRegime('development', 1)), graded };
    const world = syntheticWorld(regime, seededUniform('shown'));
    let [shown, expected, between] = [0, 0, 0];
    for (let task = 0; task < world.tasks; task++)
      for (let agent = 0; agent < world.agents; agent++) {
        const reward = world.reward(task, agent);
        shown += reward;
        expected += world.expected(task, agent);
        if (reward > 0 && reward < 1) between += 1;
      }
    const count = world.tasks * world.agents;
    expect(Math.abs(shown - expected) / count).toBeLessThan(0.01);
    expect(between > 0).toBe(graded);
  });

  it('have equal agents where the shape is equal and nothing else sets them apart', () => {
    const world = syntheticWorld(
      { ...drawnRegime('development', 2), shape: 'equal', agentInCategorySpread: 0, walk: 0 },
      seededUniform('equal'),
    );
    const [first, ...others] = singlesOf(world);
    for (const other of others) expect(other.reward).toBeCloseTo(first?.reward ?? 0, 10);
  });

  it('have categories as frequent as Zipf says', () => {
    const regime = { ...drawnRegime('development', 3), categories: 3, tasks: 5_000, zipf: 1 };
    const world = syntheticWorld(regime, seededUniform('zipf'));
    const counts = new Map<string, number>();
    for (let task = 0; task < world.tasks; task++)
      counts.set(world.category(task), (counts.get(world.category(task)) ?? 0) + 1);
    const total = 1 + 1 / 2 + 1 / 3;
    [1, 1 / 2, 1 / 3].forEach((weight, index) => {
      const share = (counts.get(`category-${index + 1}`) ?? 0) / world.tasks;
      expect(Math.abs(share - weight / total)).toBeLessThan(0.03);
    });
  });
});

describe('drawn regimes', () => {
  it('lie in the stated ranges, and differ between the sets', () => {
    const sets = (['development', 'held-out'] as const).map((set) =>
      Array.from({ length: 200 }, (_, number) => drawnRegime(set, number + 1)),
    );
    for (const regime of sets.flat())
      for (const name of ['agents', 'tasks', 'categories', 'mean', 'agentSpread', 'difficulty'] as const) {
        expect(regime[name]).toBeGreaterThanOrEqual(ranges[name].from);
        expect(regime[name]).toBeLessThanOrEqual(ranges[name].to);
      }
    const texts = sets.flat().map((regime) => JSON.stringify(regime));
    expect(new Set(texts).size).toBe(400);
    expect(drawnRegime('held-out', 7)).toEqual(drawnRegime('held-out', 7));
  });
});

describe('changed worlds', () => {
  it.each(CHANGES)('%s: the agents are as good as stated, before and after', (change) => {
    const world = changedWorld(change, 500, 100, seededUniform(change));
    const [before, after] = [499, 500];
    expect(world.tasks).toBe(600);
    const at = (task: number) => world.offered(task).map((agent) => world.expected(task, agent));
    const best = Math.max(...at(before));
    const leader = world.offered(before).find((agent) => world.expected(before, agent) === best) ?? 0;
    if (change === 'drop') expect(world.expected(after, leader)).toBeCloseTo(best - 0.3, 12);
    else expect(Math.max(...at(after))).toBeCloseTo(best + 0.15, 12);
    expect(world.offered(before).length).toBe(change === 'added' ? 9 : 10);
    expect(world.offered(after).length).toBe(10);
    const changed = world
      .offered(before)
      .filter((agent) => world.expected(before, agent) !== world.expected(after, agent));
    expect(changed.length).toBe(change === 'added' ? 0 : 1);
  });
});

describe('worlds with costs', () => {
  it('have budgets between the cheapest agent and the best one', () => {
    const world = pricedWorld({ ...drawnRegime('development', 3), tasks: 400 }, seededUniform('priced'));
    const singles = singlesOf(world);
    const cheapest = Math.min(...singles.map(({ cost }) => cost));
    const best = singles.reduce((one, other) => (other.reward > one.reward ? other : one));
    const budgets = budgetsOf(singles);
    expect(budgets.length).toBe(3);
    for (const budget of budgets) {
      expect(budget).toBeGreaterThan(cheapest);
      expect(budget).toBeLessThan(best.cost);
    }
    expect(budgetsOf([{ reward: 1, cost: 0.01 }, ...singles.map((each) => ({ ...each, cost: 1 }))])).toEqual(
      [],
    );
  });
});

it('a replay file is a world of its recorded rewards, categories and costs', () => {
  const replay = syntheticReplay(
    3,
    2,
    (task, agent) => (task + agent) / 4,
    (_, agent) => agent + 1,
  );
  const world = replayedWorld(replay);
  expect([world.tasks, world.agents]).toEqual([3, 2]);
  expect([0, 1, 2].map((task) => world.category(task))).toEqual(['even', 'odd', 'even']);
  expect(world.reward(2, 1)).toBe(0.75);
  expect(world.cost(2, 1)).toBe(2);
  expect(isPriced(replay)).toBe(true);
  expect(isPriced(syntheticReplay(3, 2, () => 1))).toBe(false);
});
