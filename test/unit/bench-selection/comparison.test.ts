import { expect, it } from 'vitest';
import { compareBudgets } from '../../../bench/selection/compare-budgets.js';
import { compareChanges } from '../../../bench/selection/compare-changes.js';
import { compareGaps } from '../../../bench/selection/compare-gaps.js';
import type { MakeMethod } from '../../../bench/selection/method.js';
import { thompson } from '../../../bench/selection/methods/thompson.js';
import { drawnRegime } from '../../../bench/selection/worlds/drawn-regimes.js';
import { syntheticWorld } from '../../../bench/selection/worlds/synthetic.js';
import type { World } from '../../../bench/selection/worlds/world.js';
import { seededUniform } from '../../../src/evidence/random.js';

/** Always one agent by its place in the order that methods see. */
const always =
  (agent: number): MakeMethod =>
  () => ({ choose: () => agent, update: () => undefined });

const chance: MakeMethod = (_, uniform) => ({
  choose: ({ offered }) => offered[Math.floor(uniform() * offered.length)] ?? 0,
  update: () => undefined,
});

it('gaps: chance closes none, and the reference is not beside itself', () => {
  const regime = {
    ...drawnRegime('development', 1),
    agents: 6,
    tasks: 300,
    agentSpread: 1,
    shape: 'normal',
  } as const;
  const { rows, random, best } = compareGaps(
    'test',
    [1, 2, 3, 4, 5, 6],
    { thompson: thompson(), chance },
    (seed) => syntheticWorld(regime, seededUniform(`gap|${seed}`)),
  );
  const [reference, luck] = rows;
  expect(best).toBeGreaterThan(random);
  expect(reference).toMatchObject({ method: 'thompson', beside: null, atLeast: null });
  expect(reference?.gapClosed.mean).toBeGreaterThan(0.2);
  expect(Math.abs(luck?.gapClosed.mean ?? 1)).toBeLessThan(0.15);
  expect(luck?.beside?.mean).toBeCloseTo((luck?.gapClosed.mean ?? 0) - (reference?.gapClosed.mean ?? 0), 10);
  expect(luck?.atLeast).toBeLessThan(0.5);
});

it('changes: one who always takes the same agent follows at once or never', () => {
  const rows = compareChanges([1, 2, 3, 4, 5, 6, 7, 8], { thompson: thompson(), stubborn: always(3) });
  const stubborn = rows.filter(({ method }) => method === 'stubborn');
  expect(stubborn.map(({ change }) => change)).toEqual(['drop', 'added', 'risen']);
  for (const { mean, never } of stubborn)
    expect(mean.mean).toBeCloseTo((never * 3_000 + (8 - never) * 20) / 8, 10);
  expect(stubborn.reduce((sum, { never }) => sum + never, 0)).toBeGreaterThan(12);
  const added = rows.find(({ method, change }) => method === 'thompson' && change === 'added');
  expect(added?.mean.mean).toBeLessThan(1_000);
}, 120_000);

it('budgets: spending and reward are laid beside the best fixed mixture', () => {
  const world: World = {
    agents: 2,
    tasks: 100,
    category: () => 'all',
    text: () => '',
    offered: () => [0, 1],
    expected: (_, agent) => (agent === 0 ? 0.2 : 0.8),
    reward: (_, agent) => agent,
    cost: (_, agent) => (agent === 0 ? 1 : 3),
  };
  // In both orders, the cheap agent yields .2 for 1 USD, the dear one .8 for 3 USD; half of each costs 2.
  const [table] = compareBudgets(
    'test',
    [1, 2, 3, 4],
    { first: always(0), chance },
    () => world,
    () => [{ name: 'two', budget: 2 }],
  );
  expect(table?.name).toBe('test, two');
  expect(table?.mixture).toBeCloseTo(0.5, 12);
  const [first, luck] = table?.rows ?? [];
  expect(luck?.spent.mean).toBeGreaterThan(0.85);
  expect(luck?.spent.mean).toBeLessThan(1.15);
  expect(Math.abs(luck?.besideMixture.mean ?? 1)).toBeLessThan(0.06);
  const dear = Math.round(4 * (((first?.reward.mean ?? 0) - 0.2) / 0.6));
  expect(first?.over).toEqual({ worlds: dear, longest: dear === 0 ? 0 : 100 });
  expect(first?.spent.mean).toBeCloseTo((0.5 * (4 - dear) + 1.5 * dear) / 4, 10);
});
