import '../quiet-workers.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { JourneymanPlugin } from 'journeyman/plugin';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { isWorkflowExecution } from '../../src/recording/direct.js';
import { newsSignal } from '../../src/shared/messages.js';
import { keepable } from '../../src/workflows/keepable-json.js';
import { StepLog } from '../../src/workflows/step-log.js';
import { openMongoDoor } from './mongo-door.js';
import { type Platform, type PlatformOptions, scenarios, startPlatform } from './sample-platform/platform.js';
import type { Trouble } from './sample-platform/scenarios.js';
import { seedLearnings } from './seed-learnings.js';
import { waitUntil } from './wait-until.js';

type Handle = WorkflowHandle<() => Promise<unknown>>;
const historyOf = async (handle: Handle) => (await handle.fetchHistory()).events ?? [];

/** How many events of each kind that we care for a history has. */
async function countCommands(handle: Handle) {
  const events = await historyOf(handle);
  return {
    markers: events.filter((event) => event.markerRecordedEventAttributes).length,
    children: events.filter((event) => event.startChildWorkflowExecutionInitiatedEventAttributes).length,
    activities: events.filter((event) => event.activityTaskScheduledEventAttributes).length,
    timers: events.filter((event) => event.timerStartedEventAttributes).length,
  };
}

/** Replays a finished workflow on the code as it is. */
async function replayError(handle: Handle, plugin: boolean): Promise<string | null> {
  const history = await handle.fetchHistory();
  const options = { workflowsPath: scenarios, plugins: plugin ? [new JourneymanPlugin()] : [] };
  for await (const { error } of Worker.runReplayHistories(options, [
    { workflowId: handle.workflowId, history },
  ]))
    return error?.message ?? null;
  return 'nothing was replayed';
}

const failureOf = (handle: Handle): Promise<Error> =>
  handle.result().then(
    () => new Error('it did not fail'),
    (error: unknown) => (error instanceof WorkflowFailedError && error.cause) || new Error(String(error)),
  );

/** Runs a test on a platform of its own. */
async function on(options: PlatformOptions, test: (platform: Platform) => Promise<void>): Promise<void> {
  const platform = await startPlatform(options);
  try {
    await test(platform);
  } finally {
    await platform.stop();
  }
}

