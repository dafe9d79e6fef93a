import { describe, expect, it } from 'vitest';
import { meanTrustOf } from '../../../src/evidence/claims.js';
import type { Attempt, ExecutionRecord, Outcome } from '../../../src/shared/task.js';
import { evidenceRow, planEvidenceOf, slotOf } from '../../../src/strategy/evidence-rows.js';
import { agentsOfKey, planTrust } from '../../../src/strategy/plan-trust.js';
import { attempt, executionRecord } from '../learning/execution-records.js';

const endedAt = 1_700_000_000_000;
const slot = slotOf(endedAt);

function record(given: { attempts?: Attempt[]; choice?: Partial<ExecutionRecord['choice']> } = {}) {
  const made = executionRecord({ id: 'x', plan: 'single(a)', category: 'c', endedAt });
  const { choice } = made;
  if (choice === null) throw new Error('The record has no choice');
  return {
    ...made,
    attempts: given.attempts ?? [attempt([], 'a')],
    choice: { ...choice, ...given.choice },
  };
}
const rowsOf = (made: ExecutionRecord, outcome: Outcome = { success: true, source: 'verifier' }) =>
  planEvidenceOf(made, outcome).map(({ dimensions, sums }) => [dimensions['plan'], sums]);
const costing = (cost: number | undefined): Attempt => {
  const made = attempt([], 'a');
  return { ...made, report: { ...made.report, ...(cost === undefined ? {} : { cost }) } };
};
const silent = (agentType: string): Attempt => ({
  ...attempt([], agentType),
  success: false,
  unanswered: true,
});

