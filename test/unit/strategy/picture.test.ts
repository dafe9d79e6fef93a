import { expect, it } from 'vitest';
import { pictureOf } from '../../../src/strategy/picture.js';
import { TenantEvidence } from '../../../src/strategy/tenant-evidence.js';
import { executions, offerOf } from './plan-offers.js';

const BASE = 28_000_000;
const NOW = (BASE + 300) * 60_000;
const offer = offerOf(['steady', 'fallen', 'late']);

it('shows what the next task would be chosen from, what has changed, and what came later', () => {
  const evidence = new TenantEvidence();
  const outcomes = (agent: string, from: number, successes: number) =>
    evidence.update(
      Array.from({ length: 40 }, (_, index) =>
        executions(agent, from + index, {
          n: 10,
          successes,
          sums: { predicted: 10, predictedReward: successes * 1e6, expected: 9e6 },
        }),
      ),
    );
  outcomes('steady', BASE, 9);
  outcomes('fallen', BASE + 40, 9);
  expect(pictureOf(evidence, offer, ['c'], NOW).changes).toEqual([]);
  outcomes('fallen', BASE + 80, 2);
  evidence.update([executions('steady', BASE + 200, { category: 'other', n: 1 })]);
  const { candidates, changes, newcomers, tasks } = pictureOf(evidence, offer, ['c', 'other'], NOW);
  expect([...candidates.keys()]).toEqual(['c', 'other']);
  const beliefs = new Map(candidates.get('c')?.map((candidate) => [candidate.key, candidate]));
  expect([...beliefs.keys()].sort()).toEqual(['single(fallen)', 'single(late)', 'single(steady)']);
  expect(beliefs.get('single(fallen)')?.mean).toBeLessThan(0.4);
  expect(beliefs.get('single(steady)')?.mean).toBeGreaterThan(0.7);
  expect([...beliefs.values()].reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(1);
  expect(newcomers).toEqual(['single(late)']);
  expect(changes.map(({ plan }) => plan)).toEqual(['single(fallen)']);
  const since = changes[0]?.since ?? 0;
  // Within a few periods of when it fell.
  expect(Math.abs(since - (BASE + 80) * 60_000)).toBeLessThan(10 * 60_000);
  expect(tasks).toBe(1_201);
});

it('knows nothing of a tenant without tasks, and nothing of plans without agents', () => {
  const nothing = { tasks: 0, spent: 0, changes: [], unavailable: [] };
  expect(pictureOf(new TenantEvidence(), { agents: [], plans: [] }, ['c'], NOW)).toEqual({
    ...nothing,
    candidates: new Map(),
    newcomers: [],
  });
  expect(pictureOf(new TenantEvidence(), offer, [], NOW)).toMatchObject(nothing);
});
