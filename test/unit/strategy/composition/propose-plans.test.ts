import { describe, expect, it } from 'vitest';
import { planKey } from '../../../../src/shared/plan-key.js';
import { HandoverTable } from '../../../../src/strategy/composition/handover-table.js';
import { type ProposalRequest, proposePlans } from '../../../../src/strategy/composition/propose-plans.js';

const singles = (given: Record<string, [mean: number, cost?: number, seconds?: number]>) =>
  new Map(
    Object.entries(given).map(([agent, [mean, cost = 1, seconds = 60]]) => [agent, { mean, cost, seconds }]),
  );
const proposed = (request: Partial<ProposalRequest> & Pick<ProposalRequest, 'singles'>): string[] =>
  proposePlans({ handovers: new HandoverTable(), verified: true, ...request }).map(planKey);
const tried = (plans: Record<string, number>, executions = 20) =>
  new Map(Object.entries(plans).map(([key, mean]) => [key, { mean, cost: 2, seconds: 90, executions }]));

describe('proposed plans', () => {
  it('are none of one agent, none where nobody judges, and none where nothing is left to mend', () => {
    expect(proposed({ singles: singles({ a: [0.5] }) })).toEqual([]);
    expect(proposed({ singles: singles({ a: [0.5], b: [0.5] }), verified: false })).toEqual([]);
    expect(proposed({ singles: singles({ a: [0.985], b: [0.9] }) })).toEqual([]);
  });

  it('are a fallback of the two best, and longer where a third adds as much again', () => {
    const four = singles({ a: [0.7], b: [0.6], c: [0.65], d: [0.1] });
    expect(proposed({ singles: four })).toEqual(['sequential(a>c)', 'sequential(a>c>b)']);
    expect(proposed({ singles: singles({ a: [0.8], b: [0.5], c: [0.02] }) })).toEqual(['sequential(a>b)']);
    expect(proposed({ singles: singles({ a: [0.2], b: [0.2], c: [0.2], d: [0.2], e: [0.2] }) })).toHaveLength(
      2,
    );
    const complex = {
      singles: singles({ a: [0.3], b: [0.3], c: [0.3], d: [0.3] }),
      complexity: 'COMPLEX' as const,
    };
    expect(proposed(complex)).toHaveLength(3);
  });

  it('begin with the cheap one, as both orders succeed alike', () => {
    expect(proposed({ singles: singles({ dear: [0.8, 10], cheap: [0.7, 0.1] }) })).toEqual([
      'sequential(cheap>dear)',
    ]);
  });

  it('are left where the further success is worth less than it costs', () => {
    const two = singles({ a: [0.7, 1], b: [0.6, 1] });
    expect(proposed({ singles: two, rewardPerUsd: 0.1 })).toEqual(['sequential(a>b)']);
    expect(proposed({ singles: two, rewardPerUsd: 1 })).toEqual([]);
    // Where nothing was said of cost: a further success at a hundred times the price of the others.
    expect(proposed({ singles: singles({ a: [0.8, 0.001], b: [0.5, 1] }) })).toEqual([]);
  });

  it('run agents at once only where time is dear', () => {
    const slow = singles({ a: [0.5, 0, 3_600], b: [0.5, 0, 3_600] });
    expect(proposed({ singles: slow })).toEqual(['sequential(a>b)']);
    expect(proposed({ singles: slow, rewardPerHour: 0.1 })).toEqual(['sequential(a>b)', 'consensus(a=b)']);
  });

  it('begin with suggested agents where nothing else tells agents apart', () => {
    const same = singles({ a: [0.5], b: [0.5], c: [0.5] });
    expect(proposed({ singles: same, suggested: ['c', 'b'] })[0]).toBe('sequential(c>b)');
  });

  it('stay what they were until another promises clearly more', () => {
    const now = singles({ a: [0.62], b: [0.6], c: [0.63] });
    expect(proposed({ singles: now })[0]).toBe('sequential(c>a)');
    expect(proposed({ singles: now, tried: tried({ 'sequential(a>b)': 0.74 }) })[0]).toBe('sequential(a>b)');
    expect(proposed({ singles: now, tried: tried({ 'sequential(a>b)': 0.6 }) })[0]).toBe('sequential(c>a)');
    // One that was run as the beginning of a longer one was tried, too.
    expect(proposed({ singles: now, tried: tried({ 'sequential(a>b>c)': 0.8 }) })).toEqual([
      'sequential(a>b)',
      'sequential(a>b>c)',
    ]);
  });

  it('are a vote only of agents that were seen to differ and to give the same right answers', () => {
    const pairs = (agreed: number) =>
      [
        ['a', 'b'],
        ['a', 'c'],
        ['b', 'c'],
      ].map(([first = '', then = '']) => ({
        dimensions: { first, then, category: 'x' },
        sums: {
          ...{ both: 500, onlyFirst: 210, onlyThen: 210, neither: 80 },
          ...{ compared: 1_000, agreed, comparedRight: 500, agreedRight: 500 },
        },
      }));
    const free = singles({ a: [0.71, 0], b: [0.71, 0], c: [0.71, 0] });
    const request = { singles: free, verified: false };
    const handovers = new HandoverTable(pairs(550));
    handovers.learn(
      () => ({ mean: 0.71, cost: 1, seconds: 1 }),
      () => true,
    );
    expect(proposed({ ...request, handovers })).toEqual(['consensus(a=b=c)']);
    expect(proposed({ ...request, handovers: new HandoverTable(pairs(950)) })).toEqual([]);
    // Three answers for a success more often by a twelfth are too dear.
    const paid = singles({ a: [0.71, 1], b: [0.71, 1], c: [0.71, 1] });
    expect(proposed({ ...request, singles: paid, handovers })).toEqual([]);
  });
});
