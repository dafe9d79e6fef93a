import { describe, expect, it } from 'vitest';
import { type Advice, EARLIER, GOAL, PEERS } from '../../../src/performance/advice/candidate.js';
import { choose } from '../../../src/performance/advice/choose.js';
import type { Picture } from '../../../src/performance/advice/picture.js';
import { testsOf } from '../../../src/performance/advice/tests-of.js';
import type { CounterRow } from '../../../src/store/counters.js';
import { type Doing, dayAt, executionsOf, pictureOf } from './advice-pictures.js';

const DAYS = 40;
const LN_10 = Math.LN10;
const adviceOn = (picture: Picture): Advice[] => choose([testsOf(picture)]);
const told = (advice: readonly Advice[]): string[] =>
  advice.map(({ type, agentType, subject }) => `${type} ${agentType} ${subject}`);
const team = (a: (day: number) => Doing, b: (day: number) => Doing = () => ({})): CounterRow[] => [
  ...executionsOf('ann', DAYS, a),
  ...executionsOf('bob', DAYS, b),
];
const daily = (
  dimensions: Record<string, string>,
  sums: (day: number) => Record<string, number>,
): CounterRow[] =>
  Array.from({ length: DAYS }, (_, day) => ({
    dimensions: { ...dimensions, day: dayAt(day) },
    sums: sums(day),
  }));
const holds = ({ expectedImprovement: { low, high } }: Advice, truth: number): boolean =>
  low <= truth && truth <= high;

