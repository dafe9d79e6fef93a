import { describe, expect, it } from 'vitest';
import { featureKey } from '../../../src/learning/feature.js';
import { pool, practiceDrafts } from '../../../src/learning/practices.js';
import { madeLearning } from './made-learning.js';

const feature = featureKey({ kind: 'action', type: 'check' });

/** The action in a category, with an effect by agent. */
const steady = (category: string, ...effects: number[]) => ({
  feature,
  pValue: 1e-6,
  cells: effects.map((effect, index) => ({ agent: `agent-${index}`, effect, error: 0.08 })),
  learning: madeLearning({
    category,
    pattern: { kind: 'action', group: category, action: feature },
    tasks: 15,
    agentTypes: ['coder'],
  }),
});

describe('a best practice', () => {
  it('holds in two categories and with every agent alike', () => {
    const [practice] = practiceDrafts([steady('docs', 0.4, 0.45), steady('bug_fix', 0.5, 0.38)], new Set());
    expect(practice).toMatchObject({
      type: 'BEST_PRACTICE',
      state: 'asserted',
      confidence: 'VERY_HIGH',
      groups: ['bug_fix', 'docs'],
      action: { verb: 'prefer', type: 'check' },
      category: null,
      tasks: 30,
      counts: { n: 40, successes: 36, withoutN: 60, withoutSuccesses: 24 },
    });
    expect(practice?.effect).toBeGreaterThan(0.38);
    expect(practice?.effect).toBeLessThan(0.5);
  });

  it('is none where one agent, or one category, does otherwise, or only one category is known', () => {
    expect(practiceDrafts([steady('docs', 0.4, -0.2), steady('bug_fix', 0.5, 0.4)], new Set())).toEqual([]);
    expect(practiceDrafts([steady('docs', 0.9, 0.9), steady('bug_fix', 0.3, 0.3)], new Set())).toEqual([]);
    expect(practiceDrafts([steady('docs', 0.4, 0.4)], new Set())).toEqual([]);
  });

  it('that is known stays one until its effects surely differ', () => {
    const members = [steady('docs', 0.2), steady('bug_fix', 0.45)];
    // Chance differs so in between one and five of a hundred.
    expect(pool(members.flatMap(({ cells }) => cells)).homogeneity).toBeGreaterThan(0.01);
    expect(pool(members.flatMap(({ cells }) => cells)).homogeneity).toBeLessThan(0.05);
    expect(practiceDrafts(members, new Set())).toEqual([]);
    expect(practiceDrafts(members, new Set([feature]))).toHaveLength(1);
  });
});

it('the test of homogeneity agrees with tables of chi-square', () => {
  // Two effects d apart with errors of 1: Q = d^2 / 2 on one degree of freedom.
  const of = (q: number) =>
    pool([
      { effect: 0, error: 1 },
      { effect: Math.sqrt(2 * q), error: 1 },
    ]).homogeneity;
  expect(of(3.841)).toBeCloseTo(0.05, 2);
  expect(of(6.635)).toBeCloseTo(0.01, 2);
  const three = [0, 1.7308, 3.4616].map((effect) => ({ effect, error: 1 }));
  expect(pool(three).homogeneity).toBeCloseTo(0.05, 2);
});
