import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { contributionsOf } from '../../src/recording/contributions.js';
import { recordInteraction, recordPerformance, recordStrategyOutcome } from '../../src/recording/direct.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { NotFoundError } from '../../src/shared/errors.js';
import type { ExecutionRecord, Outcome } from '../../src/shared/task.js';
import { events } from '../../src/store/event-log.js';
import { pending } from '../../src/store/pending.js';
import { openStore, type Store } from '../../src/store/store.js';
import { allCounters, asMap, recordNumber } from './recording-data.js';

let store: Store;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `recording-${randomUUID().slice(0, 8)}` });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const sumsOf = (record: ExecutionRecord, outcome: Outcome = record.outcome) =>
  contributionsOf(
    {
      _id: record.executionId,
      ...record,
      parts: ['learning', 'performance', 'strategy'],
      recordedAt: new Date(),
      generations: [],
    },
    outcome,
  );
/** What the tenant's documents come to. */
const countsOf = async (tenant: string) => ({
  interactions: await interactions(store).countDocuments({ tenant }),
  pending: await pending(store).countDocuments({ tenant }),
  events: await events(store).countDocuments({ tenant }),
});

describe('recording', () => {
  it('applies once a record that is brought twenty times at once', async () => {
    const record = recordNumber('once', 3);
    const answers = await Promise.all(Array.from({ length: 20 }, () => recordExecution(store, record)));
    expect(answers.filter(({ applied }) => applied)).toHaveLength(1);
    expect(await countsOf('once')).toEqual({ interactions: 1, pending: 3, events: 0 });
    expect(await allCounters(store, 'once', 'g1')).toEqual(asMap(sumsOf(record)));
    expect(await recordExecution(store, record)).toEqual({ applied: false });
  });

  it('loses no count of two hundred records at once', async () => {
    const records = Array.from({ length: 200 }, (_, index) => recordNumber('many', index));
    const answers = await Promise.all(
      records.map((record) => recordExecution(store, record, undefined, 30_000)),
    );
    expect(answers.every(({ applied }) => applied)).toBe(true);
    expect(await countsOf('many')).toEqual({ interactions: 200, pending: 600, events: 0 });
    expect(await allCounters(store, 'many', 'g1')).toEqual(
      asMap(records.flatMap((record) => sumsOf(record))),
    );
  });

  it('leaves nothing behind when any part of it fails', async () => {
    const record = recordNumber('nothing', 1);
    // The counters need its day, after the interaction and its pending entries were written.
    const broken: ExecutionRecord = { ...record, endedAt: Number.NaN };
    await expect(recordExecution(store, broken)).rejects.toThrow(/Invalid time value/);
    // A duplicate of anything but the interaction's own id is an error, not "already applied".
    await pending(store).insertOne({
      _id: `knowledge|${record.executionId}`,
      tenant: 'elsewhere',
      consumer: 'knowledge',
      executionId: record.executionId,
      generations: [],
    });
    await expect(recordExecution(store, record)).rejects.toThrow(/E11000/);
    expect(await countsOf('nothing')).toEqual({ interactions: 0, pending: 0, events: 0 });
    expect(await allCounters(store, 'nothing', 'g1')).toEqual({});
    await pending(store).deleteOne({ _id: `knowledge|${record.executionId}` });
    expect(await recordExecution(store, record)).toEqual({ applied: true });
  });

  it('direct calls are idempotent, and move their own component only', async () => {
    const tenant = 'direct';
    const record = recordNumber(tenant, 1);
    expect(await recordInteraction(store, record)).toEqual({ applied: true });
    expect(await recordInteraction(store, record)).toEqual({ applied: false });
    const figures = {
      success: true,
      durationMs: 1_000,
      iterations: 2,
      errors: 0,
      cost: 0.5,
      endedAt: record.endedAt,
    };
    const execution = {
      ...figures,
      agentType: 'code',
      category: 'testing',
      strategy: 'single',
      actions: 3,
      tokens: { input: 0, output: 0 },
    };
    const performance = () => recordPerformance(store, tenant, execution, 'run-1');
    const outcome = () =>
      recordStrategyOutcome(
        store,
        tenant,
        'single(code)@testing',
        figures,
        { taskId: 't', whatWorked: [], improvements: [] },
        'run-1',
      );
    expect(await Promise.all([performance(), performance(), outcome(), outcome()])).toEqual(
      expect.arrayContaining([{ applied: true }, { applied: false }]),
    );
    const byCollection = Object.entries(await allCounters(store, tenant, 'g1')).map(([key, sums]) => [
      key.split(' ')[0],
      sums['executions'] ?? sums['shown'] ?? sums['withheld'],
    ]);
    expect(Object.fromEntries(byCollection)).toMatchObject({ totals: 1, statistics: 1, arms: 1 });
    expect(byCollection.filter(([collection]) => collection === 'statistics')).toHaveLength(1);
    expect(byCollection.filter(([collection]) => collection === 'arms')).toHaveLength(1);
    // The workflow that ran an execution records it, all of it; a direct call must not do so before it.
    const workflowRun = `${tenant}/task/${randomUUID()}`;
    expect(await recordPerformance(store, tenant, execution, workflowRun)).toEqual({ applied: false });
    expect(await recordInteraction(store, { ...record, executionId: workflowRun })).toEqual({
      applied: false,
    });
    await expect(
      recordStrategyOutcome(store, tenant, 'nonsense', figures, {
        taskId: 't',
        whatWorked: [],
        improvements: [],
      }),
    ).rejects.toThrow('strategyId: "nonsense" is not allowed');
  });
});

