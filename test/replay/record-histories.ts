/** Runs representative tasks on real servers and keeps their histories, for replay by later versions. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setUpSearchAttributes } from '../../src/setup.js';
import { announceWorkflowId, recorderWorkflowId } from '../../src/shared/ids.js';
import { maintenanceNames } from '../../src/shared/maintenance.js';
import type { TaskHandle } from '../../src/task-handle.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from '../workflow/harness.js';
import { openMongoDoor } from '../workflow/mongo-door.js';
import { seedLearnings } from '../workflow/seed-learnings.js';
import { waitUntil } from '../workflow/wait-until.js';
import { historyKeeper, type Keeper, type NamedHistory } from './keep-history.js';
import {
  agentsIn,
  approvals,
  cancelledAtWork,
  makeSources,
  tasksIn,
  workerKilled,
  workflowAgents,
} from './record-agents.js';
import { platform } from './record-platform.js';

const TENANT = 'acme';
const description = 'Fix the bug in the parser';

/** Tasks that run to their end by themselves, by the name of their file. */
const tasks: Record<string, Omit<TaskRequest, 'description'>> = {
  'single-program': { agents: ['program'] },
  'single-foreign': { agents: ['good'] },
  'single-verified': { agents: ['good'], verify: ['true'] },
  'single-refuted': { agents: ['good'], verify: ['false'] },
  'single-malformed': { agents: ['malformed'] },
  'chosen-by-posterior': {},
  'sequential-next': { plan: { strategy: 'sequential', agents: ['bad', 'good', 'other'] } },
  'sequential-stop': {
    plan: { strategy: 'sequential', agents: ['good', 'bad', 'other'], onFailure: 'stop' },
  },
  parallel: { plan: { strategy: 'parallel', agents: ['good', 'program', 'bad'] } },
  hierarchical: { plan: { strategy: 'hierarchical', agents: ['good', 'other', 'program'] } },
  'consensus-majority': { plan: { strategy: 'consensus', agents: ['good', 'other', 'bad'] } },
  'consensus-verifier': { plan: { strategy: 'consensus', agents: ['bad', 'other'], verifier: 'good' } },
  'queue-nobody-polls': { agents: ['absent'] },
  'unknown-agent': { agents: ['nobody'] },
  'learning-record-only': { agents: ['good'], learning: 'record-only' },
  'learning-off': { agents: ['good'], learning: 'off' },
};

/**
 * Records everything anew into a folder.
 *
 * @returns the names of the files
 */
export async function recordHistories(
  servers: { mongoUri: string; temporalAddress: string },
  folder: string,
): Promise<string[]> {
  const door = await openMongoDoor(servers.mongoUri);
  const work = await realpath(await mkdtemp(join(tmpdir(), 'journeyman-histories-')));
  await makeSources(work);
  const queue = `histories-${randomUUID().slice(0, 8)}`;
  const harness = await startHarness({
    temporalAddress: servers.temporalAddress,
    mongoUri: door.uri,
    limits: { heartbeatSeconds: 2 },
    agents: {
      good: ({ role }) => {
        if (role === 'lead-split') return { output: { parts: ['left', { agent: 'other', what: 'right' }] } };
        if (role === 'verifier') return { output: { winner: 'other' } };
        return {
          output: 'yes',
          actions: [{ type: 'edit', input: { file: 'parser.js' } }],
          results: [{ success: true }],
          cost: 0.25,
          discoveries: [
            {
              title: 'The parser loops',
              content: 'On empty input',
              type: 'WARNING',
              priority: 'HIGH',
              tags: [],
            },
          ],
        };
      },
      other: () => ({ output: 'yes' }),
      bad: () => ({ success: false, errors: ['Error: cannot'] }),
      malformed: () => ({ iterations: -1 }),
      slow: async (_, signal) => {
        await sleep(2_000, undefined, { signal });
        return { output: 'late' };
      },
    },
    config: {
      withholding: { share: 0.3 },
      workspaces: { root: join(work, 'workspaces') },
      agents: [
        ...agentsIn(work, queue),
        { type: 'program', kind: 'command', command: ['echo', '{"success": true, "output": "printed"}'] },
        { type: 'absent', kind: 'activity', limits: { scheduleToStartSeconds: 1 } },
      ],
    },
  });
  try {
    await setUpSearchAttributes(harness.temporal.connection, 'default');
    await seedLearnings(harness.store, TENANT, 'bug_fix', 4);
    await harness.client.hub.shareKnowledge({
      sourceAgent: 'person',
      type: 'SOLUTION',
      title: 'Parser bug',
      content: 'Fix the bug in the parser by reading it',
    });
    const keep = historyKeeper(harness.temporal, work);
    const kept = [
      ...(await ordinary(harness, keep, { ...tasks, ...tasksIn(work) })),
      ...(await disturbed(harness, keep)),
      ...(await news(harness, keep)),
      ...(await approvals(harness, keep)),
      ...(await workflowAgents(harness, keep, queue)),
      await cancelledAtWork(harness, keep, work),
      ...(await workerKilled(servers, work)),
      ...(await platform(harness, keep)),
    ];
    kept.push(...(await storeAway(harness, keep, door)));
    for (const name of maintenanceNames) {
      const run = await harness.client.maintain(name);
      await run.result();
      kept.push(await keep(`maintenance-${name}`, run.workflowId));
    }
    await mkdir(folder, { recursive: true });
    for (const file of await readdir(folder)) await rm(join(folder, file));
    for (const { name, ...history } of kept)
      await writeFile(join(folder, `${name}.json`), `${JSON.stringify(history)}\n`);
    return kept.map(({ name }) => `${name}.json`);
  } finally {
    await harness.stop();
    await door.close();
    await rm(work, { recursive: true, force: true });
  }
}

