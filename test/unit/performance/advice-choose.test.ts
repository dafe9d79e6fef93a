import { describe, expect, it } from 'vitest';
import { type Candidate, GOAL, type Tested } from '../../../src/performance/advice/candidate.js';
import { choose } from '../../../src/performance/advice/choose.js';
import { priorityOf } from '../../../src/performance/advice/priority.js';

const candidate = (p: number, more: Partial<Candidate> = {}): Candidate => ({
  type: 'EXECUTION_SPEED',
  agentType: 'ann',
  category: 'parsing',
  subject: `p of ${p}`,
  p,
  effect: { scale: 'ratio', estimate: 0.5, error: 0.05, least: 0.05, typical: 0.3 },
  expectedImprovement: { metric: 'seconds', value: 0.4, low: 0.3, high: 0.5 },
  monthlyExecutions: 300,
  monthlySpend: 100,
  title: 'Speed up',
  reason: '',
  action: '',
  evidence: {},
  ...more,
});
const tested = (tests: number, ...candidates: Candidate[]): Tested => ({
  category: 'parsing',
  tests,
  candidates,
});
const subjects = (all: Tested[]): string[] => choose(all).map(({ subject }) => subject);

describe('choose', () => {
  it('takes what stands beside all tests, those of other categories too', () => {
    const one = candidate(0.004);
    expect(subjects([tested(20, one)])).toEqual([one.subject]);
    expect(subjects([tested(20, one), tested(20)])).toEqual([]);
    expect(subjects([])).toEqual([]);
  });

  it('takes weaker ones beside strong ones, as Benjamini and Hochberg do', () => {
    const all = [0.001, 0.004, 0.0075, 0.02].map((p) => candidate(p));
    expect(subjects([tested(40, ...all)])).toEqual(all.slice(0, 3).map(({ subject }) => subject));
  });

  it('puts the most urgent first', () => {
    const [small, large] = [candidate(1e-9, { monthlySpend: 1 }), candidate(1e-6, { monthlySpend: 1_000 })];
    const advice = choose([tested(10, small, large)]);
    expect(advice.map(({ priority }) => priority)).toEqual([9, 3]);
  });

  it('lets nothing be urgent that is not sure among all tests', () => {
    const large = { monthlySpend: 10_000 };
    const [unsure] = choose([tested(100, candidate(0.0009, large))]);
    const [sure] = choose([tested(100, candidate(0.0004, large))]);
    expect([unsure?.priority, sure?.priority]).toEqual([6, 10]);
  });
});

describe('priorityOf', () => {
  const promise = { metric: 'successRate', value: 0.2, low: 0.1, high: 0.3 } as const;
  const of = (monthlySpend: number, more: object = {}) =>
    priorityOf({ monthlySpend, subject: 'bob' }, { ...promise, ...more }, true);

  it('grows by 2 with each tenfold of what is avoided, within 1 to 10', () => {
    expect([5, 50, 500, 5_000, 50_000].map((executions) => of(executions))).toEqual([3, 5, 7, 9, 10]);
    expect(of(0)).toBe(1);
  });

  it('is below 7 where the lower end is hardly worth it, and of a mere goal', () => {
    expect(of(5_000, { low: 0.01 })).toBe(6);
    expect(of(500_000, { low: 0 })).toBe(6);
    expect(priorityOf({ monthlySpend: 5_000, subject: GOAL }, promise, true)).toBe(6);
    expect(priorityOf({ monthlySpend: 5_000, subject: 'bob' }, promise, false)).toBe(6);
  });
});
