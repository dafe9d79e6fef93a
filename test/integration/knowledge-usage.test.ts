/** What is known of the use of items: applications tied to tasks, corrections, merges, and a rebuild. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { mergeItems, unmergeItem } from '../../src/knowledge/likeness/merge-items.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import type { ExecutionRecord } from '../../src/shared/task.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let tenant: string;
let base: KnowledgeBase;
let hub: KnowledgeHub;
let ids = 0;

beforeAll(async () => {
  store = await openOwnStore('usage');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  base = new KnowledgeBase(store, tenant);
  hub = new KnowledgeHub(store, tenant);
});

const newItem = async (): Promise<string> => {
  const title = `Item ${++ids}`;
  return (await base.addKnowledge({ category: 'testing', title, content: { n: ids } })).id;
};
interface Run {
  success?: boolean | null;
  applied?: string[];
  offered?: string[];
  /** A second execution of the same task has another run. */
  run?: string;
  endedAt?: number;
  started?: boolean;
}
function recordOf(taskId: string, given: Run): ExecutionRecord {
  const { success = true, applied = [], offered = [], run = 'run', endedAt = Date.now(), started } = given;
  const made = attempt([]);
  return {
    ...executionRecord({
      ...{ tenant, id: taskId, success, endedAt },
      attempts: [
        {
          ...made,
          ...{ success, report: { ...made.report, success, applied } },
          ...(started === false ? { started } : {}),
        },
      ],
    }),
    executionId: `${tenant}/${taskId}/${run}`,
    knowledge: offered.map((id) => ({ id, version: 1, score: 1, shown: true, probability: 1 })),
  };
}
const ran = (taskId: string, given: Run) => recordExecution(store, recordOf(taskId, given));
const corrected = (taskId: string, success: boolean, run = 'run') =>
  addOutcome(store, {
    ...{ tenant, executionId: `${tenant}/${taskId}/${run}`, by: `person ${Math.random()}` },
    outcome: { success, source: 'human' },
  });
const evolved = async (): Promise<void> => {
  const reads = { findExecutions: findInteractions, findReportedUse };
  const batch = () => evolveKnowledgeBatch(knowledgeContext(store, tenant), 50, reads);
  // Of two runs at once, one takes the records in and the other is told so, as the activity's retry expects.
  const again = (error: unknown) => {
    if (!/consumed by another run/.test(String(error))) throw error;
    return { consumed: 1 };
  };
  while ((await batch().catch(again)).consumed > 0);
};
const used = async (id: string) => {
  const { shown: _shown, successRate: _rate, ...counts } = (await base.get(id)).usage;
  return counts;
};
const [succeeded, failed, unknown, none] = [
  { applied: 1, successes: 1, failures: 0 },
  { applied: 1, successes: 0, failures: 1 },
  { applied: 1, successes: 0, failures: 0 },
  { applied: 0, successes: 0, failures: 0 },
];
/** A rebuild gives the same counters, and another run of evolution changes nothing. */
async function expectSettled(id: string, counts: object): Promise<void> {
  expect(await used(id)).toEqual(counts);
  expect((await rebuild(store, tenant)).changed).toEqual([]);
  await evolved();
  expect(await used(id)).toEqual(counts);
}

