import { describe, expect, it } from 'vitest';
import { betaBelow, betaInterval } from '../../../src/evidence/beta.js';
import { CLAIM_PRIOR, claimsOf, meanTrustOf, trustOf, UNCHECKED } from '../../../src/evidence/claims.js';
import type { Attempt, Outcome } from '../../../src/shared/task.js';
import { attempt, executionRecord } from '../learning/execution-records.js';

describe('the Beta distribution', () => {
  it('is the share of a binomial tail', () => {
    // P(Beta(a, b) < x) = P(Binomial(a + b - 1, x) >= a) for whole a and b.
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    for (const [a, b] of [
      [1, 1],
      [2, 5],
      [9, 3],
      [40, 60],
    ] as const)
      for (const x of [0.05, 0.3, 0.5, 0.77, 0.99]) {
        const n = a + b - 1;
        let tail = 0;
        for (let k = a; k <= n; k += 1) tail += choose(n, k) * x ** k * (1 - x) ** (n - k);
        expect(betaBelow(x, a, b)).toBeCloseTo(tail, 9);
      }
  });

  it('has an interval with 2.5% on either side', () => {
    for (const [a, b] of [
      [4.75, 0.25],
      [1, 1],
      [300, 2],
    ] as const) {
      const { low, high } = betaInterval(a, b);
      expect(betaBelow(low, a, b)).toBeCloseTo(0.025, 6);
      // Where so much of it lies against 1, no number is fine enough to say it more exactly.
      expect(betaBelow(high, a, b)).toBeCloseTo(0.975, high > 1 - 1e-9 ? 1 : 6);
    }
  });
});

describe('claims', () => {
  const said = (claimed: boolean | null, more: Partial<Attempt> = {}): Attempt => ({
    ...attempt([], 'code'),
    claimed,
    ...more,
  });
  const sumsOf = (attempts: Attempt[], outcome: Outcome) =>
    claimsOf(executionRecord({ id: 'x', attempts }), outcome).map(({ dimensions, sums }) => [
      dimensions['agentType'],
      sums,
    ]);
  const human = (success: boolean | null): Outcome => ({ success, source: 'human' });

  it('are confirmed or overruled by who looked at the work', () => {
    expect(sumsOf([said(true)], human(true))).toEqual([['code', { successesConfirmed: 1 }]]);
    expect(sumsOf([said(true)], human(false))).toEqual([['code', { successesOverruled: 1 }]]);
    expect(sumsOf([said(false)], human(true))).toEqual([['code', { failuresOverruled: 1 }]]);
    expect(sumsOf([said(false)], { success: false, source: 'verifier' })).toEqual([
      ['code', { failuresConfirmed: 1 }],
    ]);
  });

  it('count for nothing where nobody looked, or nothing was claimed', () => {
    expect(sumsOf([said(true)], { success: true, source: 'agent' })).toEqual([]);
    expect(sumsOf([said(true)], { success: false, source: 'system' })).toEqual([]);
    expect(sumsOf([said(true)], human(null))).toEqual([]);
    expect(sumsOf([said(null, { success: null })], human(true))).toEqual([]);
    // An attempt that another's outcome decided.
    expect(sumsOf([said(true, { decisive: false })], human(false))).toEqual([]);
  });

  it('are not read into a failure of which the agent itself said nothing', () => {
    const { claimed: _, ...silent } = said(null, { success: false, source: 'system' });
    expect(sumsOf([silent], human(true))).toEqual([]);
    // Records made before claims were kept do not tell an agent that said no from one that said nothing.
    expect(sumsOf([{ ...silent, source: 'agent' }], human(true))).toEqual([]);
    expect(sumsOf([{ ...silent, source: 'agent', success: true }], human(true))).toEqual([
      ['code', { successesConfirmed: 1 }],
    ]);
  });

  it('of attempts that did not decide are judged by their own verifiers', () => {
    const judged = said(true, { decisive: false, source: 'verifier', success: false });
    expect(sumsOf([judged, said(true, { agentType: 'other' })], human(true))).toEqual([
      ['code', { successesOverruled: 1 }],
      ['other', { successesConfirmed: 1 }],
    ]);
  });

  it('of agents that decided together are not all overruled by one failure', () => {
    const failed = said(true, { agentType: 'a', source: 'verifier', success: false });
    const fine = said(true, { agentType: 'b', source: 'verifier', success: true });
    const unchecked = said(true, { agentType: 'c' });
    expect(sumsOf([failed, fine, unchecked], { success: false, source: 'verifier' })).toEqual([
      ['a', { successesOverruled: 1 }],
      ['b', { successesConfirmed: 1 }],
    ]);
    expect(sumsOf([unchecked, fine], human(true))).toEqual([
      ['c', { successesConfirmed: 1 }],
      ['b', { successesConfirmed: 1 }],
    ]);
  });

  it('make a trust that begins at 95% and follows what is found', () => {
    expect(UNCHECKED.success).toMatchObject({ n: 0, overruled: 0 });
    expect(UNCHECKED.success.mean).toBeCloseTo(0.95);
    const half = trustOf({ successesConfirmed: 5, successesOverruled: 5 }).success;
    expect(half).toMatchObject({ n: 10, overruled: 5 });
    expect(half.mean).toBeCloseTo((CLAIM_PRIOR.confirmed + 5) / 15);
    expect(meanTrustOf({ successesConfirmed: 5, successesOverruled: 5 }).success).toBe(half.mean);
    expect(meanTrustOf({}).failure).toBe(UNCHECKED.failure.mean);
    expect(half.low).toBeLessThan(half.mean);
    expect(half.high).toBeGreaterThan(half.mean);
    expect(trustOf({ successesOverruled: 1_000 }).success.mean).toBeLessThan(0.01);
  });
});
