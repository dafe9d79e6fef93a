import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { contributionsOf } from '../../src/recording/contributions.js';
import { findEarlyWords } from '../../src/recording/early-words.js';
import { takeFeedback } from '../../src/recording/feedback.js';
import { effectiveOutcome, findOutcomes } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { wordsOn } from '../../src/recording/words.js';
import { setUpStore } from '../../src/setup.js';
import type { Feedback } from '../../src/shared/feedback.js';
import { createRedactor } from '../../src/shared/redact.js';
import type { ExecutionRecord, Outcome } from '../../src/shared/task.js';
import { events } from '../../src/store/event-log.js';
import { liveGeneration } from '../../src/store/ledger.js';
import { openStore, type Store } from '../../src/store/store.js';
import { taskFeedback } from '../../src/task-feedback.js';
import { allCounters, asMap, recordNumber } from './recording-data.js';

let store: Store;
let temporal: Client;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `feedback-${randomUUID().slice(0, 8)}` });
  await setUpStore(store);
  temporal = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
});
afterAll(async () => {
  await store.db.dropDatabase();
  await Promise.all([store.close(), temporal.connection.close()]);
});

let tenants = 0;
const newTenant = (): string => `t${(tenants += 1)}-${process.pid}-${Date.now().toString(36)}`;
const said = (tenant: string, taskId: string, feedback: Partial<Feedback>) =>
  taskFeedback(
    { store, redactor: createRedactor(), temporal: () => Promise.resolve(temporal) },
    tenant,
    taskId,
    { source: 'human', by: 'ann', ...feedback },
  );
/** A record of success by the agent's own word. */
const record = (tenant: string, index = 1): ExecutionRecord => ({
  ...recordNumber(tenant, index),
  outcome: { success: true, source: 'agent' },
});
/** What the tenant's counters hold, and what they must hold for these outcomes. */
async function expectCounters(tenant: string, outcomes: Record<string, Outcome>): Promise<void> {
  const all = await interactions(store).find({ tenant }).toArray();
  expect(await allCounters(store, tenant, await liveGeneration(store, tenant))).toEqual(
    asMap(all.flatMap((one) => contributionsOf(one, outcomes[one.taskId] ?? one.outcome))),
  );
}
/** A task that Temporal knows and nobody works on. */
async function running(tenant: string, taskId: string) {
  return temporal.workflow.start('ExecuteTaskWorkflow', {
    workflowId: `${tenant}/${taskId}`,
    taskQueue: `nobody-${tenant}`,
    args: [{}],
  });
}
const verifier = (success: boolean): Outcome => ({ success, source: 'verifier' });

describe('words that come in another order than they were found', () => {
  const check = { source: 'verifier', by: 'https://ci.test/31', precedence: 103 } as const;
  const failed = { ...check, success: false, at: '2026-01-31T15:00:00Z' };
  const passed = { ...check, success: true, at: '2026-01-31T16:00:00+00:00' };

  it('an older one does not take the place of a newer one of the same check', async () => {
    const tenant = newTenant();
    await recordExecution(store, record(tenant));
    expect(await said(tenant, 'n1', passed)).toMatchObject({ after: { success: true, source: 'verifier' } });
    expect(await said(tenant, 'n1', failed)).toMatchObject({ after: { success: true, source: 'verifier' } });
    await expectCounters(tenant, { n1: { ...verifier(true), precedence: 103 } });
    // Without a time of its own, a word was found when it was said.
    const now = { ...check, success: false };
    expect(await said(tenant, 'n1', now)).toMatchObject({ after: { success: false } });
    const words = wordsOn(
      (await interactions(store).findOne({ tenant, taskId: 'n1' })) ?? expect.fail('no record'),
      await findOutcomes(store, tenant, [`${tenant}/n1/run`]),
    );
    expect(words.map(({ success, counts }) => [success, counts])).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect((await rebuild(store, tenant)).changed).toEqual([]);
  });

  it('a newer one does, also of words that waited for the record', async () => {
    const tenant = newTenant();
    await running(tenant, 'n1');
    await said(tenant, 'n1', passed);
    await said(tenant, 'n1', failed);
    await recordExecution(store, record(tenant));
    await expectCounters(tenant, { n1: { ...verifier(true), precedence: 103 } });
    const later = { ...failed, at: '2026-01-31T17:00:00Z' };
    expect(await said(tenant, 'n1', later)).toMatchObject({ after: { success: false } });
  });
});

