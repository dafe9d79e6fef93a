import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { maintenanceActivities } from '../../src/activities/maintenance-activities.js';
import { parseConfig } from '../../src/config.js';
import { DirectRecording } from '../../src/direct-recording.js';
import { listPastTasks } from '../../src/learning/interactions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { createRedactor } from '../../src/shared/redact.js';
import type { ExecutionRecord } from '../../src/shared/task.js';
import { events } from '../../src/store/event-log.js';
import { openStore, type Store } from '../../src/store/store.js';
import { AdaptiveStrategy } from '../../src/strategy/adaptive-strategy.js';
import { analyzeTask, noHistory } from '../../src/strategy/analyze-task.js';
import { taskHistoryOf } from '../../src/strategy/task-history.js';
import { readTaskKinds, refreshTaskKinds } from '../../src/strategy/task-kinds.js';
import { attempt, executionRecord, step } from '../unit/learning/execution-records.js';

const DEADLINE = 20_000;
const MINUTE = 60_000;
const database = `task-history-${randomUUID().slice(0, 8)}`;
let store: Store;
/** What is remembered is remembered by connection: a new one asks anew. */
const opened: Store[] = [];
const again = (): Store => {
  const fresh = openStore({ uri: inject('mongoUri'), database });
  opened.push(fresh);
  return fresh;
};
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await Promise.all([store, ...opened].map((one) => one.close()));
});

interface Ran {
  id: string;
  description: string;
  context?: ExecutionRecord['context'];
  agent?: string;
  success?: boolean;
  minutes?: number;
}
/** Records a task that a workflow analysed and ran. */
async function ran(tenant: string, { id, description, context = {}, agent = 'coder', ...more }: Ran) {
  const endedAt = Date.now();
  const made = executionRecord({
    tenant,
    id,
    success: more.success ?? true,
    plan: `single(${agent})`,
    endedAt,
    attempts: [attempt([step('edit')], agent)],
  });
  const record: ExecutionRecord = {
    ...made,
    taskId: id,
    description,
    context,
    analysis: analyzeTask(description, context),
    startedAt: endedAt - (more.minutes ?? 2) * MINUTE,
  };
  await recordExecution(store, record, undefined, DEADLINE);
  return record;
}
const analyse = (tenant: string, description: string, context: ExecutionRecord['context'] = {}) =>
  new AdaptiveStrategy(again(), tenant, {
    agents: ['coder', 'helper'].map((type) => ({ type, capabilities: [] }) as never),
    plans: [],
  }).analyzeTask(description, context, { deadlineMs: DEADLINE });

