import { describe, expect, it } from 'vitest';
import {
  believedRatio,
  calibrated,
  hitRates,
  type KeptOrNot,
} from '../../../src/performance/life/calibration.js';
import { changesOf, preferenceOf } from '../../../src/performance/life/effects.js';
import { measure } from '../../../src/performance/life/measure.js';
import { renewed } from '../../../src/performance/life/renew.js';
import {
  executionsFor,
  isDue,
  isOverdue,
  MOST_DAYS,
  quantileAt,
  verdictOf,
} from '../../../src/performance/life/verify.js';
import { AT, advice, day, executions, picture, recommendation } from './life-data.js';

const LATER = new Date(AT.getTime() + 86_400_000);
const byId = (...all: ReturnType<typeof recommendation>[]) => new Map(all.map((one) => [one.id, one]));

describe('advice that stands', () => {
  it('is opened when it is new, and renewed while nobody has decided', () => {
    const [opened] = renewed(new Map(), [advice()], AT);
    expect(opened).toMatchObject({ id: 'AGENT_SELECTION:coder:testing', state: 'open', round: 1 });
    const known = recommendation();
    const [again] = renewed(byId(known), [advice({ priority: 9 })], LATER);
    expect(again).toMatchObject({ priority: 9, state: 'open', round: 1, openedAt: AT, updatedAt: LATER });
  });

  it('is closed when it holds no longer, and opened anew in a round of its own', () => {
    const [closed] = renewed(byId(recommendation()), [], LATER);
    expect(closed).toMatchObject({ state: 'closed', round: 1 });
    if (closed === undefined) throw new Error('nothing was closed');
    expect(renewed(byId(closed), [], LATER)).toEqual([]);
    const [anew] = renewed(byId(closed), [advice()], LATER);
    expect(anew).toMatchObject({ state: 'open', round: 2, openedAt: LATER });
  });

  it.each(['accepted', 'applied'] as const)('is left alone where it is %s', (state) => {
    expect(renewed(byId(recommendation({ state })), [advice({ priority: 10 })], LATER)).toEqual([]);
    expect(renewed(byId(recommendation({ state })), [], LATER)).toEqual([]);
  });

  it('comes again after it was verified where something new speaks for it, with nothing of the round before', () => {
    const applied = { by: 'ana', at: AT };
    const verified = recommendation({
      ...{ type: 'EXECUTION_SPEED', subject: '(earlier)', state: 'verified', verdict: 'kept', looks: 2 },
      ...{ applied, changes: ['x'] },
    });
    const slower = (since: string) => advice({ ...verified, evidence: { since } });
    expect(renewed(byId(verified), [slower(day(-5))], LATER)).toEqual([]);
    const [anew] = renewed(
      byId(verified),
      [advice({ type: 'EXECUTION_SPEED', subject: '(earlier)', evidence: { since: day(9) } })],
      LATER,
    );
    expect(anew).toMatchObject({ state: 'open', round: 2 });
    for (const left of ['verdict', 'changes', 'looks', 'applied']) expect(anew).not.toHaveProperty(left);
  });

  it('does not come back after it was dismissed, unless the evidence is new', () => {
    const dismissed = recommendation({ state: 'dismissed', dismissed: { by: 'ana', at: AT } });
    const promising = (value: number, low: number) =>
      advice({ expectedImprovement: { metric: 'successRate', value, low, high: 0.9 } });
    expect(renewed(byId(dismissed), [promising(0.35, 0.29)], LATER)).toEqual([]);
    expect(renewed(byId(dismissed), [promising(0.4, 0.31)], LATER)).toMatchObject([
      { state: 'open', round: 2 },
    ]);
    expect(renewed(byId(dismissed), [advice({ subject: 'another' })], LATER)).toMatchObject([
      { state: 'open', subject: 'another' },
    ]);
  });
});

describe('what accepted advice changes', () => {
  it.each([
    [{}, { kind: 'agent', instead: 'coder', prefer: 'expert' }],
    [
      { type: 'RESOURCE_EFFICIENCY', subject: 'cheap' },
      { kind: 'agent', prefer: 'cheap' },
    ],
    [
      { type: 'PARALLEL_EXECUTION', subject: 'coder>tester' },
      { kind: 'parallel', instead: 'coder', prefer: 'tester' },
    ],
  ] as const)('is which plans are preferred: %j', (over, expected) => {
    const preference = preferenceOf(recommendation(over));
    expect(preference).toMatchObject({ category: 'testing', ...expected });
    if (preference === null) throw new Error('no preference');
    expect(changesOf(preference).join(' ')).toMatch(/testing.* 1 of 10 stays/);
  });

  it.each([
    { type: 'RESOURCE_EFFICIENCY', subject: '(earlier)' },
    { type: 'EXECUTION_SPEED', subject: 'agent:coder' },
    { type: 'CACHING', subject: 'read' },
    { type: 'PARALLEL_EXECUTION', subject: 'coder' },
  ] as const)('is nothing by itself: %j', (over) => {
    expect(preferenceOf(recommendation(over))).toBeNull();
  });
});