describe('feedback', () => {
  it('moves every counter, and says what was believed before and after', async () => {
    const tenant = newTenant();
    await recordExecution(store, record(tenant));
    const taken = await said(tenant, 'n1', {
      success: false,
      score: 0.2,
      comment: 'password=hunter22 leaked',
    });
    expect(taken).toMatchObject({
      taskId: 'n1',
      state: 'applied',
      repeated: false,
      executionId: `${tenant}/n1/run`,
      by: 'ann',
      said: { success: false, source: 'human', score: 0.2 },
      comment: 'password=[redacted] leaked',
      before: { success: true, source: 'agent' },
      after: { success: false, source: 'human', score: 0.2 },
    });
    await expectCounters(tenant, { n1: { success: false, source: 'human', score: 0.2 } });
    expect((await rebuild(store, tenant)).changed).toEqual([]);
  });

  it('that is a comment alone, or does not know, is kept and changes nothing', async () => {
    const tenant = newTenant();
    await recordExecution(store, record(tenant));
    const own = { success: true, source: 'agent' } as const;
    expect(await said(tenant, 'n1', { comment: 'nice' })).toMatchObject({ after: own });
    expect(await said(tenant, 'n1', { success: null })).toMatchObject({ after: own });
    expect(await said(tenant, 'n1', { score: 0.7 })).toMatchObject({ after: { ...own, score: 0.7 } });
    await expectCounters(tenant, {
      n1: { ...own, score: 0.7, gradedBy: { source: 'human' } },
    });
    const [interaction] = await interactions(store).find({ tenant }).toArray();
    if (interaction === undefined) throw new Error('nothing is recorded');
    const words = wordsOn(interaction, await findOutcomes(store, tenant, [interaction._id]));
    expect(words.map(({ by, reason, score, counts }) => [by, reason, score, counts])).toEqual([
      ['agent1', undefined, undefined, true],
      ['ann', 'nice', undefined, false],
      ['ann', undefined, undefined, false],
      ['ann', undefined, 0.7, false],
    ]);
  });

  it('of who speaks again replaces what they said', async () => {
    const tenant = newTenant();
    await recordExecution(store, record(tenant));
    const check = (by: string, success: boolean | null, precedence: number) =>
      said(tenant, 'n1', { source: 'verifier', by, success, precedence });
    await check('lint', false, 101);
    expect(await check('tests', true, 100)).toMatchObject({ after: { success: false } });
    expect(await check('lint', null, 100)).toMatchObject({ after: { success: false } });
    expect(await check('lint', true, 100)).toMatchObject({
      before: { success: false },
      after: { success: true },
    });
    await expectCounters(tenant, { n1: verifier(true) });
    const [interaction] = await interactions(store).find({ tenant }).toArray();
    if (interaction === undefined) throw new Error('nothing is recorded');
    const later = await findOutcomes(store, tenant, [interaction._id]);
    expect(wordsOn(interaction, later).map(({ by, counts }) => [by, counts])).toEqual([
      ['agent1', false],
      ['lint', false],
      ['tests', false],
      ['lint', false],
      ['lint', true],
    ]);
    expect(effectiveOutcome(interaction, later)).toMatchObject({ success: true });
    expect((await rebuild(store, tenant)).changed).toEqual([]);
  });

  it('is taken in once however often it is delivered, twelve times at once included', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    await Promise.all([tenant, other].map((each) => recordExecution(store, record(each))));
    const deliver = (to: string, success: boolean) =>
      said(to, 'n1', { source: 'verifier', by: 'ci', success, deliveryId: 'd-1' });
    const answers = await Promise.all(Array.from({ length: 12 }, () => deliver(tenant, false)));
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    for (const { said: word, after } of answers)
      expect([word.success, after?.success]).toEqual([false, false]);
    // The first counts, whatever is delivered under its name; other tenants have names of their own.
    expect(await deliver(tenant, true)).toMatchObject({ repeated: true, after: { success: false } });
    expect(await deliver(other, true)).toMatchObject({ repeated: false, after: { success: true } });
    expect(await events(store).countDocuments({ tenant })).toBe(1);
    await expectCounters(tenant, { n1: verifier(false) });
    await expectCounters(other, { n1: verifier(true) });
  });

  it('is for the latest execution of a task, or the one that is named', async () => {
    const tenant = newTenant();
    const first = record(tenant);
    const second = { ...first, executionId: `${tenant}/n1/second`, endedAt: first.endedAt + 1 };
    for (const each of [first, second]) await recordExecution(store, each);
    expect(await said(tenant, 'n1', { success: false })).toMatchObject({ executionId: second.executionId });
    const { executionId } = first;
    expect(await said(tenant, 'n1', { success: false, executionId })).toMatchObject({ executionId });
    await recordExecution(store, record(tenant, 2));
    await expect(said(tenant, 'n2', { success: false, executionId })).rejects.toThrow(
      `execution of task "n2" "${executionId}" was not found`,
    );
  });

  it.each<[object, RegExp]>([
    [{}, /^success: undefined is not allowed; expected at least one of success, score and comment$/],
    [{ success: 'yes' }, /^success: "yes" is not allowed/],
    [{ score: 1.1 }, /^score: 1.1 is not allowed/],
    [{ success: true, source: 'agent' }, /^source: "agent" is not allowed; expected .*human/],
    [{ success: true, by: ' ' }, /^by: " " is not allowed; expected who says so/],
    [{ success: true, comment: '' }, /^comment: "" is not allowed/],
    [{ success: true, because: 'x' }, /^because: "x" is not allowed/],
    [{ success: true, executionId: { $ne: '' } }, /^executionId: /],
    [{ success: true, deliveryId: { $ne: '' } }, /^deliveryId: /],
  ])('%j is refused', async (feedback, message) => {
    await expect(said('nobody', 'n1', feedback as Feedback)).rejects.toThrow(message);
  });

  it('on a task that nobody knows is refused', async () => {
    const tenant = newTenant();
    await expect(said(tenant, 'gone', { success: true })).rejects.toThrow('task "gone" was not found');
    expect(await events(store).countDocuments({ tenant })).toBe(0);
  });
});