describe('rules of advice', () => {
  it('say nothing of equal agents, of few executions, and of nothing', () => {
    expect(told(adviceOn(pictureOf(DAYS, { executions: team(() => ({})) })))).toEqual([]);
    const four = executionsOf('ann', 2, () => ({ perDay: 2, success: 0 }));
    const tested = testsOf(pictureOf(2, { executions: [...four, ...executionsOf('bob', DAYS, () => ({}))] }));
    expect(tested.candidates).toEqual([]);
    expect(testsOf(pictureOf(1, {}))).toEqual({ category: 'parsing', tests: 0, candidates: [] });
  });

  it('EXECUTION_SPEED against itself earlier, with the day and the share', () => {
    const [one, ...more] = adviceOn(
      pictureOf(DAYS, { executions: team((day) => ({ ms: day < 25 ? 60_000 : 120_000 })) }),
    );
    expect(more).toEqual([]);
    expect(one).toMatchObject({
      type: 'EXECUTION_SPEED',
      agentType: 'ann',
      category: 'parsing',
      expectedImprovement: { metric: 'seconds' },
    });
    expect(one !== undefined && holds(one, 0.5)).toBe(true);
    if (one?.subject === EARLIER) expect(one.evidence).toMatchObject({ since: dayAt(25) });
  });

  it('EXECUTION_SPEED not of what was slow for a while and is no more', () => {
    const executions = executionsOf('ann', DAYS, (day) => ({ ms: day > 10 && day < 20 ? 150_000 : 60_000 }));
    expect(told(adviceOn(pictureOf(DAYS, { executions })))).toEqual([]);
  });

  it('EXECUTION_SPEED against peers that succeed no less, and not against those that succeed less', () => {
    const slow = (day: number): Doing => ({ ms: 110_000, perDay: 12, success: day < 0 ? 0 : 0.8 });
    expect(told(adviceOn(pictureOf(DAYS, { executions: team(slow, () => ({ perDay: 12 })) })))).toEqual([
      `EXECUTION_SPEED ann ${PEERS}`,
    ]);
    const worse = adviceOn(pictureOf(DAYS, { executions: team(slow, () => ({ perDay: 12, success: 0.4 })) }));
    expect(told(worse)).toEqual(['AGENT_SELECTION bob ann']);
  });

  it('EXECUTION_SPEED of a queue, a tool and a step of the task, under the agent whose it is', () => {
    // Eight times of 1 to 8 s a day, or of 5 to 40 s later.
    const times = (
      day: number,
      names: { count: string; ms: string; log: string },
    ): Record<string, number> => {
      const each = Array.from({ length: 8 }, (_, at) => (at + 1) * (day < 20 ? 1_000 : 5_000));
      const logs = each.map((ms) => Math.log(ms));
      const sum = (all: number[]): number => all.reduce((total, one) => total + one, 0);
      return {
        [names.count]: 8,
        [names.ms]: sum(each),
        [names.log]: Math.round(1_000 * sum(logs)),
        [`${names.log}2`]: Math.round(1_000 * sum(logs.map((log) => log ** 2))),
      };
    };
    const usual = { count: 'timed', ms: 'ms', log: 'logMs' };
    const executions = team(() => ({}));
    const waiting = executions.map(({ dimensions, sums }, at) =>
      dimensions['agentType'] === 'bob'
        ? {
            dimensions,
            sums: {
              ...sums,
              ...times(at % DAYS, { count: 'queueTimed', ms: 'queueMs', log: 'logQueueMs' }),
            },
          }
        : { dimensions, sums },
    );
    const queue = adviceOn(pictureOf(DAYS, { executions: waiting }));
    expect(told(queue)).toEqual(['EXECUTION_SPEED bob queue:bob']);
    expect(queue[0]?.expectedImprovement.value).toBeCloseTo(0.8, 1);
    const actions = daily({ agentType: 'ann', action: 'read: all' }, (day) => ({
      executions: 8,
      ...times(day, usual),
    }));
    expect(told(adviceOn(pictureOf(DAYS, { executions, actions })))).toEqual([
      'EXECUTION_SPEED ann tool:read: all',
    ]);
    const steps = daily({ step: 'lookUp' }, (day) => times(day, usual));
    expect(told(adviceOn(pictureOf(DAYS, { executions, steps })))).toEqual(['EXECUTION_SPEED ann lookUp']);
  });

  it('EXECUTION_SPEED not of a tool whose tasks became longer', () => {
    const mixed = (complexity: string, ms: number, perDay: (day: number) => number) =>
      executionsOf('ann', DAYS, (day) => ({ complexity, ms, perDay: perDay(day) }), complexity);
    const executions = [
      ...mixed('SIMPLE', 30_000, (day) => (day < 20 ? 6 + (day % 3) : 2 + (day % 3))),
      ...mixed('COMPLEX', 120_000, (day) => (day < 20 ? 2 + (day % 2) : 6 + (day % 2))),
    ];
    // The tool takes a tenth of what its tasks take.
    const rows = daily({ agentType: 'ann', action: 'search' }, (day) => {
      const sums: Record<string, number> = { executions: 8 };
      for (const row of executions.filter(({ dimensions }) => dimensions['day'] === dayAt(day)))
        for (const [name, value] of [
          ['timed', row.sums['timed'] ?? 0],
          ['ms', (row.sums['durationMs'] ?? 0) / 10],
          ['logMs', (row.sums['logMs'] ?? 0) - 1_000 * LN_10 * (row.sums['timed'] ?? 0)],
          [
            'logMs2',
            (row.sums['logMs2'] ?? 0) -
              2 * LN_10 * (row.sums['logMs'] ?? 0) +
              1_000 * LN_10 ** 2 * (row.sums['timed'] ?? 0),
          ],
        ] as const)
          sums[name] = (sums[name] ?? 0) + Math.round(value);
      return sums;
    });
    expect(told(adviceOn(pictureOf(DAYS, { executions, actions: rows })))).toEqual([]);
    const unmixed = executions.map((row) => ({
      ...row,
      dimensions: { ...row.dimensions, complexity: 'SIMPLE' },
    }));
    expect(told(adviceOn(pictureOf(DAYS, { executions: unmixed, actions: rows })))).not.toEqual([]);
  });

  it('hold agents against each other as they are now, not as they were', () => {
    // Ann used to fail; since day 15 she is as good as bob.
    const executions = team((day) => ({ success: day < 15 ? 0.2 : 0.8, perDay: 10 }));
    expect(told(adviceOn(pictureOf(DAYS, { executions })))).toEqual([]);
  });

  it.each([
    ['ITERATION_REDUCTION', { iterations: 7 }, 'iterations', 3 / 7],
    ['ERROR_REDUCTION', { errors: 0.5 }, 'errors', 0.8],
  ] as const)('%s where an agent takes more than its peers', (type, more, metric, truth) => {
    const [one, ...others] = adviceOn(pictureOf(DAYS, { executions: team(() => more) }));
    expect(others).toEqual([]);
    expect(one).toMatchObject({ type, agentType: 'ann', subject: PEERS, expectedImprovement: { metric } });
    expect(one !== undefined && holds(one, truth)).toBe(true);
  });

  it('ERROR_REDUCTION names the error that costs most', () => {
    const executions = executionsOf('ann', DAYS, () => ({ perDay: 10, success: 0.7 }));
    const having = (signature: string, failures: number) =>
      daily({ agentType: 'ann', signature }, (day) => ({
        executions: 2,
        failures: Math.min(failures, executions[day]?.sums['failures'] ?? 0),
        timed: 2,
        durationMs: 120_000,
        logMs: 22_000,
        logMs2: 242_500,
      }));
    const advice = adviceOn(
      pictureOf(DAYS, { executions, errors: [...having('Reset: by peer', 2), ...having('Odd: thing', 0)] }),
    );
    expect(told(advice)).toEqual(['ERROR_REDUCTION ann Reset: by peer']);
    expect(advice[0]?.expectedImprovement.metric).toBe('successRate');
    expect(advice[0]?.action).toContain('Reset: by peer');
  });

  it('ERROR_REDUCTION of an agent alone that surely succeeds too seldom, never as urgent', () => {
    const alone = adviceOn(
      pictureOf(DAYS, { executions: executionsOf('ann', DAYS, () => ({ perDay: 40, success: 0.3 })) }),
    );
    expect(told(alone)).toEqual([`ERROR_REDUCTION ann ${GOAL}`]);
    expect(alone[0]?.priority).toBe(6);
  });

  it('RESOURCE_EFFICIENCY only where the cheaper one surely succeeds as often', () => {
    const dear = () => ({ cost: 150_000, perDay: 20 });
    const advice = adviceOn(pictureOf(DAYS, { executions: team(dear, () => ({ perDay: 20 })) }));
    expect(told(advice)).toEqual(['RESOURCE_EFFICIENCY ann bob']);
    expect(advice[0] !== undefined && holds(advice[0], 2 / 3)).toBe(true);
    const worse = team(dear, () => ({ perDay: 20, success: 0.72 }));
    expect(told(adviceOn(pictureOf(DAYS, { executions: worse })))).not.toContain(
      'RESOURCE_EFFICIENCY ann bob',
    );
    const few = team(dear, () => ({ perDay: 1 })).filter(({ dimensions }) => dimensions['day']! < dayAt(20));
    expect(told(adviceOn(pictureOf(DAYS, { executions: few })))).toEqual([]);
  });

  it('AGENT_SELECTION on like tasks: an agent that got the hard ones is not the worse for it', () => {
    const easy = { complexity: 'SIMPLE', success: 0.95 };
    const hard = { complexity: 'COMPLEX', success: 0.4 };
    const mixed = (agent: string, hardPerDay: number) => [
      ...executionsOf(agent, DAYS, () => ({ ...easy, perDay: 10 - hardPerDay }), 'easy'),
      ...executionsOf(agent, DAYS, () => ({ ...hard, perDay: hardPerDay }), 'hard'),
    ];
    expect(told(adviceOn(pictureOf(DAYS, { executions: [...mixed('ann', 8), ...mixed('bob', 2)] })))).toEqual(
      [],
    );
    const better = adviceOn(pictureOf(DAYS, { executions: team(() => ({ success: 0.5 })) }));
    expect(told(better)).toEqual(['AGENT_SELECTION ann bob']);
    expect(better[0] !== undefined && holds(better[0], 0.3)).toBe(true);
  });

  it('compare no agents that do different stages of a plan', () => {
    const stage = (more: Doing) => () => ({ ...more, strategy: 'sequential' });
    const executions = team(stage({ ms: 400_000, cost: 500_000, success: 0.7 }), stage({ success: 0.95 }));
    expect(told(adviceOn(pictureOf(DAYS, { executions })))).toEqual([]);
  });

  it('PARALLEL_EXECUTION where the second stage surely does without the first', () => {
    const executions = team(
      () => ({ strategy: 'sequential' }),
      () => ({ strategy: 'sequential' }),
    );
    const stages = (flows: number) =>
      daily({ first: 'ann', then: 'bob' }, (day) => ({
        executions: 8,
        flows: day % 4 === 0 ? flows : 0,
        savedMs: 240_000 + 10_000 * (day % 5),
        totalMs: 900_000 + 20_000 * (day % 3),
      }));
    const advice = adviceOn(pictureOf(DAYS, { executions, stages: stages(1) }));
    expect(told(advice)).toEqual(['PARALLEL_EXECUTION ann ann>bob']);
    expect(advice[0]?.expectedImprovement).toMatchObject({ metric: 'seconds' });
    expect(advice[0] !== undefined && holds(advice[0], 26 / 92)).toBe(true);
    expect(told(adviceOn(pictureOf(DAYS, { executions, stages: stages(8) })))).toEqual([]);
  });

  it('CACHING of repeats within executions and across them, where they take time', () => {
    const executions = team(() => ({}));
    const within = (ms: number) =>
      daily({ agentType: 'ann', action: 'fetch' }, (day) => ({
        executions: 8,
        count: 24,
        repeats: 16,
        repeatMs: ms + 1_000 * (day % 3),
        [`r${day}`]: 24,
      }));
    const advice = adviceOn(pictureOf(DAYS, { executions, actions: within(80_000) }));
    expect(told(advice)).toEqual(['CACHING ann fetch']);
    expect(advice[0]?.expectedImprovement.value).toBeGreaterThan(0.08);
    expect(told(adviceOn(pictureOf(DAYS, { executions, actions: within(100) })))).toEqual([]);

    const across = daily({ agentType: 'bob', action: 'look' }, (day) => ({
      executions: 8,
      count: 8,
      r7: 6,
      m7: 60_000 + 500 * (day % 7),
      [`r${20 + day}`]: 1,
      [`r${100 + day}`]: 1,
    }));
    const shared = adviceOn(pictureOf(DAYS, { executions, actions: across }));
    expect(told(shared)).toEqual(['CACHING bob look']);
    expect(shared[0]?.reason).toContain('across executions');
  });
});
