import { describe, expect, it } from 'vitest';
import { performanceOf } from '../../../src/performance/statistics/contributions.js';
import type { RecordedExecution } from '../../../src/performance/statistics/steps.js';
import type { Action, ActionResult } from '../../../src/shared/agent-contract.js';
import { CUT } from '../../../src/shared/sizes.js';
import type { Attempt, ExecutionRecord } from '../../../src/shared/task.js';
import { attempt, executionRecord } from '../learning/execution-records.js';

type Did = [action: Action, result: ActionResult];

const worker = (more: Partial<Attempt> = {}, report: Partial<Attempt['report']> = {}): Attempt => {
  const made = attempt([], more.agentType ?? 'code');
  return { ...made, ...more, report: { ...made.report, ...report } };
};
const doing = (did: Did[], more: Partial<Attempt> = {}): Attempt =>
  worker(more, { actions: did.map(([action]) => action), results: did.map(([, result]) => result) });

function recorded(attempts: Attempt[], more: Partial<ExecutionRecord> = {}): RecordedExecution {
  const record = executionRecord({ id: 'x', attempts, plan: 'x(y)' });
  return { ...record, origin: 'workflow', recordedAt: new Date(record.endedAt + 25), ...more };
}

function planned(strategy: 'sequential' | 'parallel', onFailure: 'next' | 'stop', attempts: Attempt[]) {
  const record = recorded(attempts);
  if (record.choice !== null) record.choice.plan = { ...record.choice.plan, strategy, onFailure };
  return record;
}

/** Sums of a projection by one of its dimensions. */
const sumsOf = (record: RecordedExecution, projection: string, by: string) =>
  Object.fromEntries(
    performanceOf(record, record.outcome)
      .filter((increment) => increment.projection === projection)
      .map(({ dimensions, sums }) => [dimensions[by], sums]),
  );

describe('what an execution adds', () => {
  it('of an attempt: what it took, how that spreads, and what it waited', () => {
    const one = worker(
      { durationMs: 1_000, elapsedMs: 1_250 },
      { iterations: 3, errors: ['a', 'b'], cost: 0.5, tokens: { input: 90, output: 10 } },
    );
    const [increment] = performanceOf(recorded([one]), { success: true, source: 'verifier' });
    expect(increment?.dimensions).toEqual({
      ...{ agentType: 'code', category: 'bug_fix', strategy: 'single', complexity: 'SIMPLE' },
      day: '2023-11-14',
    });
    expect(increment?.sums).toMatchObject({
      ...{ executions: 1, successes: 1, durationMs: 1_000, timed: 1, logMs: 6_908, logMs2: 47_717 },
      ...{ iterations: 3, iterations2: 9, errors: 2, errors2: 4, withErrors: 1, actions: 0 },
      ...{ costMicroUsd: 500_000, costed: 1, logCost: 13_122, inputTokens: 90, outputTokens: 10 },
      ...{ tokened: 1, logTokens: 4_605, queued: 1, queueMs: 250, queueTimed: 1, logQueueMs: 5_521 },
      successesConfirmed: 1,
    });
    const bins = Object.keys(increment?.sums ?? {}).filter((name) => /^[tcqy]\d+$/.test(name));
    expect(new Set(bins.map((name) => name[0]))).toEqual(new Set(['t', 'c', 'q']));
    expect(bins).toHaveLength(3);
  });

  it('of what was never known to cost or take anything: no place in how that spreads', () => {
    const [increment] = performanceOf(recorded([worker({ durationMs: 0, elapsedMs: 0 })]), {
      ...{ success: null, source: 'system' },
    });
    for (const name of ['timed', 'costed', 'tokened', 'queueTimed', 'withErrors'])
      expect(increment?.sums[name] ?? 0).toBe(0);
  });

  it('of a call that nobody took: a wait, and no work', () => {
    const lost = worker({ unanswered: true, durationMs: 60_000, elapsedMs: 60_000, success: false });
    expect(sumsOf(recorded([lost]), 'statistics', 'agentType')['code']).toMatchObject({
      ...{ executions: 1, durationMs: 0, queueMs: 60_000 },
    });
  });

  it('of fallbacks: the time of those that failed before another was asked', () => {
    const failed = worker({ agentType: 'weak', success: false, durationMs: 700 });
    const attempts = [failed, worker({ agentType: 'good' })];
    const sums = sumsOf(planned('sequential', 'next', attempts), 'statistics', 'agentType');
    expect(sums['weak']).toMatchObject({ retries: 1, retryMs: 700, retryTimed: 1 });
    expect(sums['good']).not.toHaveProperty('retries');
    for (const other of [planned('sequential', 'stop', attempts), planned('parallel', 'next', attempts)])
      expect(sumsOf(other, 'statistics', 'agentType')['weak']).not.toHaveProperty('retries');
    const last = [worker({ agentType: 'good', success: false }), failed];
    expect(sumsOf(planned('sequential', 'next', last), 'statistics', 'agentType')['weak']).not.toHaveProperty(
      'retries',
    );
  });

  it('of its steps: each that was measured, and none where no workflow of ours ran', () => {
    const steps = { analyse: 4, lookUp: 30, execute: 900, approval: 60_000 };
    const sums = sumsOf(recorded([worker()], { steps }), 'steps', 'category')['bug_fix'];
    expect(sums).toMatchObject({
      ...{ 'analyse:ms': 4, 'lookUp:ms': 30, 'approval:ms': 60_000, 'recording:ms': 25 },
      ...{ 'lookUp:executions': 1, 'lookUp:timed': 1, 'lookUp:logMs': 3_401 },
    });
    const { approval: _, ...others } = steps;
    const without = sumsOf(recorded([worker()], { steps: others }), 'steps', 'category')['bug_fix'];
    expect(Object.keys(without ?? {}).some((name) => name.startsWith('approval'))).toBe(false);
    for (const origin of ['direct', 'reconciled'] as const)
      expect(sumsOf(recorded([worker()], { steps, origin }), 'steps', 'category')).toEqual({});
  });

  it('of its errors: three different ones an attempt, by what is the same of all their kind', () => {
    const errors = ['TypeError: x at 3', 'TypeError: x at 4', '', 'b', 'c', 'd'];
    const sums = sumsOf(recorded([worker({ durationMs: 50 }, { errors })]), 'errors', 'signature');
    expect(Object.keys(sums)).toEqual(['TypeError: x at <n>', 'b', 'c']);
    expect(sums['b']).toMatchObject({ executions: 1, failures: 0, durationMs: 50, timed: 1, logMs: 3_912 });
  });
});