describe('feedback that comes before the record', () => {
  it('waits, and is applied once, together with it', async () => {
    const tenant = newTenant();
    const task = await running(tenant, 'n1');
    expect(await said(tenant, 'n1', { success: null, comment: 'looks odd' })).toMatchObject({
      state: 'waiting',
      executionId: null,
      before: null,
    });
    const failing: Partial<Feedback> = { source: 'verifier', by: 'ci', success: false, deliveryId: 'd' };
    expect(await said(tenant, 'n1', failing)).toMatchObject({ state: 'waiting', repeated: false });
    expect(await said(tenant, 'n1', failing)).toMatchObject({ state: 'waiting', repeated: true });
    expect((await findEarlyWords(store, tenant, 'n1')).map(({ by }) => by)).toEqual(['ann', 'ci']);
    await expectCounters(tenant, {});

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => recordExecution(store, record(tenant))),
    );
    expect(answers.filter(({ applied }) => applied)).toHaveLength(1);
    await expectCounters(tenant, { n1: verifier(false) });
    expect(await findEarlyWords(store, tenant, 'n1')).toEqual([]);
    const log = await findOutcomes(store, tenant, [`${tenant}/n1/run`]);
    expect(log.map(({ by, comment, after }) => [by, comment, after.success])).toEqual([
      ['ann', 'looks odd', true],
      ['ci', undefined, false],
    ]);
    expect(await said(tenant, 'n1', failing)).toMatchObject({
      state: 'applied',
      repeated: true,
      after: { success: false },
    });
    // Another task of the tenant, which nobody said anything of.
    await recordExecution(store, record(tenant, 2));
    await expectCounters(tenant, { n1: verifier(false) });
    expect((await rebuild(store, tenant)).changed).toEqual([]);
    await expectCounters(tenant, { n1: verifier(false) });
    await task.terminate();
  });

  it('waits for the execution that it names', async () => {
    const tenant = newTenant();
    const task = await running(tenant, 'n1');
    const executionId = `${tenant}/n1/${task.firstExecutionRunId}`;
    expect(await said(tenant, 'n1', { success: false, executionId })).toMatchObject({ state: 'waiting' });
    await recordExecution(store, record(tenant));
    await expectCounters(tenant, {});
    await recordExecution(store, { ...record(tenant), executionId });
    expect(await findOutcomes(store, tenant, [executionId])).toHaveLength(1);
    await task.terminate();
  });

  it.each(['the first of its tenant', 'not the first of its tenant'])(
    'is not lost when one is written while the other is not yet seen: %s',
    { timeout: 60_000 },
    async (which) => {
      const tenant = newTenant();
      const coming = () => Promise.resolve(true);
      const word = (taskId: string) => ({ tenant, taskId, by: 'ci', outcome: verifier(false) });
      await recordExecution(store, record(tenant, 1));
      if (which !== 'the first of its tenant') await takeFeedback(store, word('another'), coming);
      /** The same store, each of whose transactions ends only when it is let. */
      const held = () => {
        let begin = (): void => {};
        let end = (): void => {};
        const begun = new Promise<void>((resolve) => (begin = resolve));
        const ended = new Promise<void>((resolve) => (end = resolve));
        const slow: Store = {
          ...store,
          transaction: (operation, deadlineMs) =>
            store.transaction(async (session) => {
              const result = await operation(session);
              if (result !== null) {
                begin();
                await ended;
              }
              return result;
            }, deadlineMs),
        };
        return { slow, begun, end };
      };
      const recording = held();
      const recorded = recordExecution(recording.slow, record(tenant, 2), undefined, 30_000);
      await recording.begun;
      const taking = takeFeedback(store, word('n2'), coming);
      setTimeout(recording.end, 300);
      expect((await Promise.all([taking, recorded]))[0].event.kind).toBe('outcome');

      const telling = held();
      const told = takeFeedback(telling.slow, word('n3'), coming);
      await telling.begun;
      const last = recordExecution(store, record(tenant, 3), undefined, 30_000);
      setTimeout(telling.end, 300);
      expect((await Promise.all([told, last]))[0].event.kind).toBe('waiting');
      expect(await findEarlyWords(store, tenant, 'n3')).toEqual([]);
      await expectCounters(tenant, { n2: verifier(false), n3: verifier(false) });
    },
  );

  it('is not lost when it comes at the very moment of the record', { timeout: 120_000 }, async () => {
    const tenant = newTenant();
    const indices = Array.from({ length: 40 }, (_, index) => index);
    const states = await Promise.all(
      indices.map(async (index) => {
        const [{ event }] = await Promise.all([
          takeFeedback(store, { tenant, taskId: `n${index}`, by: 'ci', outcome: verifier(false) }, () =>
            Promise.resolve(true),
          ),
          recordExecution(store, record(tenant, index), undefined, 60_000),
        ]);
        return event.kind;
      }),
    );
    expect(states).toHaveLength(40);
    expect(await events(store).countDocuments({ tenant, kind: 'waiting' })).toBe(0);
    expect(await events(store).countDocuments({ tenant, kind: 'outcome' })).toBe(40);
    await expectCounters(tenant, Object.fromEntries(indices.map((index) => [`n${index}`, verifier(false)])));
  });

  it('and while a rebuild runs reaches both generations', { timeout: 120_000 }, async () => {
    const tenant = newTenant();
    for (let index = 0; index < 20; index += 1) await recordExecution(store, record(tenant, index));
    const meanwhile = Array.from({ length: 20 }, async (_, index) => {
      const say = (taskId: string) =>
        takeFeedback(store, { tenant, taskId, by: 'ci', outcome: verifier(false) }, () =>
          Promise.resolve(true),
        );
      await say(`n${index}`);
      await say(`n${index + 20}`);
      await recordExecution(store, record(tenant, index + 20), undefined, 60_000);
    });
    const [{ changed }] = await Promise.all([rebuild(store, tenant), ...meanwhile]);
    expect(changed).toEqual([]);
    const outcomes = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`n${index}`, verifier(false)]),
    );
    await expectCounters(tenant, outcomes);
    expect((await rebuild(store, tenant)).changed).toEqual([]);
    await expectCounters(tenant, outcomes);
  });
});