describe('what came of it', () => {
  const z = 1.96;
  it('is the success of who took over, on like tasks, the day of the decision left out', () => {
    const rows = picture({
      executions: [
        ...[-3, -2, 0, 4].map((offset) => executions('coder', offset, { successes: 5, failures: 5 })),
        ...[-1, 0].map((offset) => executions('expert', offset, { failures: 50 })),
        ...[1, 2, 3].map((offset) => executions('expert', offset, { successes: 9, failures: 1 })),
        executions('expert', 2, { successes: 500 }, { complexity: 'TRIVIAL' }),
      ],
    });
    const seen = measure(recommendation(), rows, day(0), z);
    expect(seen).toMatchObject({ metric: 'successRate', before: 30, after: 530 });
    expect(seen.value).toBeCloseTo(0.4, 9);
    expect(seen.low).toBeGreaterThan(0.1);
    expect(seen.high).toBeLessThan(0.7);
  });

  it('is the share of its time that an agent saves against itself', () => {
    const timed = (offset: number, ms: number) =>
      executions('coder', offset, {
        ...{ successes: 20, timed: 20, logMs: Math.round(20_000 * Math.log(ms)) },
        logMs2: Math.round(20_000 * (Math.log(ms) ** 2 + 0.01)),
      });
    const rows = picture({
      executions: [timed(-2, 10_000), timed(-1, 10_000), timed(1, 7_500), timed(2, 7_500)],
    });
    const one = recommendation({
      ...{ type: 'EXECUTION_SPEED', subject: '(earlier)' },
      expectedImprovement: { metric: 'seconds', value: 0.25, low: 0.2, high: 0.3 },
    });
    const seen = measure(one, rows, day(0), z);
    expect(seen).toMatchObject({ before: 40, after: 40 });
    expect(seen.value).toBeCloseTo(0.25, 3);
    expect(seen.low).toBeGreaterThan(0.2);
    expect(seen.high).toBeLessThan(0.3);
    const none = measure(one, picture({}), day(0), z);
    expect(none).toEqual({ metric: 'seconds', value: null, low: null, high: null, before: 0, after: 0 });
  });

  it('is the time of two stages at once against one after another', () => {
    const pair = (offset: number, ms: number, atOnce: boolean, then = 'tester') => {
      const [log, squares] = [
        Math.round(30_000 * Math.log(ms)),
        Math.round(30_000 * (Math.log(ms) ** 2 + 0.04)),
      ];
      const sums: Record<string, number> = atOnce
        ? { atOnce: 30, onceTimed: 30, logOnceMs: log, logOnceMs2: squares }
        : { executions: 30, timed: 30, logMs: log, logMs2: squares };
      return { dimensions: { first: 'coder', then, day: day(offset) }, sums };
    };
    const rows = picture({
      stages: [
        ...[pair(-2, 20_000, false), pair(-2, 1, true), pair(3, 10_000, true), pair(4, 20_000, false)],
        pair(3, 1, true, 'other'),
      ],
    });
    const one = recommendation({
      ...{ type: 'PARALLEL_EXECUTION', subject: 'coder>tester' },
      expectedImprovement: { metric: 'seconds', value: 0.5, low: 0.4, high: 0.6 },
    });
    const seen = measure(one, rows, day(0), z);
    expect(seen).toMatchObject({ after: 30, before: 60 });
    expect(seen.value).toBeCloseTo(0.5, 3);
  });

  it.each([
    ['queue:coder', 'steps'],
    ['tool:search', 'actions'],
  ] as const)("is the step's own time: %s", (subject, where) => {
    const [agentType, action] = ['coder', 'search'];
    const timed = (offset: number, ms: number, other = {}) => ({
      dimensions: { step: 'queue:coder', agentType, action, day: day(offset), ...other },
      sums: {
        ...{ executions: 20, timed: 20, logMs: Math.round(20_000 * Math.log(ms)) },
        logMs2: Math.round(20_000 * (Math.log(ms) ** 2 + 0.01)),
      },
    });
    const strange = { agentType: 'stranger', step: 'queue:stranger' };
    const rows = picture({ [where]: [timed(-2, 8_000), timed(2, 2_000), timed(2, 9_000, strange)] });
    const one = recommendation({
      ...{ type: 'EXECUTION_SPEED', subject },
      expectedImprovement: { metric: 'seconds', value: 0.7, low: 0.6, high: 0.8 },
    });
    expect(measure(one, rows, day(0), z).value).toBeCloseTo(0.75, 3);
  });

  const promised = { metric: 'seconds', value: 0.3, low: 0.2, high: 0.4 } as const;
  it.each([
    [0.28, 0.1, 0.45, 'kept'],
    [0.5, 0.45, 0.55, 'kept'],
    [0.1, 0.05, 0.15, 'partly'],
    [0.05, -0.05, 0.15, 'broken'],
    [-0.2, -0.3, -0.1, 'broken'],
    [0.15, -0.1, 0.4, null],
    [null, null, null, null],
  ] as const)('%d (%d to %d) of .3 promised is %s', (value, low, high, verdict) => {
    expect(verdictOf(promised, { value, low, high })).toBe(verdict);
  });

  it('is looked at when executions have doubled, each look surer, and at last left unclear', () => {
    expect([0, 1, 2].map(executionsFor)).toEqual([10, 20, 40]);
    const applied = recommendation({ state: 'applied', applied: { by: 'ana', at: AT }, looks: 1 });
    expect([isDue(applied, 19), isDue(applied, 20), isDue(recommendation(), 99)]).toEqual([
      false,
      true,
      false,
    ]);
    const after = (days: number) => new Date(AT.getTime() + days * 86_400_000);
    expect([isOverdue(applied, after(MOST_DAYS - 1)), isOverdue(applied, after(MOST_DAYS + 1))]).toEqual([
      false,
      true,
    ]);
    const quantiles = [1, 2, 3, 50].map(quantileAt);
    expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
    expect(quantiles[0]).toBeCloseTo(1.96, 2);
  });
});

