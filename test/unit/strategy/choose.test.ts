import { describe, expect, it } from 'vitest';
import { beta, seededUniform, uniformOf } from '../../../src/evidence/random.js';
import { assignOffers } from '../../../src/evidence/withholding.js';
import { parseStrategyId, planKey, strategyIdOf } from '../../../src/shared/plan-key.js';
import { choosePlan } from '../../../src/strategy/choose.js';
import { planPosterior } from '../../../src/strategy/posterior.js';

const row = (plan: string, category: string, successes: number, failures: number) => ({
  dimensions: { plan, category },
  sums: { successes, failures },
});

describe('the posterior of a plan', () => {
  it('is uniform where nothing is known', () => {
    expect(planPosterior([], 'single(a)', 'x')).toEqual({ a: 1, b: 1, executions: 0 });
  });

  it('counts its own category in full, and others up to a cap', () => {
    const rows = [row('single(a)', 'x', 4, 1), row('single(a)', 'y', 30, 0), row('single(b)', 'x', 9, 9)];
    expect(planPosterior(rows, 'single(a)', 'x')).toEqual({ a: 1 + 4 + 6, b: 2, executions: 5 });
    const kindred = [row('single(a)', 'x+flag', 20, 20)];
    expect(planPosterior(kindred, 'single(a)', 'x')).toEqual({ a: 6, b: 6, executions: 0 });
  });
});

describe('Thompson sampling', () => {
  const posteriors = new Map([
    ['good', { a: 30, b: 10, executions: 38 }],
    ['bad', { a: 5, b: 35, executions: 38 }],
    ['new', { a: 1, b: 1, executions: 0 }],
  ]);

  it('decides the same way for the same seed', () => {
    expect(choosePlan(posteriors, 'task-1')).toEqual(choosePlan(posteriors, 'task-1'));
  });

  it('chooses as often as its propensities say', () => {
    const counts: Record<string, number> = {};
    const claimed: Record<string, number> = {};
    const draws = 400;
    for (let index = 0; index < draws; index += 1) {
      const { key, candidates } = choosePlan(posteriors, `task-${index}`);
      counts[key] = (counts[key] ?? 0) + 1;
      for (const candidate of candidates)
        claimed[candidate.key] = (claimed[candidate.key] ?? 0) + candidate.propensity / draws;
    }
    for (const key of ['good', 'bad', 'new']) {
      const share = (counts[key] ?? 0) / draws;
      // Four standard errors of the share, and what the smoothing adds.
      expect(Math.abs(share - (claimed[key] ?? 0))).toBeLessThan(4 * Math.sqrt(0.25 / draws) + 0.01);
    }
    expect(claimed['good']).toBeGreaterThan(0.5);
    expect(claimed['bad']).toBeGreaterThan(0);
  });

  it('has propensities that add up to 1', () => {
    const sum = choosePlan(posteriors, 's').candidates.reduce(
      (total, { propensity }) => total + propensity,
      0,
    );
    expect(sum).toBeCloseTo(1, 10);
  });
});

describe('seeded chance', () => {
  it('draws beta variates with the right mean and variance', () => {
    const uniform = seededUniform('beta');
    const draws = Array.from({ length: 20_000 }, () => beta(2, 6, uniform));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0.25, 2);
    expect(variance).toBeCloseTo((2 * 6) / (8 ** 2 * 9), 2);
  });

  it('withholds the stated share, the same way for the same execution', () => {
    const offers = Array.from({ length: 2_000 }, (_, index) => ({ id: `l${index}`, version: 1, score: 1 }));
    const assigned = assignOffers(offers, 0.05, 'acme/t/run');
    const withheld = assigned.filter(({ shown }) => !shown).length;
    expect(withheld).toBeGreaterThan(60);
    expect(withheld).toBeLessThan(140);
    expect(assigned.every(({ probability }) => probability === 0.95)).toBe(true);
    expect(assignOffers(offers, 0.05, 'acme/t/run')).toEqual(assigned);
    expect(assignOffers(offers, 0.05, 'acme/t/other')).not.toEqual(assigned);
    expect(uniformOf('a')).not.toBe(uniformOf('b'));
  });
});

describe('plan keys', () => {
  it('say all that makes plans differ', () => {
    expect(planKey({ strategy: 'single', agents: ['a'] })).toBe('single(a)');
    expect(planKey({ strategy: 'sequential', agents: ['a', 'b'] })).toBe('sequential(a>b)');
    expect(planKey({ strategy: 'sequential', agents: ['a', 'b'], onFailure: 'stop' })).toBe(
      'sequential!(a>b)',
    );
    expect(planKey({ strategy: 'consensus', agents: ['a', 'b'], verifier: 'j' })).toBe('consensus(a=b|j)');
    expect(parseStrategyId(strategyIdOf('sequential!(a>b)', 'bug_fix.x+y'))).toEqual({
      key: 'sequential!(a>b)',
      category: 'bug_fix.x+y',
    });
    expect(parseStrategyId('nonsense')).toBeNull();
  });
});