describe('the actions of an attempt', () => {
  const read = (path: string, more: Partial<ActionResult> = {}): Did => [
    { type: 'read', input: { path } },
    { success: true, output: `text of ${path}`, ...more },
  ];
  const actions = (did: Did[], more: Partial<Attempt> = {}) =>
    sumsOf(recorded([doing(did, more)]), 'actions', 'action');

  it('count as repeated where input, output and success are the same, with the time that took', () => {
    const { read: sums } = actions([
      read('a', { seconds: 2 }),
      read('b', { seconds: 1 }),
      read('a', { seconds: 1.5 }),
      read('a', { seconds: 0.25, output: 'changed' }),
      read('a', { seconds: 9, success: false }),
    ]);
    expect(sums).toMatchObject({
      ...{ executions: 1, count: 5, measured: 5, timed: 5, ms: 13_750, repeats: 1, repeatMs: 1_500 },
    });
    const buckets = Object.entries<number>(sums ?? {}).filter(([name]) => /^r\d+$/.test(name));
    expect(buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(4);
  });

  it('take their share of the attempt where nobody timed them', () => {
    const { read: sums } = actions([read('a'), read('a'), read('c'), read('d')], { durationMs: 4_000 });
    expect(sums).toMatchObject({ count: 4, repeats: 1, repeatMs: 1_000 });
    expect(sums).not.toHaveProperty('measured');
  });

  it('are not the same where what they did is not known', () => {
    const bare: Did = [{ type: 'read' }, { success: true, output: 'x' }];
    const silent: Did = [{ type: 'read', input: 'x' }, { success: true }];
    const cut: Did = [
      { type: 'read', input: CUT },
      { success: true, output: 'x' },
    ];
    expect(actions([bare, bare, silent, silent, cut, cut])['read']).not.toHaveProperty('repeats');
  });

  it('are counted by type for the twelve most frequent ones', () => {
    const did = Array.from({ length: 30 }, (_, type): Did[] =>
      Array.from({ length: type < 12 ? 2 : 1 }, () => [{ type: `t${type}` }, { success: true }]),
    ).flat();
    const sums = actions(did);
    expect(Object.keys(sums)).toHaveLength(13);
    expect(sums['(others)']).toMatchObject({ executions: 1, count: 18 });
    expect(sums['t3']).toMatchObject({ executions: 1, count: 2 });
  });

  it('are not believed a time that cannot be', () => {
    for (const seconds of [-1, Number.NaN, 1e300, '3' as unknown as number])
      expect(actions([read('a', { seconds })])['read']).not.toHaveProperty('measured');
  });
});

describe('stages', () => {
  const said = (agentType: string, output: string, more: Partial<Attempt> = {}): Attempt =>
    worker({ agentType, durationMs: 1_000, ...more }, { output });
  const stages = (attempts: Attempt[], more: Partial<ExecutionRecord> = {}) =>
    sumsOf({ ...planned('sequential', 'stop', attempts), ...more }, 'stages', 'then');

  it('use the work before them where they take up a word that only it had said', () => {
    const attempts = [
      said('plan', 'put it into ParserFactory', { durationMs: 400 }),
      said('write', 'wrote parserfactory.ts'),
    ];
    expect(stages(attempts)['write']).toMatchObject({
      ...{ executions: 1, flows: 1, firstMs: 400, thenMs: 1_000, savedMs: 400, totalMs: 1_400 },
    });
    expect(stages(attempts, { description: 'a parserFactory, please' })['write']).toMatchObject({ flows: 0 });
    expect(stages(attempts, { context: { hint: ['ParserFactory'] } })['write']).toMatchObject({ flows: 0 });
  });

  it('do not where they have short words in common, or only names of fields and actions', () => {
    const did: Did[] = [[{ type: 'read_file', input: { filename: 'a.ts' } }, { success: true }]];
    const attempts = [
      { ...doing(did, { agentType: 'one' }), durationMs: 1 },
      { ...doing(did, { agentType: 'two' }), durationMs: 1 },
    ];
    expect(stages(attempts)['two']).toMatchObject({ executions: 1, flows: 0 });
  });

  it('are only those that followed a success, in plans of one after another', () => {
    const [one, two] = [said('one', 'x'), said('two', 'y')];
    expect(stages([{ ...one, success: false }, two])).toEqual({});
    expect(stages([{ ...one, success: null }, two])).toEqual({});
    expect(sumsOf(planned('parallel', 'stop', [one, two]), 'stages', 'then')).toEqual({});
  });
});
