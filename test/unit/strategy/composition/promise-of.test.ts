import { describe, expect, it } from 'vitest';
import { planKey } from '../../../../src/shared/plan-key.js';
import type { PlanRequest } from '../../../../src/shared/task.js';
import { compositionOf, singleKey } from '../../../../src/strategy/composition/composition-of.js';
import { HandoverTable } from '../../../../src/strategy/composition/handover-table.js';
import { parsePlanKey } from '../../../../src/strategy/composition/parse-plan.js';
import { promiseOf } from '../../../../src/strategy/composition/promise-of.js';
import { drawTasks, handoverRow } from './worlds.js';

const agents = {
  a: { mean: 0.6, cost: 1, seconds: 10 },
  b: { mean: 0.5, cost: 2, seconds: 40 },
  c: { mean: 0.4, cost: 4, seconds: 20 },
};
const alone = (agent: string) => agents[agent as keyof typeof agents];
const handovers = new HandoverTable();
const promised = (plan: PlanRequest, verified = true, table = handovers) => {
  const promise = promiseOf(plan, alone, { handovers: table, verified });
  if (promise === null) throw new Error('nothing is promised');
  return promise;
};
const plan = (strategy: PlanRequest['strategy'], ...types: string[]): PlanRequest => ({
  strategy,
  agents: types,
});

describe('what a plan promises', () => {
  it('is nothing of its own for one agent', () => {
    expect(promiseOf(plan('single', 'a'), alone, { handovers, verified: true })).toBeNull();
  });

  it('of a fallback is what the next agent mends, at the cost of those it is needed for', () => {
    const { mean, cost, seconds, deviation } = promised(plan('sequential', 'a', 'b'));
    const mended = handovers.after([{ agent: 'a', mean: 0.6 }], { agent: 'b', mean: 0.5 });
    expect(mean).toBeCloseTo(0.6 + 0.4 * mended.mean);
    expect(mean).toBeLessThan(1 - 0.4 * 0.5);
    expect(cost).toBeCloseTo(1 + 0.4 * 2);
    expect(seconds).toBeCloseTo(10 + 0.4 * 40);
    expect(deviation).toBeGreaterThan(0.4 * mended.deviation);
    const three = promised(plan('sequential', 'a', 'b', 'c'));
    expect(three.mean).toBeGreaterThan(mean);
    expect(three.cost).toBeCloseTo(cost + (1 - mean) * 4);
  });

  it('of a fallback is less where nobody notices a failure', () => {
    const unverified = promised(plan('sequential', 'a', 'b'), false);
    const verified = promised(plan('sequential', 'a', 'b'));
    const mended = verified.mean - 0.6;
    expect(unverified.mean).toBeCloseTo(0.6 + mended / 2);
    expect(unverified.cost).toBeCloseTo(1 + 0.2 * 2);
  });

  it('of stages and of parts is that all succeed', () => {
    const stages = promised({ ...plan('sequential', 'a', 'b'), onFailure: 'stop' });
    const parts = promised(plan('parallel', 'a', 'b'));
    expect(stages.mean).toBeCloseTo(parts.mean);
    expect(parts.mean).toBeGreaterThan(0.6 * 0.5);
    expect(parts.mean).toBeLessThan(0.5);
    expect([stages.cost, parts.cost, parts.seconds]).toEqual([expect.closeTo(2.2, 2), 3, 40]);
  });

  it('of a lead is that of the lead, with all paid', () => {
    expect(promised(plan('hierarchical', 'a', 'b', 'c'))).toMatchObject({ mean: 0.6, cost: 7, seconds: 50 });
  });

  it('of independent answers that are judged is that any is right', () => {
    const race = promised(plan('consensus', 'a', 'b'));
    expect(race.mean).toBeCloseTo(promised(plan('sequential', 'a', 'b')).mean);
    expect([race.cost, race.seconds]).toEqual([3, 40]);
    const judged = promised({ ...plan('consensus', 'a', 'b'), verifier: 'c' }, false);
    expect(judged.mean).toBeGreaterThan(0.55);
    expect(judged.mean).toBeLessThan(race.mean);
    expect([judged.cost, judged.seconds]).toEqual([7, 60]);
  });

  it('of a vote depends on whether right answers are the same text', () => {
    const vote = plan('consensus', 'a', 'b', 'c');
    const row = (same: number) => ({
      dimensions: { first: 'a', then: 'b', category: 'x' },
      sums: { compared: 100, agreed: same, comparedRight: 100, agreedRight: same },
    });
    const same = promised(vote, false, new HandoverTable([row(100)]));
    const differing = promised(vote, false, new HandoverTable([row(0)]));
    expect(same.mean).toBeGreaterThan(0.45);
    expect(same.mean).toBeLessThan(0.6);
    expect(differing.mean).toBeLessThan(0.02);
  });
});

it('what is promised is what comes true in a world where tasks are hard for all or for none', () => {
  const names = Object.keys(agents);
  const tasks = drawTasks([0.6, 0.5, 0.4], 0.6, 20_000, 'promised');
  const learned = new HandoverTable();
  learned.update([
    handoverRow(tasks.slice(0, 500), 0, 1, names),
    handoverRow(tasks.slice(500, 1_000), 1, 2, names),
  ]);
  learned.learn(
    (agent) => alone(agent),
    () => true,
  );
  const real = (which: (task: boolean[]) => boolean): number => tasks.filter(which).length / tasks.length;
  const any = real((task) => task.includes(true));
  const all = real((task) => !task.includes(false));
  const more = real((task) => task.filter((right) => right).length >= 2);
  const mean = (of: PlanRequest, verified = true) => promised(of, verified, learned).mean;
  expect(Math.abs(mean(plan('sequential', ...names)) - any)).toBeLessThan(0.04);
  expect(Math.abs(mean(plan('parallel', ...names)) - all)).toBeLessThan(0.04);
  expect(Math.abs(2 * mean(plan('consensus', ...names), false) - more)).toBeLessThan(0.04);
  const independent = 1 - 0.4 * 0.5 * 0.6;
  expect(independent - any).toBeGreaterThan(0.1);
});

describe('plans by their keys', () => {
  const requests: PlanRequest[] = [
    plan('single', 'a'),
    plan('sequential', 'a.1', 'b_2', 'c-3'),
    { ...plan('sequential', 'a', 'b'), onFailure: 'stop' },
    plan('parallel', 'a', 'b'),
    plan('hierarchical', 'a', 'b'),
    { ...plan('consensus', 'a', 'b'), verifier: 'judge' },
  ];
  it.each(requests)('are read as they were written: %j', (request) => {
    expect(parsePlanKey(planKey(request))).toEqual(request);
  });

  it('are not made of what is no key', () => {
    for (const key of [
      '',
      'code',
      'single(a',
      'unknown(a)',
      'parallel(a>b)',
      'single!(a)',
      'sequential(a>b)@c',
    ])
      expect(parsePlanKey(key)).toBeNull();
  });

  it('are composed of what is believed of their agents in the category', () => {
    const compose = compositionOf({ handovers, verified: true });
    const asked: string[] = [];
    const believed = (key: string, category: string) => {
      asked.push(`${key}@${category}`);
      return agents.a;
    };
    expect(compose('sequential(a>b)', 'tests', believed)?.mean).toBeGreaterThan(0.6);
    expect(asked).toEqual([`${singleKey('a')}@tests`, `${singleKey('b')}@tests`]);
    expect(compose('single(a)', 'tests', believed)).toBeNull();
    expect(compose('no plan', 'tests', believed)).toBeNull();
  });
});
