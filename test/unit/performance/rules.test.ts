import { describe, expect, it } from 'vitest';
import { compareFigures } from '../../../src/performance/compare.js';
import { figuresOf } from '../../../src/performance/figures.js';
import { findingsOf, type Peer } from '../../../src/performance/rules.js';

const peer = (agentType: string, executions: number, successes: number, more: object = {}): Peer => ({
  agentType,
  sums: {
    executions,
    successes,
    failures: executions - successes,
    durationMs: executions * 10_000,
    iterations: executions * 3,
    errors: executions,
    costMicroUsd: executions * 20_000,
    ...more,
  },
});
const kinds = (peers: Peer[]) => findingsOf('parsing', peers).map((f) => `${f.type} ${f.agentType}`);

describe('recommendation rules', () => {
  it('say nothing of equal agents, nor of few executions', () => {
    expect(kinds([peer('a', 50, 25), peer('b', 50, 26)])).toEqual([]);
    expect(kinds([peer('a', 4, 0), peer('b', 50, 50)])).toEqual([]);
    expect(kinds([])).toEqual([]);
  });

  it('AGENT_SELECTION only where the interval leaves out zero', () => {
    expect(kinds([peer('a', 5, 2), peer('b', 5, 4)])).toEqual([]);
    const [finding, ...rest] = findingsOf('parsing', [peer('a', 30, 9), peer('b', 30, 27)]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      type: 'AGENT_SELECTION',
      agentType: 'a',
      category: 'parsing',
      title: 'Prefer b over a for parsing',
      priority: 8,
      evidence: { betterAgent: 'b', betterSuccesses: 27, betterKnown: 30, successes: 9, known: 30 },
    });
    expect(finding?.expectedImprovement.value).toBeCloseTo(0.6, 10);
    expect(finding?.expectedImprovement.low).toBeGreaterThan(0.3);
    expect(finding?.expectedImprovement.high).toBeLessThan(0.8);
  });

  it('asks for more evidence the more peers there are', () => {
    const pair = [peer('a', 12, 4), peer('b', 12, 9)];
    expect(kinds([peer('a', 14, 4), peer('b', 14, 10)])).toEqual(['AGENT_SELECTION a']);
    expect(kinds([...pair, ...Array.from({ length: 12 }, (_, i) => peer(`c${i}`, 12, 6))])).toEqual([]);
  });

  it.each([
    ['ERROR_REDUCTION', { errors: 150 }, 'errors'],
    ['ITERATION_REDUCTION', { iterations: 300 }, 'iterations'],
    ['EXECUTION_SPEED', { durationMs: 3_000_000 }, 'seconds'],
    ['RESOURCE_EFFICIENCY', { costMicroUsd: 5_000_000 }, 'costUsd'],
  ])('%s where an agent takes notably more than its peers', (type, more, metric) => {
    const found = findingsOf('parsing', [peer('a', 50, 40, more), peer('b', 50, 40), peer('c', 50, 41)]);
    expect(found.map((f) => [f.type, f.agentType])).toEqual([[type, 'a']]);
    const improvement = found[0]?.expectedImprovement;
    expect(improvement).toMatchObject({ metric });
    expect(improvement?.low).toBeGreaterThan(0);
    expect(improvement?.value).toBeGreaterThan(improvement?.low ?? 0);
    expect(found[0]?.priority).toBeGreaterThanOrEqual(1);
    expect(found[0]?.priority).toBeLessThanOrEqual(10);
  });

  it('does not hold up a faster agent that succeeds less', () => {
    const slow = peer('slow', 50, 48, { durationMs: 50 * 100_000 });
    expect(kinds([slow, peer('quick', 50, 5)])).toEqual(['AGENT_SELECTION quick']);
  });

  it('measures an agent without peers against the acceptable success rate', () => {
    expect(kinds([peer('a', 20, 4)])).toEqual(['ERROR_REDUCTION a']);
    expect(kinds([peer('a', 20, 13)])).toEqual([]);
    expect(kinds([peer('a', 20, 0, { failures: 0, unknown: 20 })])).toEqual([]);
  });
});

describe('comparison', () => {
  const figures = (agentType: string, successes: number, n: number) => ({
    agentType,
    ...figuresOf({ executions: n, successes, failures: n - successes }),
  });

  it('says that no difference is shown while the interval holds zero', () => {
    const { verdict, success } = compareFigures(figures('a', 6, 10), figures('b', 5, 10), ['x']);
    expect(success?.low).toBeLessThan(0);
    expect(verdict).toMatch(/^no difference shown in success between a and b \(95% interval/);
  });

  it('names the better agent, whichever comes first', () => {
    const forth = compareFigures(figures('a', 45, 50), figures('b', 20, 50), ['x']).verdict;
    const back = compareFigures(figures('b', 20, 50), figures('a', 45, 50), ['x']).verdict;
    expect(forth).toBe(back);
    expect(forth).toMatch(
      /^a succeeds more often than b, by 50 points \(95% interval of the difference \d+ to/,
    );
  });

  it('says when there is nothing to compare', () => {
    expect(compareFigures(figures('a', 0, 0), figures('b', 0, 0), []).verdict).toMatch(
      /no category in common/,
    );
    expect(compareFigures(figures('a', 0, 0), figures('b', 1, 1), ['x']).verdict).toMatch(/not known yet/);
  });
});