async function ordinary(harness: Harness, keep: Keeper, requests: typeof tasks): Promise<NamedHistory[]> {
  return Promise.all(
    Object.entries(requests).map(async ([name, request]) => {
      const handle = await harness.client.startTask({ taskId: name, description, ...request });
      await ended(handle);
      return keep(name, handle.workflowId);
    }),
  );
}

/** A task that is cancelled, and one that is terminated, with a stage behind them. */
async function disturbed(harness: Harness, keep: Keeper): Promise<NamedHistory[]> {
  const disturb = async (
    name: string,
    how: (handle: TaskHandle) => Promise<unknown>,
  ): Promise<NamedHistory> => {
    const handle = await harness.client.startTask({
      taskId: name,
      description,
      plan: { strategy: 'sequential', agents: ['good', 'slow'], onFailure: 'stop' },
    });
    await waitUntil('the second stage', async () => (await handle.progress()).agents.length === 2);
    await how(handle);
    await ended(handle);
    return keep(name, handle.workflowId);
  };
  return [
    await disturb('cancelled', (handle) => handle.cancel()),
    await disturb('terminated', (handle) =>
      harness.temporal.workflow.getHandle(handle.workflowId).terminate('enough'),
    ),
  ];
}

/** A task that is told a CRITICAL item while its agent works, and the workflow that told it. */
async function news(harness: Harness, keep: Keeper): Promise<NamedHistory[]> {
  const handle = await harness.client.startTask({ taskId: 'news', description, agents: ['slow'] });
  await waitUntil('the agent', async () => (await handle.progress()).phase === 'executing');
  const { id } = await harness.client.hub.broadcastDiscovery({
    id: 'item-1',
    sourceAgent: 'person',
    title: 'Stop writing',
    content: 'The disk is full',
    priority: 'CRITICAL',
  });
  await ended(handle);
  const announcement = announceWorkflowId(TENANT, id);
  await harness.temporal.workflow.getHandle(announcement).result();
  return [await keep('news', handle.workflowId), await keep('announce-knowledge', announcement)];
}

/** A task that runs while MongoDB is away, and the recorder that holds its record. */
async function storeAway(
  harness: Harness,
  keep: Keeper,
  door: Awaited<ReturnType<typeof openMongoDoor>>,
): Promise<NamedHistory[]> {
  await door.refuse();
  const handle = await harness.client.startTask({ taskId: 'store-away', description, agents: ['good'] });
  const { executionId } = await handle.result();
  const recorder = recorderWorkflowId(executionId);
  await sleep(1_500);
  await door.open();
  await harness.temporal.workflow.getHandle(recorder).result();
  return [await keep('store-away', handle.workflowId), await keep('store-away-recorder', recorder)];
}

/** However it ends. */
const ended = (handle: TaskHandle): Promise<unknown> => handle.result().catch((error: unknown) => error);
