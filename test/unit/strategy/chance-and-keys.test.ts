import { describe, expect, it } from 'vitest';
import { beta, seededUniform, uniformOf } from '../../../src/evidence/random.js';
import { assignOffers } from '../../../src/evidence/withholding.js';
import { parseStrategyId, planKey, strategyIdOf } from '../../../src/shared/plan-key.js';

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
