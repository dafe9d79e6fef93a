import { describe, expect, it } from 'vitest';
import { InvalidInputError, UnknownAgentError } from '../../../src/shared/errors.js';
import type { PlanChoice, TaskAnalysis } from '../../../src/shared/task.js';
import { choosePlan, type SelectionRequest } from '../../../src/strategy/choose-plan.js';
import type { PlanOffer } from '../../../src/strategy/plans.js';
import { TenantEvidence } from '../../../src/strategy/tenant-evidence.js';
import { executionRecord } from '../learning/execution-records.js';
import { executions, offerOf } from './plan-offers.js';

const BASE = 28_000_000;
const NOW = (BASE + 1) * 60_000;
const analysis: TaskAnalysis = { ...executionRecord({ id: 'x', category: 'c' }).analysis } as TaskAnalysis;

const request = (more: Partial<SelectionRequest> = {}): SelectionRequest => ({
  analysis,
  executionId: 'some execution',
  learning: 'full',
  ...more,
});
const known = (...rows: ReturnType<typeof executions>[]): TenantEvidence => {
  const evidence = new TenantEvidence();
  evidence.update(rows);
  return evidence;
};
const settled = () =>
  known(
    executions('good', BASE, { n: 60, successes: 50 }),
    executions('bad', BASE, { n: 60, successes: 10 }),
    executions('fair', BASE, { n: 60, successes: 30 }),
  );
const offer = offerOf(['good', 'bad', 'fair']);
const sumOf = ({ candidates }: PlanChoice): number =>
  candidates.reduce((sum, { propensity }) => sum + propensity, 0);