describe('what earlier tasks tell the next', () => {
  it('is how long they took and which agents did well, as later words correct it and a rebuild finds it', async () => {
    const tenant = 'durations';
    const records = [];
    for (let index = 0; index < 12; index += 1)
      records.push(
        await ran(tenant, {
          id: `d${index}`,
          description: 'Refactor the parser',
          agent: index % 2 === 0 ? 'coder' : 'helper',
          success: index % 2 === 0,
          minutes: 9 + (index % 3),
        }),
      );
    const before = await analyse(tenant, 'Refactor the lexer');
    expect(before.estimatedDuration).toBeGreaterThan(9 * 60);
    expect(before.estimatedDuration).toBeLessThan(11 * 60);
    expect(before.durationInterval?.low).toBeLessThan(before.estimatedDuration);
    expect(before.suggestedAgents).toEqual(['coder']);
    expect(before.evidence).toContainEqual(
      expect.stringContaining('suggested coder: 6 of 6 refactoring tasks succeeded'),
    );
    for (const [index, { executionId }] of records.entries())
      await addOutcome(store, {
        tenant,
        executionId,
        outcome: { success: index % 2 === 1, source: 'human' },
        by: 'me',
      });
    const after = await analyse(tenant, 'Refactor the lexer');
    expect(after.suggestedAgents).toEqual(['helper']);
    expect(after.durationInterval).toEqual(before.durationInterval);
    const { changed } = await rebuild(store, tenant);
    expect(changed).toEqual([]);
    expect(await analyse(tenant, 'Refactor the lexer')).toEqual(after);
    expect((await analyse('nobody', 'Refactor the lexer')).suggestedAgents).toEqual([]);
  }, 60_000);

  it('is what those who ran them said: once however often it is said, and as it was corrected', async () => {
    const tenant = 'remarks';
    const { taskId } = await ran(tenant, { id: 'r1', description: 'Import the orders of last year' });
    const recording = new DirectRecording(store, tenant, createRedactor());
    const outcome = {
      strategyId: 'single(coder)@general',
      taskId,
      success: true,
      actualDuration: 60,
      whatWorked: ['Small batches; password=hunter2hunter2'],
      improvements: ['Check the encoding'],
    };
    expect(await recording.recordOutcome(outcome)).toEqual({ applied: true });
    expect(await recording.recordOutcome(outcome)).toEqual({ applied: false });
    const history = await taskHistoryOf(again(), tenant, DEADLINE);
    expect(history.experience).toHaveLength(1);
    expect(history.experience[0]?.keywords).toEqual(expect.arrayContaining(['import', 'orders', 'year']));
    // Its workflow has recorded how long it took.
    expect(history.durations.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(1);
    const said = { whatWorked: ['Small batches; password=[redacted]'], improvements: ['Check the encoding'] };
    expect((await analyse(tenant, 'Import the orders of this year')).experience).toEqual(said);
    expect((await analyse(tenant, 'Paint the fence', { category: 'painting' })).experience).toBe(undefined);
    expect((await analyse('nobody', 'Import the orders of this year')).experience).toBe(undefined);

    const corrected = { ...outcome, executionId: 'again', whatWorked: ['Large batches'], improvements: [] };
    expect(await recording.recordOutcome(corrected)).toEqual({ applied: true });
    expect((await analyse(tenant, 'Import the orders of this year')).experience).toEqual({
      whatWorked: ['Large batches'],
      improvements: [],
    });
  });

  it('takes the remarks on what a workflow ran, and leaves the counting to its own record', async () => {
    const tenant = 'remarks-only';
    const { taskId } = await ran(tenant, { id: 'r1', description: 'Import the orders of last year' });
    const recording = new DirectRecording(store, tenant, createRedactor());
    const strategy = new AdaptiveStrategy(store, tenant, { agents: [], plans: [] });
    const before = await strategy.plans();
    const outcome = { strategyId: 'single(coder)@general', taskId, success: true, actualDuration: 60 };
    expect(await recording.recordOutcome(outcome)).toEqual({ applied: false });
    const remark = { ...outcome, whatWorked: ['Small batches'] };
    expect(await recording.recordOutcome(remark)).toEqual({ applied: true });
    // By the id of a workflow's run, whether its record has come or not.
    const executionId = `${tenant}/r2/0190e3a5-1f2b-7c3d-8e4f-5a6b7c8d9e0f`;
    const later = { ...remark, taskId: 'r2', executionId, whatWorked: ['Large batches'] };
    expect(await recording.recordOutcome(later)).toEqual({ applied: true });
    expect(await recording.recordOutcome(later)).toEqual({ applied: false });
    expect(before[0]?.executions).toBe(1);
    expect(await strategy.plans()).toEqual(before);
    expect((await taskHistoryOf(again(), tenant, DEADLINE)).experience).toHaveLength(2);
    // Another plan for the same task was not the workflow's.
    const other = { ...outcome, strategyId: 'single(helper)@general' };
    expect(await recording.recordOutcome(other)).toEqual({ applied: true });
    expect(await strategy.plans()).toHaveLength(2);
    expect((await rebuild(store, tenant)).changed).toEqual([]);
  });

  it('counts the time of a task that no workflow ran, when its outcome is recorded', async () => {
    const recording = new DirectRecording(store, 'foreign', createRedactor());
    for (let index = 0; index < 6; index += 1)
      await recording.recordOutcome({
        strategyId: 'single(coder)@general',
        taskId: `t${index}`,
        success: true,
        actualDuration: 300 + index,
      });
    const analysis = await analyse('foreign', 'Say hello');
    expect(analysis.estimatedDuration).toBeGreaterThan(290);
    expect(analysis.estimatedDuration).toBeLessThan(310);
    expect(await events(store).countDocuments({ tenant: 'foreign', 'detail.noted': true })).toBe(0);
  });

  it('is the categories that they were given, and kinds that emerge and stay', async () => {
    const tenant = 'kinds';
    const colours = ['red', 'green', 'blue', 'grey'];
    for (let index = 0; index < 14; index += 1) {
      const colour = colours[index % 4] ?? '';
      await ran(tenant, {
        id: `g${index}`,
        description: `Water the ${colour} roses of number ${index}`,
        context: { category: 'gardening' },
      });
      await ran(tenant, { id: `k${index}`, description: `Descale the ${colour} kettle of number ${index}` });
      await ran(tenant, { id: `o${index}`, description: `${colour} ${'abcdefghijklmnop'[index]}thing else` });
    }
    expect(await readTaskKinds(store, tenant)).toBe(null);
    const maintenance = maintenanceActivities({
      ...{ store, redactor: createRedactor(), config: parseConfig({}, 'no configuration') },
    });
    const batch = () =>
      new MockActivityEnvironment().run((request) => maintenance.maintainBatch(request), {
        tenant,
        name: 'patterns' as const,
        limit: 100,
      });
    expect(await batch()).toMatchObject({ consumed: 42 });
    expect(await batch()).toEqual({ consumed: 0, written: { 'categories emerged': 1 } });
    const rose = await analyse(tenant, 'Water the blue roses of number 99');
    expect(rose.category).toBe('gardening');
    expect(rose.evidence[0]).toMatch(/^category gardening: like 14 earlier tasks that were given it/);
    const kettle = await analyse(tenant, 'Descale the red kettle of number 99');
    expect(kettle.category).toMatch(/^(?:descale_kettle|kettle_descale)$/);
    const known = await readTaskKinds(store, tenant);

    // Nothing new: nothing is done; lost, it is found again in the records and the log.
    expect(await refreshTaskKinds(store, tenant, listPastTasks)).toBe(0);
    await rebuild(store, tenant);
    await store.collection('taskKinds').deleteMany({ tenant });
    expect(await refreshTaskKinds(store, tenant, listPastTasks)).toBe(0);
    expect(await readTaskKinds(store, tenant)).toEqual(known);
    expect(await events(store).countDocuments({ tenant, itemId: 'task-kinds' })).toBe(1);
    expect((await analyse('nobody', 'Descale the red kettle of number 99')).category).toBe('general');
  }, 60_000);

  it('is nothing while the store is away, and no task waits for it', async () => {
    const away = openStore({ uri: 'mongodb://127.0.0.1:9/?directConnection=true', database });
    opened.push(away);
    const began = performance.now();
    expect(await taskHistoryOf(away, 'durations', 200)).toEqual({ ...noHistory, unread: true });
    expect(performance.now() - began).toBeLessThan(2_000);
    const strategy = new AdaptiveStrategy(away, 'durations', { agents: [], plans: [] });
    const analysis = await strategy.analyzeTask('Refactor the lexer', {}, { deadlineMs: 200 });
    const alone = analyzeTask('Refactor the lexer', {});
    const line = 'history: could not be read, so that the task is told by itself alone';
    expect(analysis).toEqual({ ...alone, evidence: [...alone.evidence, line] });
  });

  it('is left out of a task that is to run without learning', async () => {
    const strategy = new AdaptiveStrategy(again(), 'durations', { agents: [], plans: [] });
    for (const learning of ['off', 'record-only'] as const)
      expect(await strategy.analyzeTask('Refactor the lexer', {}, { learning })).toEqual(
        analyzeTask('Refactor the lexer', {}),
      );
  });
});
