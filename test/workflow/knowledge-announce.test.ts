/** How an announcement goes about: whom it tells, whom not, and what holds when something is away. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announcer } from '../../src/knowledge/announce/announce.js';
import { type PassCursor, tellRunningTasks } from '../../src/knowledge/announce/tell-running-tasks.js';
import { announcements } from '../../src/knowledge/collections.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { setUpSearchAttributes } from '../../src/setup.js';
import { ANNOUNCE_WORKFLOW, type Announced } from '../../src/shared/announcement.js';
import { announceWorkflowId } from '../../src/shared/ids.js';
import { inboxQuery } from '../../src/shared/messages.js';
import { searchAttributes } from '../../src/shared/search-attributes.js';
import type { TaskHandle } from '../../src/task-handle.js';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

/** Of its own: an announcement tells all that the tenant runs on this server. */
const TENANT = `t-${randomUUID().slice(0, 8)}`;

let harness: Harness;
const releases: (() => void)[] = [];
beforeAll(async () => {
  harness = await startHarness({
    tenant: TENANT,
    agents: {
      waits: () =>
        new Promise((resolve) => {
          releases.push(() => resolve({}));
        }),
    },
  });
  await setUpSearchAttributes(harness.temporal.connection, 'default');
});
afterAll(async () => {
  for (const release of releases) release();
  await harness.stop();
});

const running = async (): Promise<TaskHandle> => {
  const task = await harness.client.startTask({ description: 'Write the report', agents: ['waits'] });
  await waitUntil('its agent works', async () => (await task.progress()).agents[0]?.state === 'running');
  return task;
};

const hub = (): KnowledgeHub => new KnowledgeHub(harness.store, TENANT);
/** Shared by somebody who announces nothing. */
const shared = async (title: string): Promise<string> => {
  const item = await hub().shareKnowledge({
    sourceAgent: 'watcher',
    type: 'WARNING',
    title,
    content: title,
    priority: 'CRITICAL',
  });
  return item.id;
};

const inboxOf = async ({ workflowId }: TaskHandle): Promise<string[]> =>
  (await harness.temporal.workflow.getHandle(workflowId).query(inboxQuery)).map(({ id }) => id);

const pass = (
  itemId: string,
  {
    client = harness.temporal,
    told = [],
    from,
  }: { client?: Client; told?: string[]; from?: PassCursor } = {},
) => {
  const cursors: PassCursor[] = [];
  const request = { tenant: TENANT, itemId, startedBefore: Date.now() + 1_000, told };
  return tellRunningTasks(harness.store, client, request, {
    searchAttributes: [searchAttributes.tenant.name],
    onPage: (cursor) => cursors.push(cursor),
    ...(from === undefined ? {} : { from }),
  }).then((result) => ({ ...result, cursors }));
};

/** A client whose visibility answers by a script: it may list what has ended, and it may fail. */
const listing = (...pages: (string[] | Error)[]): Client => {
  const { workflow, options } = harness.temporal;
  const listWorkflowExecutions = async ({ nextPageToken }: { nextPageToken: Uint8Array }) => {
    const page = Number(Buffer.from(nextPageToken).toString() || '0');
    const ids = pages[page];
    if (ids === undefined || ids instanceof Error) throw ids ?? new Error('no such page');
    return {
      executions: ids.map((workflowId) => ({
        execution: { workflowId, runId: '' },
        type: { name: 'ExecuteTaskWorkflow' },
        startTime: { seconds: Math.floor(Date.now() / 1_000) },
      })),
      nextPageToken: Buffer.from(page + 1 < pages.length ? String(page + 1) : ''),
    };
  };
  return { workflow, options, workflowService: { listWorkflowExecutions } } as unknown as Client;
};