describe('the choice of a plan', () => {
  it('is the same for the same execution and evidence', () => {
    expect(choosePlan(settled(), offer, request(), NOW)).toEqual(
      choosePlan(settled(), offer, request(), NOW),
    );
  });

  it('is drawn with the propensities that it logs, which add up to 1', () => {
    const counts = new Map<string, number>();
    const claimed = new Map<string, number>();
    const draws = 3_000;
    const evidence = settled();
    for (let index = 0; index < draws; index += 1) {
      const choice = choosePlan(evidence, offer, request({ executionId: `task-${index}` }), NOW);
      expect(sumOf(choice)).toBeCloseTo(1, 9);
      expect(choice.candidates.find(({ key }) => key === choice.plan.key)?.propensity).toBe(
        choice.propensity,
      );
      counts.set(choice.plan.key, (counts.get(choice.plan.key) ?? 0) + 1);
      for (const { key, propensity } of choice.candidates)
        claimed.set(key, (claimed.get(key) ?? 0) + propensity / draws);
    }
    expect(claimed.get('single(good)')).toBeGreaterThan(0.9);
    // Four standard errors of the share.
    for (const [key, share] of claimed)
      expect(Math.abs((counts.get(key) ?? 0) / draws - share)).toBeLessThan(
        4 * Math.sqrt((share * (1 - share)) / draws) + 1e-3,
      );
  });

  it('says in two lines why, how sure, what else was close, and what was left out', () => {
    const evidence = settled();
    evidence.update([executions('fair', BASE + 1, { sums: { unanswered: 1 } })]);
    const choice = choosePlan(evidence, offerOf(['good', 'bad', 'fair', 'new']), request(), NOW);
    const [first = '', second = '', ...more] = choice.reason.split('\n');
    expect(more).toEqual([]);
    expect(first).toMatch(
      /^expected to succeed in \d+% \(\d+-\d+%, \d+ runs\) of c tasks; beside it single\(\w+\): \d+% \(/,
    );
    expect(second).toMatch(
      /^taken (as the best by what is known|to learn how good it is) \(probability 0\.\d+\)/,
    );
    expect(second).toContain('left out, as nobody answered for them lately: fair');
    expect(second).toContain('offered for the first time: single(new)');
    expect(choice).toMatchObject({ unavailable: ['fair'], introduced: ['single(new)'] });
    expect(choice.candidates.map(({ key }) => key)).not.toContain('single(fair)');
  });

  it('says what there is to be said of one plan alone', () => {
    const choice = choosePlan(new TenantEvidence(), offerOf(['only']), request(), NOW);
    expect(choice).toMatchObject({ propensity: 1, introduced: ['single(only)'], source: 'posterior' });
    expect(choice.reason).toMatch(
      /^expected to succeed in \d+% \(\d+-\d+%, 0 runs\) of c tasks; the only plan$/,
    );
  });

  it('leaves nobody out where no plan would be left, and tries again when the time is over', () => {
    const outages = ['good', 'bad', 'fair'].map((agent) =>
      executions(agent, BASE + 1, { sums: { unanswered: 1 } }),
    );
    const evidence = settled();
    evidence.update(outages.slice(0, 1));
    const out = choosePlan(evidence, offer, request(), NOW + 30_000);
    expect(out.unavailable).toEqual(['good']);
    expect(out.plan.key).not.toBe('single(good)');
    expect(sumOf(out)).toBeCloseTo(1, 9);
    const later = choosePlan(evidence, offer, request(), NOW + 240_000);
    expect(later.unavailable).toBeUndefined();
    expect(later.plan.key).toBe('single(good)');
    evidence.update(outages);
    const all = choosePlan(evidence, offer, request(), NOW + 30_000);
    expect(all.unavailable).toBeUndefined();
    expect(all.candidates).toHaveLength(3);
  });

  it("weighs cost and time as the configuration says, and holds the task's budget before its own", () => {
    const cheap = { costed: 60, costMicroUsd: 60e3, durationMs: 60_000 };
    const dear = { costed: 60, costMicroUsd: 60e6, durationMs: 60 * 3_600_000 };
    const evidence = known(
      executions('cheap', BASE, { n: 60, successes: 36, sums: cheap }),
      executions('dear', BASE, { n: 60, successes: 48, sums: dear }),
    );
    const best = (selection: PlanOffer['selection'], more: Partial<SelectionRequest> = {}) => {
      const weighed = offerOf(['cheap', 'dear'], selection === undefined ? {} : { selection });
      return choosePlan(evidence, weighed, request(more), NOW);
    };
    const weights = { rewardPerUsd: 0, rewardPerHour: 0, proposals: false };
    expect(best(undefined).candidates[0]?.key).toBe('single(dear)');
    expect(best(weights).candidates[0]).toMatchObject({ key: 'single(dear)' });
    expect(best(weights).candidates[0]?.cost).toBeGreaterThan(0.5);
    expect(best({ ...weights, rewardPerUsd: 1 }).candidates[0]?.key).toBe('single(cheap)');
    expect(best({ ...weights, rewardPerHour: 1 }).candidates[0]?.key).toBe('single(cheap)');
    const held = best({ ...weights, budget: 0.01 });
    expect(held.candidates[0]?.key).toBe('single(cheap)');
    expect(held.price).toBeGreaterThan(0);
    expect(held.reason).toContain('$0.01 a task are to be held; 1 USD weighs');
    expect(best({ ...weights, budget: 0.01 }, { budget: 100 }).candidates[0]?.key).toBe('single(dear)');
  });

  it('prefers suggested agents mildly among those nobody has tried, and not beyond', () => {
    const suggesting = { ...analysis, suggestedAgents: ['b', 'bad'] };
    const agents = ['a', 'b', 'c'];
    const share = (choice: PlanChoice, agent: string) =>
      choice.candidates.find(({ key }) => key === `single(${agent})`)?.propensity ?? 0;
    const cold = choosePlan(new TenantEvidence(), offerOf(agents), request({ analysis: suggesting }), NOW);
    expect(sumOf(cold)).toBeCloseTo(1, 9);
    // A third, and half of the other two.
    expect(share(cold, 'b')).toBeCloseTo(2 / 3, 2);
    expect(share(cold, 'a')).toBeCloseTo(1 / 6, 2);
    const counted = new Map<string, number>();
    for (let index = 0; index < 2_000; index += 1) {
      const asked = request({ analysis: suggesting, executionId: `task-${index}` });
      const { plan } = choosePlan(new TenantEvidence(), offerOf(agents), asked, NOW);
      counted.set(plan.key, (counted.get(plan.key) ?? 0) + 1);
    }
    expect(Math.abs((counted.get('single(b)') ?? 0) / 2_000 - 2 / 3)).toBeLessThan(0.043);
    const plain = choosePlan(settled(), offer, request(), NOW);
    const suggested = choosePlan(settled(), offer, request({ analysis: suggesting }), NOW);
    expect(suggested.candidates).toEqual(plain.candidates);
  });

  it('names what is not allowed', () => {
    const choose = (given: PlanOffer, more: Partial<SelectionRequest>) => () =>
      choosePlan(new TenantEvidence(), given, request(more), NOW);
    expect(choose(offer, { agents: ['nobody'] })).toThrow(UnknownAgentError);
    expect(choose(offerOf([]), {})).toThrow(InvalidInputError);
    expect(choosePlan(new TenantEvidence(), offer, request({ agents: ['bad'] }), NOW).plan.key).toBe(
      'single(bad)',
    );
  });
});