describe('a later word on how a task went', () => {
  const recorded = async (tenant: string): Promise<ExecutionRecord> => {
    const record = { ...recordNumber(tenant, 1), outcome: { success: true, source: 'agent' } } as const;
    await recordExecution(store, record);
    return record;
  };
  const say = (record: ExecutionRecord, outcome: Outcome) =>
    addOutcome(store, { tenant: record.tenant, executionId: record.executionId, outcome, by: 'somebody' });
  const expectCounters = async (record: ExecutionRecord, outcome: Outcome) =>
    expect(await allCounters(store, record.tenant, 'g1')).toEqual(asMap(sumsOf(record, outcome)));

  it('moves every counter to the more trusted word, and back no more', async () => {
    const record = await recorded('later');
    await expectCounters(record, { success: true, source: 'agent' });
    const failed = { success: false, source: 'verifier' } as const;
    expect(await say(record, failed)).toMatchObject({ before: { success: true }, after: failed });
    await expectCounters(record, failed);
    // Less trusted than the verifier.
    expect(await say(record, { success: true, source: 'agent' })).toMatchObject({ after: failed });
    await expectCounters(record, failed);
    // The most trusted source, but it does not know.
    expect(await say(record, { success: null, source: 'human' })).toMatchObject({ after: failed });
    await expectCounters(record, failed);
    const good = { success: true, source: 'human' } as const;
    expect(await say(record, good)).toMatchObject({ before: failed, after: good });
    await expectCounters(record, good);
    expect(await countsOf('later')).toEqual({ interactions: 1, pending: 3 + 4 * 3, events: 4 });
    // The interaction itself is never edited.
    expect((await interactions(store).findOne({ _id: record.executionId }))?.outcome).toEqual(record.outcome);
  });

  it('said by many at once, each is taken in after the other', async () => {
    const record = await recorded('crowd');
    const sources = ['agent', 'system', 'verifier', 'human'] as const;
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        say(record, { success: false, source: sources[index % 4] ?? 'agent' }),
      ),
    );
    const log = await events(store).find({ tenant: 'crowd' }).sort({ _id: 1 }).toArray();
    expect(log).toHaveLength(12);
    await expectCounters(record, { success: false, source: 'human' });
  });

  it('is refused for an execution that the tenant does not have', async () => {
    const record = await recorded('mine');
    await expect(
      addOutcome(store, {
        tenant: 'theirs',
        executionId: record.executionId,
        outcome: { success: false, source: 'human' },
        by: 'x',
      }),
    ).rejects.toBeInstanceOf(NotFoundError);
    await expectCounters(record, record.outcome);
  });
});