describe('within withLearning', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform({
      config: {
        agents: [
          { type: 'fast', kind: 'activity' },
          { type: 'slow', kind: 'activity' },
        ],
      },
    });
  });
  afterAll(() => platform.stop());

  const recordOf = (handle: Handle) =>
    interactions(platform.store).find({ workflowId: handle.workflowId }).sort({ endedAt: 1 }).toArray();

  it('the steps are given what was learned, and the record says so', async () => {
    const ids = await seedLearnings(platform.store, 'acme', 'documentation', 3);
    const handle = await platform.start('looks', [{ context: { module: 'parser' } }]);
    const { firstExecutionRunId } = handle as Handle & { firstExecutionRunId: string };
    const executionId = `${handle.workflowId}/${firstExecutionRunId}`;
    expect(await handle.result()).toEqual({
      executionId,
      category: 'documentation',
      plan: null,
      lessons: ids,
      missing: [],
    });
    const [record, ...others] = await recordOf(handle);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      _id: executionId,
      tenant: 'acme',
      taskId: handle.workflowId.slice('acme/'.length),
      origin: 'workflow',
      description: 'Document the parser',
      context: { module: 'parser' },
      learning: 'full',
      choice: null,
      missing: [],
      ending: 'completed',
      outcome: { success: true, source: 'agent' },
      attempts: [{ agentType: 'looks', decisive: true, success: true, report: { iterations: 1 } }],
    });
    expect(record?.learnings.map(({ id, shown }) => [id, shown])).toEqual(ids.map((id) => [id, true]));
    expect(await countCommands(handle)).toEqual({ markers: 2, children: 0, activities: 0, timers: 0 });
    expect(await replayError(handle, true)).toBeNull();
  });

  it('a plan is chosen only among agents that were asked for, and credited', async () => {
    const chosen = await platform.start('looks', [{ agents: ['slow'] }]);
    expect(await chosen.result()).toMatchObject({ plan: 'single(slow)', missing: [] });
    expect((await recordOf(chosen))[0]?.choice?.plan.key).toBe('single(slow)');
    const refused = await platform.start('looks', [{ agents: ['nobody'] }]);
    expect(await refused.result()).toMatchObject({ plan: null, missing: ['strategy'] });
    expect(await recordOf(refused)).toMatchObject([{ choice: null, missing: ['strategy'] }]);
  });

  it('what is reported in several calls becomes one record', async () => {
    const handle = await platform.start('reports');
    await handle.result();
    const [record] = await recordOf(handle);
    expect(record).toMatchObject({
      outcome: { success: false, source: 'agent' },
      ending: 'completed',
      attempts: [
        {
          agentType: 'drafter',
          success: true,
          source: 'agent',
          durationMs: 1_500,
          decisive: false,
          report: { success: true, cost: 0.5, iterations: 3, actions: [] },
        },
        {
          agentType: 'writer',
          claimed: false,
          decisive: true,
          report: {
            success: false,
            output: 'half of it',
            iterations: 2,
            cost: 0.5,
            tokens: { input: 15, output: 3 },
            errors: ['no outline'],
            applied: ['lesson-1'],
            discoveries: [{ title: 'Outline first' }],
          },
        },
      ],
    });
    expect(record?.attempts[1]?.report.actions).toEqual([
      { type: 'writeNotes', input: { name: 'a', hints: '' } },
      { type: 'review', input: { depth: 'full' } },
    ]);
    expect(record?.attempts[1]?.report.results).toEqual([
      { success: true, output: 'Notes of a' },
      { success: true },
    ]);
  });

  it("the platform's own activities and children are its actions", async () => {
    const handle = await platform.start('acts');
    await handle.result();
    const [record] = await recordOf(handle);
    const report = record?.attempts[0]?.report;
    expect(report?.actions.map(({ type, input }) => [type, input])).toEqual([
      ['runChecks', { suite: 'broken' }],
      ['publish', { name: 'local' }],
      ['child', 'well'],
      ['child', 'badly'],
      ['writeNotes', { name: `${'y'.repeat(149)}…`, hints: 'short' }],
    ]);
    expect(report?.results).toEqual([
      { success: false, error: '2 checks of 12 failed' },
      { success: true, output: 'published local' },
      { success: true, output: 'well' },
      { success: false, error: 'the child failed' },
      { success: true, output: expect.stringMatching(/^Notes of y+…|^Notes of y/) },
    ]);
    expect(report?.results[4]?.output).toHaveLength(2_000);
    expect(report?.errors).toEqual(['2 checks of 12 failed', 'the child failed']);
    expect(report?.output).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(await replayError(handle, true)).toBeNull();
  });

  it('several in one workflow have ids of their own, each with its own steps', async () => {
    const handle = await platform.start('several');
    const ids = (await handle.result()) as string[];
    const { firstExecutionRunId } = handle as Handle & { firstExecutionRunId: string };
    const base = handle.workflowId;
    expect(ids).toEqual(
      [base, `${base}#2`, `${base}#3`, 'acme/named', 'acme/named#2'].map(
        (id) => `${id}/${firstExecutionRunId}`,
      ),
    );
    expect(ids.every(isWorkflowExecution)).toBe(true);
    const found = await recordOf(handle);
    const byId = new Map(found.map((record) => [record._id, record]));
    expect(ids.map((id) => byId.get(id)?.taskId)).toEqual(
      [base, `${base}#2`, `${base}#3`, 'acme/named', 'acme/named'].map((id) => id.slice('acme/'.length)),
    );
    expect(ids.map((id) => byId.get(id)?.attempts[0]?.report.actions.map(({ input }) => input))).toEqual(
      ['outer', 'inner', 'two', 'named', 'named'].map((name) => [{ name }]),
    );
    expect(await replayError(handle, true)).toBeNull();
  });

  it.each<[Trouble, string, string]>([
    ['activity', 'failed', '2 checks of 12 failed'],
    ['own', 'failed', 'no more paper'],
    ['cut off', 'failed', 'its steps were cancelled from within'],
  ])(
    'steps that end with trouble (%s) end as without it, and are recorded once',
    async (how, ending, reason) => {
      const [handle, bare] = await Promise.all([
        platform.start('ends', [how]),
        platform.start('endsBare', [how]),
      ]);
      const [error, expected] = [await failureOf(handle), await failureOf(bare)];
      const plain = (failure: Error) => {
        const { message, cause } = failure;
        return {
          kind: failure.constructor,
          message,
          cause: cause instanceof Error ? cause.message : undefined,
        };
      };
      expect(plain(error)).toEqual(plain(expected));
      if (how === 'own') expect(error).toMatchObject({ type: 'Paper', details: [{ sheets: 0 }] });
      if (how === 'activity') expect(error).toBeInstanceOf(ActivityFailure);
      expect(await recordOf(handle)).toMatchObject([
        {
          ending,
          reason,
          outcome: { success: false, source: 'system' },
          attempts: [{ reason, success: false }],
        },
      ]);
      expect(await replayError(handle, true)).toBeNull();
    },
  );

  it.each<Trouble>(['slow', 'waits'])(
    'cancelled (%s), they are recorded so and stay cancelled',
    async (how) => {
      const handle = await platform.start('ends', [how]);
      await waitUntil('the steps run', async () => (await countCommands(handle)).markers === 1);
      await handle.cancel();
      expect(await failureOf(handle)).toBeInstanceOf(CancelledFailure);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(await recordOf(handle)).toMatchObject([
        { ending: 'cancelled', reason: 'cancelled', outcome: { success: null, source: 'system' } },
      ]);
    },
  );

  it('cancelled before anything ran, the steps meet it as they would without', async () => {
    const handle = await platform.start('ends', ['waits'], { startDelay: '1 second' });
    await handle.cancel();
    expect(await failureOf(handle)).toBeInstanceOf(CancelledFailure);
    expect(await recordOf(handle)).toMatchObject([{ ending: 'cancelled', missing: [] }]);
  });

  it('a mistake in the code is no outcome: once it is mended, that is', async () => {
    const handle = await platform.start('mended', [], { memo: { mendedAt: Date.now() + 1_500 } });
    await waitUntil('the mistake', async () =>
      (await historyOf(handle)).some((event) => event.workflowTaskFailedEventAttributes),
    );
    expect(await recordOf(handle)).toEqual([]);
    expect(await handle.result()).toBe('mended');
    expect(await recordOf(handle)).toMatchObject([{ ending: 'completed', outcome: { success: true } }]);
  });

  it('a plain error that ends the workflow, because it declares so, is an outcome', async () => {
    const handle = await platform.start('declares');
    expect((await failureOf(handle)).message).toBe('beyond the last page');
    expect(await recordOf(handle)).toMatchObject([{ ending: 'failed', reason: 'beyond the last page' }]);
  });

  it('a run that goes on as a new one leaves the record to it', async () => {
    const handle = await platform.start('goesOn', [1]);
    expect(await handle.result()).toBe('round 2');
    const found = await recordOf(handle);
    expect(found).toHaveLength(1);
    expect(found[0]?.attempts[0]?.report.actions).toEqual([{ type: 'publish', input: { name: 'round 2' } }]);
    expect(found[0]?.firstRunId).not.toBe(found[0]?.runId);
  });

  it('news reach the steps, those too that came before they were asked for', async () => {
    const handle = await platform.start('hears', [], { startDelay: '500 milliseconds' });
    const item = {
      id: '1',
      version: 1,
      type: 'WARNING',
      title: 'Stop',
      content: 'Stop',
      state: 'VALIDATED',
      source: 'people',
    };
    await handle.signal(newsSignal, item);
    expect(await handle.result()).toEqual(['Stop']);
  });

  it.each([
    ['taskId', { taskId: 'not allowed' }],
    ['tenant', { tenant: 'a/b' }],
  ])('a %s that does not fit is told clearly', async (field, options) => {
    const handle = await platform.start('looks', [options]);
    const error = await failureOf(handle);
    expect(error).toBeInstanceOf(ApplicationFailure);
    expect(error).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
    expect(error.message).toContain(`withLearning: ${field}: "${Object.values(options)[0]}" is not allowed`);
    expect(await recordOf(handle)).toEqual([]);
  });

  it("whatever the platform's workflow ids are, they make task ids", async () => {
    const handle = await platform.start('looks', [], { workflowId: `_Bestellung é ${'x'.repeat(300)}` });
    await handle.result();
    const [record] = await recordOf(handle);
    expect(record?.taskId).toMatch(/^task-_Bestellung---x{163,}$/);
    expect(isWorkflowExecution(record?._id ?? '')).toBe(true);
  });

  it('learning that is off records nothing; an empty description costs the look-up, not the workflow', async () => {
    const off = await platform.start('looks', [{ learning: 'off' }]);
    expect(await off.result()).toMatchObject({ lessons: [], missing: [] });
    expect(await recordOf(off)).toEqual([]);
    const empty = await platform.start('looks', [{ description: '' }]);
    expect(await empty.result()).toMatchObject({ missing: ['analysis', 'knowledge', 'learnings'] });
    expect(await recordOf(empty)).toMatchObject([{ analysis: null, ending: 'completed' }]);
  });
});

