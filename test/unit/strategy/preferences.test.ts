import { describe, expect, it } from 'vitest';
import type { PlanPreference } from '../../../src/shared/plan-preference.js';
import type { PlanChoice, TaskAnalysis } from '../../../src/shared/task.js';
import { choosePlan } from '../../../src/strategy/choose-plan.js';
import { candidatePlans } from '../../../src/strategy/plans.js';
import { PREFERRED_SHARE, preferredKey, withPreferred } from '../../../src/strategy/preferences.js';
import { TenantEvidence } from '../../../src/strategy/tenant-evidence.js';
import { executionRecord } from '../learning/execution-records.js';
import { executions, offerOf } from './plan-offers.js';

const BASE = 28_000_000;
const NOW = (BASE + 1) * 60_000;
const analysis: TaskAnalysis = { ...executionRecord({ id: 'x', category: 'c' }).analysis } as TaskAnalysis;
const agent: PlanPreference = { id: 'advice', category: 'c', kind: 'agent', instead: 'a', prefer: 'b' };
const atOnce: PlanPreference = { ...agent, kind: 'parallel' };
const evidence = new TenantEvidence();
evidence.update([
  executions('a', BASE, { n: 60, successes: 50 }),
  executions('b', BASE, { n: 60, successes: 40 }),
  executions('other', BASE, { n: 60, successes: 5 }),
]);
const choose = (decided: PlanPreference[], executionId = 'e', more: Parameters<typeof offerOf>[1] = {}) =>
  choosePlan(
    evidence,
    offerOf(['a', 'b', 'other'], more),
    { analysis, executionId, learning: 'full' },
    NOW,
    decided,
  );
const propensity = ({ candidates }: PlanChoice, plan: string): number =>
  candidates.find(({ key }) => key === plan)?.propensity ?? 0;

describe('a preferred plan', () => {
  it.each([
    ['single(a)', agent, 'single(b)'],
    ['sequential!(a>other|judge)', agent, 'sequential!(b>other|judge)'],
    ['single(b)', agent, null],
    ['parallel(a+b)', agent, null],
    ['consensus(a=other|b)', agent, null],
    ['sequential!(a>b)', atOnce, 'parallel(a+b)'],
    ['sequential(a>b|judge)', atOnce, 'parallel(a+b|judge)'],
    ['sequential(b>a)', atOnce, null],
    ['sequential(a>b>other)', atOnce, null],
    ['no plan', agent, null],
  ])('of %s', (key, preference, preferred) => {
    expect(preferredKey(key, preference)).toBe(preferred);
  });

  it('takes nine tenths of the chance of the plan whose work it does, in its category alone', () => {
    const before = choose([]);
    const after = choose([agent]);
    const gone = PREFERRED_SHARE * propensity(before, 'single(a)');
    expect(gone).toBeGreaterThan(0.5);
    expect(propensity(after, 'single(a)')).toBeCloseTo(propensity(before, 'single(a)') - gone, 9);
    expect(propensity(after, 'single(b)')).toBeCloseTo(propensity(before, 'single(b)') + gone, 9);
    expect(propensity(after, 'single(other)')).toBeCloseTo(propensity(before, 'single(other)'), 9);
    expect(choose([{ ...agent, category: 'elsewhere' }])).toEqual(before);
  });

  it('is drawn with the propensities that are logged, and the choice says by which advice', () => {
    const draws = 2_000;
    let [taken, changed] = [0, 0];
    for (let index = 0; index < draws; index += 1) {
      const choice = choose([agent], `task-${index}`);
      if (choice.plan.key === 'single(b)') taken += 1;
      if (choice.preferred === undefined) continue;
      changed += 1;
      expect(choice).toMatchObject({ preferred: 'advice', plan: { key: 'single(b)' } });
      expect(choice.reason).toContain('taken as was decided on advice (advice)');
      expect(choice.explored).toBeUndefined();
    }
    const share = propensity(choose([agent]), 'single(b)');
    expect(Math.abs(taken / draws - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / draws));
    expect(changed).toBeGreaterThan(0.5 * draws);
  });

  it('is on offer where only the plan it replaces is, with its approval, and of eligible agents alone', () => {
    const approval = { before: { question: 'Go on?' } };
    const plans = [{ strategy: 'sequential' as const, agents: ['a', 'b'], approval }] as never;
    const choice = choose([atOnce], 'e', { plans });
    expect(choice.candidates.map(({ key }) => key)).toContain('parallel(a+b)');
    const offer = offerOf(['a', 'b', 'other'], { plans });
    const all = withPreferred(candidatePlans(offer), [atOnce, agent], offer);
    expect(all.find(({ key }) => key === 'parallel(a+b)')?.approval).toEqual(approval);
    expect(withPreferred(candidatePlans(offer), [], offer)).toEqual(candidatePlans(offer));
    const unknown = choose([{ ...agent, prefer: 'nobody' }]);
    expect(unknown).toEqual(choose([]));
  });
});