describe('an item that a report names as applied', () => {
  it('counts once, whether its look-up offered it or not, and follows later words', {
    timeout: 90_000,
  }, async () => {
    const [offered, unoffered] = [await newItem(), await newItem()];
    await ran('one', { applied: [offered, unoffered, unoffered, 'a-learning'], offered: [offered] });
    expect(await used(offered)).toEqual(succeeded);
    await evolved();
    expect(await used(offered)).toEqual(succeeded);
    await expectSettled(unoffered, succeeded);
    await corrected('one', false);
    await evolved();
    expect(await used(offered)).toEqual(failed);
    await expectSettled(unoffered, failed);
    await corrected('one', true);
    await evolved();
    await expectSettled(unoffered, succeeded);
  });

  it('counts for each execution of its task, and not where no agent ran', async () => {
    const id = await newItem();
    await ran('one', { applied: [id], success: false });
    await ran('one', { applied: [id], success: true, run: 'again' });
    await ran('two', { applied: [id], started: false });
    await evolved();
    expect(await used(id)).toEqual({ applied: 2, successes: 1, failures: 1 });
  });

  it('counts under the version that it had when the task ended', async () => {
    const id = await newItem();
    const endedAt = Date.now();
    await ran('one', { applied: [id], endedAt });
    await base.updateKnowledge(id, { newContent: { other: 'words' }, changes: 'x' });
    await evolved();
    expect(await used(id)).toEqual(none);
    expect((await base.restoreVersion(id, 1, { reason: 'x' })).usage).toMatchObject(succeeded);
  });

  it('moves its item to the state that follows', async () => {
    const id = await newItem();
    for (let n = 0; n < 5; n += 1) await ran(`task ${n}`, { applied: [id] });
    await evolved();
    expect(await base.get(id)).toMatchObject({ state: 'VALIDATED', usage: { successes: 5 } });
    for (let n = 0; n < 4; n += 1) await corrected(`task ${n}`, false);
    await evolved();
    expect(await base.get(id)).toMatchObject({ state: 'DEPRECATED', usage: { successes: 1, failures: 4 } });
  });
});

describe('an item that is marked as applied in a task', () => {
  it('is of unknown outcome until the task is recorded, then follows it', { timeout: 90_000 }, async () => {
    const id = await newItem();
    expect(await hub.markAsApplied(id, 'coder', 'one')).toBe(true);
    expect(await hub.markAsApplied(id, 'coder', 'one')).toBe(false);
    expect(await hub.markAsApplied(id, 'tester', 'one')).toBe(false);
    await evolved();
    expect(await used(id)).toEqual(unknown);
    await ran('one', { success: false });
    await evolved();
    expect(await used(id)).toEqual(failed);
    await corrected('one', true);
    await evolved();
    await expectSettled(id, succeeded);
    expect(await hub.markAsApplied(id, 'reviewer', 'one')).toBe(false);
    await evolved();
    expect(await used(id)).toEqual(succeeded);
  });

  it('follows a task that was recorded, and corrected, before', async () => {
    const id = await newItem();
    await ran('one', { success: true });
    await corrected('one', false);
    await evolved();
    await hub.markAsApplied(id, 'coder', 'one');
    await evolved();
    await expectSettled(id, failed);
  });

  it('follows the latest of several executions of the task', async () => {
    const id = await newItem();
    await hub.markAsApplied(id, 'coder', 'one');
    await ran('one', { success: true, endedAt: 2_000 });
    await evolved();
    await ran('one', { success: false, endedAt: 1_000, run: 'before' });
    await evolved();
    expect(await used(id)).toEqual(succeeded);
    await ran('one', { success: false, endedAt: 3_000, run: 'after' });
    await evolved();
    await expectSettled(id, failed);
    await corrected('one', true, 'after');
    await evolved();
    expect(await used(id)).toEqual(succeeded);
  });

  it.each([
    ['offered', 'before', true],
    ['offered', 'after', true],
    ['not offered', 'before', false],
    ['not offered', 'after', false],
  ])('counts once where the record names it too: %s, marked %s the record', async (_o, when, isOffered) => {
    const id = await newItem();
    const record = () => ran('one', { applied: [id], offered: isOffered ? [id] : [], success: true });
    if (when === 'after') await record();
    if (when === 'after') await evolved();
    await hub.markAsApplied(id, 'coder', 'one');
    if (when === 'before') await record();
    await evolved();
    await corrected('one', false);
    await evolved();
    await expectSettled(id, failed);
  });

  it('is counted though the record was taken in while it was being marked', { timeout: 90_000 }, async () => {
    const marked = await Promise.all(Array.from({ length: 12 }, newItem));
    await Promise.all(
      marked.map(async (id, n) => {
        const [success, taskId] = [n % 2 === 0, `task ${n}`];
        await Promise.all([
          ran(taskId, { success }).then(async () => corrected(taskId, !success)),
          hub.markAsApplied(id, 'coder', taskId),
          n % 3 === 0 ? evolved() : undefined,
        ]);
      }),
    );
    await evolved();
    for (const [n, id] of marked.entries()) expect(await used(id)).toEqual(n % 2 === 0 ? failed : succeeded);
    expect((await rebuild(store, tenant)).changed).toEqual([]);
  });

  it('by many agents at once counts once', async () => {
    const id = await newItem();
    const agents = Array.from({ length: 10 }, (_, n) => `agent ${n}`);
    const counted = await Promise.all(agents.map((agent) => hub.markAsApplied(id, agent, 'one')));
    expect(counted.filter(Boolean)).toHaveLength(1);
    await ran('one', { success: true });
    await evolved();
    await expectSettled(id, succeeded);
  });
});