describe('an announcement', () => {
  it('tells the running tasks of its tenant, those not told before, and no others', async () => {
    const [one, two] = [await running(), await running()];
    const other = await running();
    await waitUntil('they are listed', async () => {
      const { count } = await harness.temporal.workflow.count(
        `WorkflowType = 'ExecuteTaskWorkflow' AND WorkflowId STARTS_WITH '${TENANT}/' AND ExecutionStatus = 'Running'`,
      );
      return count >= 3;
    });
    const id = await shared('The queue is paused');
    const { cursors: _, ...done } = await pass(id, { told: [other.workflowId] });
    expect(done).toEqual({
      over: null,
      signalled: 2,
      ended: 0,
      refused: 0,
      recent: expect.arrayContaining([one.workflowId, two.workflowId]),
    });
    expect([await inboxOf(one), await inboxOf(two), await inboxOf(other)]).toEqual([[id], [id], []]);
  }, 30_000);

  it('takes a task that ended meanwhile for no error, and goes on where the last attempt was', async () => {
    const task = await running();
    const [ended, gone] = [`${TENANT}/never-was`, `${TENANT}/nor-this`];
    const id = await shared('The cache is stale');
    const away = new Error('14 UNAVAILABLE');
    const cursors: PassCursor[] = [];
    const request = { tenant: TENANT, itemId: id, startedBefore: Date.now() };
    const options = { searchAttributes: [], onPage: (cursor: PassCursor) => cursors.push(cursor) };
    const broken = listing([ended], away);
    await expect(tellRunningTasks(harness.store, broken, request, options)).rejects.toThrow('UNAVAILABLE');
    expect(cursors).toMatchObject([{ signalled: 0, ended: 1 }]);
    const from = cursors[0];
    const whole = listing([ended], [gone, task.workflowId, 'umbrella/theirs']);
    const done = await pass(id, { client: whole, ...(from === undefined ? {} : { from }) });
    expect(done).toMatchObject({ over: null, signalled: 1, ended: 2, refused: 0 });
    expect(await inboxOf(task)).toContain(id);
    const again = await pass(id, { client: whole, ...(done.cursors[0] && { from: done.cursors[0] }) });
    expect(again).toMatchObject({ signalled: 1, ended: 2, cursors: [] });
  }, 30_000);

  it('does not send what was archived before it came to it, and says so', async () => {
    const task = await running();
    const id = await shared('The disk is full');
    await harness.client.knowledge.archive(id, { by: 'ana', reason: 'It never was' });
    const handle = await harness.temporal.workflow.start(ANNOUNCE_WORKFLOW, {
      workflowId: announceWorkflowId(TENANT, id),
      taskQueue: harness.config.temporal.taskQueue,
      args: [{ tenant: TENANT, itemId: id }],
    });
    expect((await handle.result()) as Announced).toEqual({
      over: 'it is ARCHIVED',
      signalled: 0,
      ended: 0,
      refused: 0,
      passes: 1,
    });
    expect(await inboxOf(task)).not.toContain(id);
  }, 30_000);

  it("asks a platform's workflow that carries the tenant, and leaves alone one that takes no news", async () => {
    const taskQueue = `${harness.config.temporal.taskQueue}-platform`;
    const worker = await Worker.create({
      connection: harness.connection,
      taskQueue,
      workflowsPath: new URL('./news-workflows.ts', import.meta.url).pathname,
    });
    const id = await shared('The registry is closed');
    await worker.runUntil(async () => {
      const typed = [{ key: searchAttributes.tenant, value: TENANT }];
      const start = (type: string, workflowId: string) =>
        harness.temporal.workflow.start(type, {
          taskQueue,
          workflowId: `${workflowId}-${taskQueue}`,
          args: [],
          typedSearchAttributes: typed,
        });
      const [listens, deaf] = await Promise.all([start('listens', 'l'), start('isDeaf', 'd')]);
      await waitUntil('both are listed', async () => {
        const { count } = await harness.temporal.workflow.count(
          `WorkflowType IN ('listens', 'isDeaf') AND Tenant = '${TENANT}' AND ExecutionStatus = 'Running'`,
        );
        return count === 2;
      });
      await pass(id);
      expect(await listens.result()).toEqual([id]);
      const { events } = await deaf.fetchHistory();
      expect(events?.some(({ workflowExecutionSignaledEventAttributes: signal }) => signal != null)).toBe(
        false,
      );
      await deaf.terminate();
    });
  }, 60_000);

  it('follows when an item is raised to CRITICAL later on', async () => {
    const task = await running();
    const { id } = await harness.client.knowledge.addKnowledge({
      category: 'operations',
      title: 'The mirror is read only',
      content: { since: 'noon' },
    });
    await harness.client.knowledge.updateKnowledge(id, {
      priority: 'CRITICAL',
      changes: 'It matters now',
      by: 'ana',
    });
    const inbox = await waitUntil('the news', async () => {
      const ids = await inboxOf(task);
      return ids.length > 0 && ids;
    });
    expect(inbox).toEqual([id]);
  }, 30_000);
});

describe('where Temporal is away', () => {
  it('an item is shared all the same, and announced by the next evolve run', async () => {
    const task = await running();
    const connection = Connection.lazy({ address: '127.0.0.1:9' });
    const announce = announcer(new Client({ connection }), TENANT, harness.config.temporal.taskQueue);
    const began = performance.now();
    const item = await new KnowledgeHub(harness.store, TENANT, undefined, { announce }).broadcastDiscovery({
      sourceAgent: 'watcher',
      title: 'The certificate expires today',
      content: 'Renew it',
      priority: 'CRITICAL',
    });
    expect(performance.now() - began).toBeLessThan(4_000);
    await waitUntil('the wish', () =>
      announcements(harness.store).findOne({ tenant: TENANT, id: item.id, announcedAt: null }),
    );
    const run = await harness.client.maintain('knowledge');
    const { written } = await run.result();
    expect(written['items announced late']).toBeGreaterThanOrEqual(1);
    await waitUntil('the news', async () => (await inboxOf(task)).includes(item.id));
    await connection.close();
    // What was announced once is not announced by every run.
    await waitUntil('none is wanted', async () => {
      const left = await announcements(harness.store).countDocuments({ tenant: TENANT, announcedAt: null });
      return left === 0;
    });
    const next = await (await harness.client.maintain('knowledge')).result();
    expect(next.written['items announced late']).toBeUndefined();
  }, 60_000);
});