describe('what an execution tells of its plan', () => {
  it('is its reward, time and known cost in the minute it ended, in whole numbers', () => {
    const [increment] = planEvidenceOf(record({ attempts: [costing(0.0125)] }), {
      success: true,
      source: 'verifier',
      score: 0.75,
    });
    expect(increment).toEqual({
      projection: 'evidence',
      dimensions: { plan: 'single(a)', category: 'c', slot },
      sums: {
        executions: 1,
        reward: 750_000,
        rewardSquares: 562_500,
        costed: 1,
        costMicroUsd: 12_500,
        timed: 1,
        durationMs: 1_000,
      },
      followed: true,
    });
    expect(Number(slot)).toBe(Math.floor(endedAt / 60_000));
  });

  it('is no execution where the outcome is unknown, but time and cost all the same', () => {
    const unknown: Outcome = { success: null, source: 'agent' };
    expect(rowsOf(record({ attempts: [costing(1)] }), unknown)).toEqual([
      ['single(a)', { costed: 1, costMicroUsd: 1_000_000, timed: 1, durationMs: 1_000 }],
    ]);
  });

  it('holds what was expected of it when it was drawn, and only then', () => {
    const drawn = record({ choice: { source: 'posterior', confidence: 0.8 } });
    expect(rowsOf(drawn)[0]?.[1]).toMatchObject({ predicted: 1, predictedReward: 1e6, expected: 800_000 });
    const requested = record({ choice: { source: 'requested', confidence: null } });
    expect(rowsOf(requested)[0]?.[1]).not.toHaveProperty('predicted');
    const unknown = rowsOf(drawn, { success: null, source: 'system' });
    expect(unknown[0]?.[1]).not.toHaveProperty('predicted');
  });

  it('tells what exploring was expected to forgo', () => {
    const candidates = [0.9, 0.6].map((mean) => ({ key: `${mean}`, propensity: 0.5, mean, executions: 1 }));
    const choice = { source: 'posterior' as const, confidence: 0.6, candidates };
    expect(rowsOf(record({ choice: { ...choice, explored: true } }))[0]).toEqual([
      'single(a)',
      { explored: 1, forgone: 300_000 },
    ]);
    expect(rowsOf(record({ choice }))).toHaveLength(1);
  });

  it("tells what is by the agent's own word alone, also of a score that somebody else gave", () => {
    const own = (outcome: Outcome) => rowsOf(record(), outcome)[0]?.[1];
    expect(own({ success: true, source: 'agent' })).toMatchObject({ claimedSuccesses: 1e6 });
    expect(own({ success: false, source: 'agent' })).toMatchObject({ claimedFailures: 1e6 });
    expect(own({ success: true, source: 'agent', score: 0.4 })).toMatchObject({ claimedSuccesses: 400_000 });
    const graded = own({ success: true, source: 'agent', score: 0.4, gradedBy: { source: 'human' } });
    expect(graded).not.toHaveProperty('claimedSuccesses');
    expect(own({ success: true, source: 'human' })).not.toHaveProperty('claimedSuccesses');
  });

  it('marks the plans that were offered for the first time', () => {
    expect(rowsOf(record({ choice: { introduced: ['single(a)', 'single(b)'] } })).slice(1)).toEqual([
      ['single(a)', { introduced: 1 }],
      ['single(b)', { introduced: 1 }],
    ]);
  });

  it('is also what the first try of a fallback says of its agent alone, where somebody judged it', () => {
    const plan = { strategy: 'sequential', onFailure: 'next', key: 'sequential(a>b)', agents: [] } as never;
    const tried = (agent: string, success: boolean, source: Attempt['source'] = 'verifier'): Attempt => ({
      ...attempt([], agent),
      success,
      source,
      decisive: success,
      elapsedMs: 700,
    });
    const alone = (attempts: Attempt[], outcome?: Outcome, given: object = {}) =>
      rowsOf(record({ attempts, choice: { plan: Object.assign({}, plan, given) } }), outcome)
        .filter(([key]) => key === 'single(a)')
        .map(([, sums]) => sums)
        .filter((sums) => Object.hasOwn(sums as object, 'within'));
    const failed = { executions: 1, reward: 0, rewardSquares: 0, timed: 1, durationMs: 700, within: 1 };
    expect(alone([tried('a', false), tried('b', true)])).toEqual([failed]);
    const succeeded = { ...failed, reward: 1e6, rewardSquares: 1e6 };
    expect(alone([tried('a', true)])).toEqual([succeeded]);
    // A person's word on the task is one on whoever decided it.
    expect(alone([tried('a', true)], { success: false, source: 'human' })).toEqual([failed]);
    expect(alone([tried('a', false, 'agent'), tried('b', true)])).toEqual([]);
    expect(alone([tried('a', false), tried('b', true)], undefined, { onFailure: 'stop' })).toEqual([]);
    expect(alone([tried('a', false)], undefined, { strategy: 'consensus' })).toEqual([]);
  });

  it('is nothing where no plan was had or no agent was called', () => {
    expect(planEvidenceOf({ ...record(), choice: null }, { success: false, source: 'system' })).toEqual([]);
    const mistaken = { ...attempt([], 'a'), started: false as const };
    expect(rowsOf(record({ attempts: [mistaken] }))).toEqual([]);
    expect(rowsOf(record({ attempts: [] }))).toEqual([]);
  });

  it('is nothing of how well the plan works where nobody answered for an agent, but who that was', () => {
    const failed: Outcome = { success: false, source: 'system' };
    expect(rowsOf(record({ attempts: [silent('a')] }), failed)).toEqual([
      ['single(a)', {}],
      ['single(a)', { unanswered: 1 }],
    ]);
    expect(rowsOf(record({ attempts: [silent('a'), costing(1)] }), failed)[0]?.[1]).not.toHaveProperty(
      'timed',
    );
    const fellBack = record({ attempts: [silent('a'), attempt([], 'b')] });
    expect(rowsOf(fellBack).slice(1)).toEqual([
      ['single(a)', { unanswered: 1 }],
      ['single(b)', { answered: 1 }],
    ]);
  });
});

describe("an agent's own word", () => {
  const sums = {
    executions: 14,
    reward: 10e6,
    rewardSquares: 10e6,
    claimedSuccesses: 8e6,
    claimedFailures: 2e6,
    predicted: 7,
    predictedReward: 5e6,
  };
  const dimensions = { plan: 'single(a)', category: 'c', slot: '1' };

  it('counts in fractions as it is trusted', () => {
    const row = evidenceRow({ dimensions, sums }, { success: 0.75, failure: 0.5 });
    // 2 + 8 x 0.75 + 2 x 0.5
    expect(row).toMatchObject({ executions: 14, reward: 9, rewardSquares: 9, predicted: 7 });
    expect(row.predictedReward).toBeCloseTo(5 - 0.5);
    expect(evidenceRow({ dimensions, sums }, { success: 1, failure: 1 }).reward).toBe(10);
  });

  it('is that of all agents that do the work, in the mean', () => {
    const trust = new Map([['a', meanTrustOf({ successesOverruled: 5 })]]);
    expect(planTrust(['a'], trust).success).toBeCloseTo(4.75 / 10);
    expect(planTrust(['a', 'b'], trust).success).toBeCloseTo((4.75 / 10 + 0.95) / 2);
    expect(agentsOfKey('consensus(a=b.c|judge)')).toEqual(['a', 'b.c']);
    expect(agentsOfKey('sequential!(a>b-c)')).toEqual(['a', 'b-c']);
    expect(agentsOfKey('single(a)')).toEqual(['a']);
  });
});