describe('an item that others were merged into', () => {
  const merge = (into: string, from: string) =>
    store.transaction((session) =>
      mergeItems(store, tenant, into, from, { by: 'system', reason: 'the same' }, session),
    );

  it('counts their use, later corrections included, and gives it back', { timeout: 90_000 }, async () => {
    const [a, b, c] = [await newItem(), await newItem(), await newItem()];
    await ran('one', { applied: [a], offered: [a] });
    await ran('two', { applied: [b] });
    await base.recordUsage(c, true);
    await evolved();
    await merge(b, a);
    await merge(c, b);
    expect(await used(c)).toEqual({ applied: 3, successes: 3, failures: 0 });
    expect(await used(a)).toEqual(succeeded);
    await corrected('one', false);
    await corrected('two', false);
    await evolved();
    expect(await used(c)).toEqual({ applied: 3, successes: 1, failures: 2 });
    // Uses of an id that was given out before the merge.
    for (const task of ['three', 'four']) await ran(task, { applied: [a], success: false });
    await evolved();
    expect(await base.get(c)).toMatchObject({ state: 'DEPRECATED', usage: { successes: 1, failures: 4 } });
    const { usage } = (await base.list({ limit: 10 })).find(({ id }) => id === c) ?? {};
    expect(usage).toMatchObject({ successes: 1, failures: 4 });
    await unmergeItem(store, tenant, b, { by: 'ann', reason: 'not the same' });
    expect(await used(c)).toEqual(succeeded);
    expect(await used(b)).toEqual({ applied: 4, successes: 0, failures: 4 });
    expect((await rebuild(store, tenant)).changed).toEqual([]);
  });

  it('counts their use only while it says what they were merged into', async () => {
    const [into, from] = [await newItem(), await newItem()];
    await base.recordUsage(from, true);
    await merge(into, from);
    expect((await base.updateKnowledge(into, { tags: ['x'], changes: 'x' })).usage).toMatchObject(succeeded);
    const edited = await base.updateKnowledge(into, { newContent: { other: 'words' }, changes: 'x' });
    expect(edited.usage).toMatchObject(none);
    expect((await base.restoreVersion(into, 1, { reason: 'x' })).usage).toMatchObject(succeeded);
  });
});

describe('the best', () => {
  it('are found by what is sure, by the counters of now', async () => {
    const items = await Promise.all(
      ['steady', 'lucky', 'mixed', 'unused'].map(async (title) => {
        const content = { title };
        return base.addKnowledge({ category: 'c', title, content, state: 'VALIDATED' });
      }),
    );
    const [steady, lucky, mixed, unused] = items.map(({ id }) => id);
    for (let use = 0; use < 12; use += 1) await base.recordUsage(steady ?? '', true);
    await base.recordUsage(lucky ?? '', true);
    for (let use = 0; use < 9; use += 1) await base.recordUsage(mixed ?? '', use > 2);
    const titles = (found: { title: string }[]) => found.map(({ title }) => title);
    expect(titles(await base.getValidatedKnowledge())).toEqual(['steady', 'mixed', 'lucky', 'unused']);
    expect(titles(await base.getBestPractices())).toEqual(['steady', 'mixed', 'lucky']);
    expect(titles(await base.getBestPractices(1))).toEqual(['steady']);
    // Recorded, but not judged yet.
    for (let n = 0; n < 30; n += 1)
      await ran(`task ${n}`, { applied: [unused ?? ''], offered: [unused ?? ''] });
    expect(titles(await base.getBestPractices(2))).toEqual(['unused', 'steady']);
    await expect(base.getBestPractices(0)).rejects.toMatchObject({ field: 'limit' });
  });
});