describe('what is kept of a step', () => {
  it('bounds any value, and keeps what tells kinds of steps apart', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(keepable(circle)).toMatch(/^\[not JSON: .*circular/i);
    expect(keepable(1n)).toMatch(/^\[not JSON: /);
    expect(keepable(undefined)).toBeUndefined();
    expect(keepable({ at: new Date(0), gone: undefined })).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(keepable({ kind: 'swap', text: 'x'.repeat(3_000) })).toEqual({
      kind: 'swap',
      text: `${'x'.repeat(149)}…`,
    });
    expect(keepable({ 'a\0b': 1 })).toBe('{"a\\u0000b":1}');
    const deep = `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`;
    expect(keepable(JSON.parse(deep))).toBe(deep);
    expect(keepable('a😀'.repeat(1_000), 3)).toBe('a…');
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${n}${'k'.repeat(300)}`, n]));
    expect(keepable(wide)).toHaveLength(2_000);
  });

  it('of very many steps, keeps the first and the last', async () => {
    const log = new StepLog();
    for (let n = 0; n < 1_500; n += 1) await log.follow('step', [n], Promise.resolve());
    const inputs = log.taken().actions.map(({ input }) => input);
    expect(inputs).toHaveLength(1_000);
    expect([inputs[0], inputs[499], inputs[500], inputs.at(-1)]).toEqual([0, 499, 1_000, 1_499]);
  });
});

describe.concurrent('whatever a worker lacks', () => {
  it.each(['refuse', 'stall'] as const)(
    'MongoDB is away (%s): on time, and recorded later, once',
    async (how) => {
      const door = await openMongoDoor(inject('mongoUri'));
      // Away from the very start: the platform's worker starts all the same.
      await (how === 'refuse' ? door.refuse() : door.stall());
      try {
        await on({ mongoUri: door.uri }, async (platform) => {
          const began = performance.now();
          const handle = await platform.start('looks');
          expect(await handle.result()).toMatchObject({ category: 'documentation', lessons: [] });
          expect(performance.now() - began).toBeLessThan(6_000);
          expect(await countCommands(handle)).toMatchObject({ children: 1 });
          expect(await interactions(platform.store).countDocuments()).toBe(0);
          await door.open();
          const [record] = await platform.records(1);
          expect(record?.missing).toEqual(['knowledge', 'learnings']);
          await sleep(500);
          expect(await interactions(platform.store).countDocuments()).toBe(1);
          expect(await replayError(handle, true)).toBeNull();
        });
      } finally {
        await door.close();
      }
    },
  );

  it('the plugin: the steps run, and the record waits for a worker of ours', async () => {
    await on({ plugin: false }, async (platform) => {
      const recorderQueue = platform.config.temporal.taskQueue;
      const handle = await platform.start('looks', [{ recorderQueue }]);
      expect(await handle.result()).toMatchObject({
        category: null,
        missing: ['analysis', 'knowledge', 'learnings'],
      });
      expect(await replayError(handle, false)).toBeNull();
      expect(await replayError(handle, true)).toBeNull();
      await platform.exchangeWorker({});
      const [record] = await platform.records(1);
      expect(record).toMatchObject({
        analysis: null,
        ending: 'completed',
        attempts: [{ agentType: 'looks' }],
      });
    });
  });

  it('the plugin, then has it, then lacks it again: a running workflow goes on', async () => {
    await on({ plugin: false }, async (platform) => {
      const recorderQueue = platform.config.temporal.taskQueue;
      const handle = await platform.start('ends', ['waits'], {});
      const looked = await platform.start('hears');
      await waitUntil('both wait', async () =>
        (await historyOf(looked)).some((e) => e.workflowTaskCompletedEventAttributes),
      );
      await platform.exchangeWorker({});
      await handle.cancel();
      expect(await failureOf(handle)).toBeInstanceOf(CancelledFailure);
      expect(await platform.records(1)).toMatchObject([{ ending: 'cancelled', analysis: null }]);
      const late = await platform.start('ends', ['waits']);
      await waitUntil('it waits', async () => (await countCommands(late)).markers === 1);
      await platform.exchangeWorker({ plugin: false });
      await late.cancel();
      expect(await failureOf(late)).toBeInstanceOf(CancelledFailure);
      expect(recorderQueue).toMatch(/^test-/);
      await platform.exchangeWorker({});
      expect(await platform.records(2)).toMatchObject([
        {},
        { ending: 'cancelled', analysis: { category: 'documentation' } },
      ]);
    });
  });

  it('interceptors, in a bundle made without the plugin: all but the actions', async () => {
    await on({ bundled: { plugin: false } }, async (platform) => {
      const handle = await platform.start('goesOn', [2]);
      expect(await handle.result()).toBe('round 2');
      const [record] = await platform.records(1);
      expect(record).toMatchObject({
        missing: [],
        outcome: { success: true },
        attempts: [{ agentType: 'goesOn' }],
      });
      expect(record?.attempts[0]?.report.actions).toEqual([]);
    });
  });

  it('nothing, in a bundle made with the plugin and with modules that all workflows share', async () => {
    await on(
      { bundled: { plugin: true, preload: ['@temporalio/workflow', 'journeyman/workflow'] } },
      async (platform) => {
        const handles = await Promise.all([1, 2, 3].map(() => platform.start('several')));
        for (const handle of handles) {
          const { firstExecutionRunId: runId } = handle as Handle & { firstExecutionRunId: string };
          // Nothing that the first workflow took stands in the way of the next.
          expect(await handle.result()).toEqual(
            [
              handle.workflowId,
              `${handle.workflowId}#2`,
              `${handle.workflowId}#3`,
              'acme/named',
              'acme/named#2',
            ].map((taken) => `${taken}/${runId}`),
          );
        }
        const found = await platform.records(15);
        expect(found.filter(({ attempts }) => attempts[0]?.report.actions.length === 1)).toHaveLength(15);
      },
    );
  });
});