describe('the record of promises', () => {
  const promised = { metric: 'seconds', value: 0.4, low: 0.3, high: 0.5 } as const;
  const came = (value: number, verdict: KeptOrNot['verdict']): KeptOrNot => ({
    ...{ type: 'CACHING', promised, verdict },
    measured: { value, low: value - 0.02, high: value + 0.02 },
  });

  it('leaves promises as they are while nothing was measured', () => {
    expect(calibrated(promised, [])).toBe(promised);
    expect(believedRatio([])).toEqual({ ratio: 1, spread: 0 });
  });

  it('makes them smaller where less came, by how often that was so, and holds what came', () => {
    const one = calibrated(promised, [came(0.2, 'partly')]);
    const many = calibrated(
      promised,
      Array.from({ length: 40 }, () => came(0.2, 'partly')),
    );
    expect(one.value).toBeLessThan(0.4);
    expect(many.value).toBeLessThan(one.value);
    expect(many.value).toBeCloseTo(0.2, 1);
    for (const promise of [one, many]) {
      expect(promise.low).toBeLessThan(promise.value);
      expect(promise.high).toBeGreaterThan(promise.value);
      expect(promise.low).toBeLessThan(0.2);
    }
    const kept = calibrated(
      promised,
      Array.from({ length: 40 }, () => came(0.4, 'kept')),
    );
    expect(kept.value).toBeCloseTo(0.4, 2);
    const worse = calibrated(
      promised,
      Array.from({ length: 40 }, () => came(-0.4, 'broken')),
    );
    expect(worse.value).toBeGreaterThan(0);
  });

  it('tells how often they were kept, by type', () => {
    const record = [
      came(0.4, 'kept'),
      came(0.4, 'kept'),
      came(0.1, 'partly'),
      came(0, 'broken'),
      came(0, 'unclear'),
    ];
    const [caching, ...others] = hitRates(record);
    expect(others).toEqual([]);
    expect(caching).toMatchObject({
      type: 'CACHING',
      verified: 5,
      kept: 2,
      partly: 1,
      broken: 1,
      unclear: 1,
      rate: 0.5,
    });
    expect(caching?.low).toBeCloseTo(0.15, 2);
    expect(caching?.ratio).toBeLessThan(1);
  });
});
