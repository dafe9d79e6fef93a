import { describe, expect, it } from 'vitest';
import { CUT } from '../../../../src/shared/sizes.js';
import type { PlanRequest } from '../../../../src/shared/task.js';
import { difference } from '../../../../src/store/counters.js';
import { HANDOVERS, handoversOf } from '../../../../src/strategy/composition/handovers.js';
import { planRecord, type Try } from './chains.js';

const fallback = (...agents: string[]): PlanRequest => ({ strategy: 'sequential', agents });
const consensus: PlanRequest = { strategy: 'consensus', agents: ['b', 'a', 'c'] };
const told = (plan: PlanRequest, tries: readonly Try[]) => {
  const record = planRecord(plan, tries);
  return handoversOf(record, record.outcome).map(({ dimensions: { first, then }, sums }) => [
    `${first} ${then}`,
    sums,
  ]);
};

describe('one agent after another', () => {
  it('is counted where the first was judged to have failed, with what the other cost and took', () => {
    const record = planRecord(fallback('a', 'b'), [
      { agent: 'a', success: false, cost: 1 },
      { agent: 'b', success: true, cost: 0.25 },
    ]);
    expect(handoversOf(record, record.outcome)).toEqual([
      {
        projection: HANDOVERS,
        dimensions: { first: 'a', then: 'b', category: 'bug_fix' },
        sums: { tries: 1, successes: 1, costed: 1, costMicroUsd: 250_000, timed: 1, ms: 2_000 },
        followed: true,
      },
    ]);
  });

  it('is counted apart where more than one had failed', () => {
    const tries = ['a', 'b', 'c'].map((agent) => ({ agent, success: false }));
    expect(told(fallback('a', 'b', 'c'), tries)).toEqual([
      ['a b', { tries: 1, timed: 1, ms: 2_000 }],
      ['b c', { laterTries: 1, timed: 1, ms: 2_000 }],
    ]);
  });

  it('does not count an agent’s own word, nor that of a system that broke down', () => {
    const failed = { agent: 'a', success: false };
    const helped = { agent: 'b', success: true };
    expect(told(fallback('a', 'b'), [{ ...failed, source: 'agent' }, helped])).toEqual([]);
    expect(told(fallback('a', 'b'), [{ ...failed, source: 'system' }, helped])).toEqual([]);
    expect(told(fallback('a', 'b'), [failed, { ...helped, source: 'agent' }])).toEqual([]);
    expect(told({ ...fallback('a', 'b'), onFailure: 'stop' }, [failed, helped])).toEqual([]);
  });

  it('follows what people say later', () => {
    const record = planRecord(fallback('a', 'b'), [
      { agent: 'a', success: false },
      { agent: 'b', success: true },
    ]);
    const before = handoversOf(record, record.outcome);
    const after = handoversOf(record, { success: false, source: 'human' });
    expect(difference(before, after)).toMatchObject([{ sums: { successes: -1 } }]);
  });
});

describe('agents beside each other', () => {
  it('are told apart by who was right, in alphabetical order', () => {
    const tries = [
      { agent: 'b', success: true, output: 1 },
      { agent: 'a', success: false, output: 2 },
      { agent: 'c', success: true, output: 1 },
    ];
    expect(told(consensus, tries)).toEqual([
      ['a b', { onlyThen: 1, compared: 1 }],
      ['b c', { both: 1, compared: 1, agreed: 1, comparedRight: 1, agreedRight: 1 }],
      ['a c', { onlyThen: 1, compared: 1 }],
    ]);
  });

  it('are judged with the one that gave the same answer', () => {
    const own = { success: true, source: 'agent' as const };
    const record = planRecord(consensus, [
      { agent: 'b', ...own, output: { x: 1, y: 2 }, decisive: true },
      { agent: 'a', ...own, output: { y: 2, x: 1 } },
      { agent: 'c', ...own, output: 'other' },
    ]);
    expect(handoversOf(record, { success: false, source: 'human' }).map(({ sums }) => sums)).toEqual([
      { neither: 1, compared: 1, agreed: 1 },
      { compared: 1 },
      { compared: 1 },
    ]);
  });

  it('are not compared by answers that are missing or were cut', () => {
    const cut = { success: true, output: CUT };
    expect(
      told(consensus, [
        { agent: 'b', ...cut },
        { agent: 'a', ...cut },
        { agent: 'c', success: true },
      ]).map(([, sums]) => sums),
    ).toEqual([{ both: 1 }, { both: 1 }, { both: 1 }]);
  });

  it('are compared up to eight, however many there are', () => {
    const agents = Array.from({ length: 20 }, (_, index) => `agent${index}`);
    const plan: PlanRequest = { strategy: 'parallel', agents };
    expect(
      told(
        plan,
        agents.map((agent) => ({ agent, success: true })),
      ),
    ).toHaveLength(28);
  });
});
