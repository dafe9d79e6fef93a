/** Runs representative tasks on real servers and keeps their histories, for replay by later versions. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { setUpSearchAttributes } from '../../src/setup.js';
import { recorderWorkflowId } from '../../src/shared/ids.js';
import { maintenanceNames } from '../../src/shared/maintenance.js';
import { newsSignal } from '../../src/shared/messages.js';
import type { TaskHandle } from '../../src/task-handle.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from '../workflow/harness.js';
import { openMongoDoor } from '../workflow/mongo-door.js';
import { seedLearnings } from '../workflow/seed-learnings.js';
import { waitUntil } from '../workflow/wait-until.js';

const TENANT = 'acme';
const description = 'Fix the bug in the parser';

/** A history as it is kept. */
export interface KeptHistory {
  workflowId: string;
  history: unknown;
}

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
      agents: [
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
    const kept = [...(await ordinary(harness)), ...(await disturbed(harness)), await news(harness)];
    kept.push(...(await storeAway(harness, door)));
    for (const name of maintenanceNames) {
      const run = await harness.client.maintain(name);
      await run.result();
      kept.push(await keep(harness, `maintenance-${name}`, run.workflowId));
    }
    await mkdir(folder, { recursive: true });
    for (const file of await readdir(folder)) await rm(join(folder, file));
    for (const { name, ...history } of kept)
      await writeFile(join(folder, `${name}.json`), `${JSON.stringify(history)}\n`);
    return kept.map(({ name }) => `${name}.json`);
  } finally {
    await harness.stop();
    await door.close();
  }
}

type Named = KeptHistory & { name: string };

async function ordinary(harness: Harness): Promise<Named[]> {
  return Promise.all(
    Object.entries(tasks).map(async ([name, request]) => {
      const handle = await harness.client.startTask({ taskId: name, description, ...request });
      await ended(handle);
      return keep(harness, name, handle.workflowId);
    }),
  );
}

/** A task that is cancelled, and one that is terminated, with a stage behind them. */
async function disturbed(harness: Harness): Promise<Named[]> {
  const disturb = async (name: string, how: (handle: TaskHandle) => Promise<unknown>): Promise<Named> => {
    const handle = await harness.client.startTask({
      taskId: name,
      description,
      plan: { strategy: 'sequential', agents: ['good', 'slow'], onFailure: 'stop' },
    });
    await waitUntil('the second stage', async () => (await handle.progress()).agents.length === 2);
    await how(handle);
    await ended(handle);
    return keep(harness, name, handle.workflowId);
  };
  return [
    await disturb('cancelled', (handle) => handle.cancel()),
    await disturb('terminated', (handle) =>
      harness.temporal.workflow.getHandle(handle.workflowId).terminate('enough'),
    ),
  ];
}

async function news(harness: Harness): Promise<Named> {
  const handle = await harness.client.startTask({ taskId: 'news', description, agents: ['slow'] });
  await waitUntil('the agent', async () => (await handle.progress()).phase === 'executing');
  await harness.temporal.workflow.getHandle(handle.workflowId).signal(newsSignal, {
    id: 'item-1',
    version: 1,
    type: 'WARNING',
    title: 'Stop writing',
    content: 'The disk is full',
    state: 'EXPERIMENTAL',
    source: 'person',
  });
  await ended(handle);
  return keep(harness, 'news', handle.workflowId);
}

/** A task that runs while MongoDB is away, and the recorder that holds its record. */
async function storeAway(
  harness: Harness,
  door: Awaited<ReturnType<typeof openMongoDoor>>,
): Promise<Named[]> {
  await door.refuse();
  const handle = await harness.client.startTask({ taskId: 'store-away', description, agents: ['good'] });
  const { executionId } = await handle.result();
  const recorder = recorderWorkflowId(executionId);
  await sleep(1_500);
  await door.open();
  await harness.temporal.workflow.getHandle(recorder).result();
  return [
    await keep(harness, 'store-away', handle.workflowId),
    await keep(harness, 'store-away-recorder', recorder),
  ];
}

/** However it ends. */
const ended = (handle: TaskHandle): Promise<unknown> => handle.result().catch((error: unknown) => error);

async function keep(harness: Harness, name: string, workflowId: string): Promise<Named> {
  const history = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
  return { name, workflowId, history: withoutMachine(JSON.parse(historyToJSON(history))) };
}

/** Takes out what belongs to the machine that recorded: its name, process ids and paths. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value === 'string') return value.replaceAll(`${process.pid}@${hostname()}`, 'worker');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'stackTrace' ? '' : withoutMachine(inner)]),
  );
}
