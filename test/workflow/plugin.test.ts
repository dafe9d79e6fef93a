import '../quiet-workers.js';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { JourneymanPlugin } from 'journeyman/plugin';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { interactions } from '../../src/learning/interactions.js';
import { setUpStore } from '../../src/setup.js';
import { openStore, type Store } from '../../src/store/store.js';
import type { Published, Release } from './sample-platform/release.js';
import { createPlatformWorker } from './sample-platform/worker.js';
import { createPlatformWorker as createLearningWorker } from './sample-platform/worker-learning.js';
import { seedLearnings } from './seed-learnings.js';
import { waitUntil } from './wait-until.js';

const id = randomUUID().slice(0, 8);
const address = inject('temporalAddress');
const settings = {
  withholding: { share: 0 },
  temporal: { taskQueue: `test-${id}` },
  mongodb: { uri: inject('mongoUri'), database: `test-${id}` },
};
let folder: string;
let store: Store;
let connection: NativeConnection;
let temporal: Client;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journeyman-plugin-'));
  const file = join(folder, 'journeyman.config.json');
  await writeFile(file, JSON.stringify(settings));
  process.env['JOURNEYMAN_CONFIG'] = file;
  store = openStore(settings.mongodb);
  await setUpStore(store);
  connection = await NativeConnection.connect({ address });
  temporal = new Client({ connection: await Connection.connect({ address }) });
});
afterAll(async () => {
  delete process.env['JOURNEYMAN_CONFIG'];
  await store.db.dropDatabase();
  await Promise.all([store.close(), connection.close(), temporal.connection.close()]);
  await rm(folder, { recursive: true });
});

/** Publishes releases on a worker. */
async function publishOn(worker: Worker, releases: readonly Release[]): Promise<(Published | string)[]> {
  return worker.runUntil(async () => {
    const handles = await Promise.all(
      releases.map((release) =>
        temporal.workflow.start<(release: Release) => Promise<Published>>('publishRelease', {
          taskQueue: worker.options.taskQueue,
          workflowId: `release-${randomUUID()}`,
          args: [release],
        }),
      ),
    );
    return Promise.all(handles.map((handle) => handle.result().catch((error: Error) => String(error.cause))));
  });
}

/** Lines of a file that another lacks, however they are indented. */
async function addedLines(without: string, withIt: string): Promise<string[]> {
  const read = async (name: string) =>
    (await readFile(join(import.meta.dirname, 'sample-platform', name), 'utf8'))
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const left = await read(without);
  return (await read(withIt)).filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

describe('a platform that knows nothing else of us', () => {
  it('adds learning in under ten lines', async () => {
    const added = [
      ...(await addedLines('workflows.ts', 'workflows-learning.ts')),
      ...(await addedLines('worker.ts', 'worker-learning.ts')),
    ];
    expect(added.join('\n')).toContain('withLearning(');
    expect(added.join('\n')).toContain('new JourneymanPlugin(');
    expect(added.length).toBeLessThan(10);
  });

  it('has the same results with it and without, learns from its own steps, and is taught', async () => {
    const releases: Release[] = [
      { name: 'one', suite: 'quick' },
      { name: 'two', suite: 'broken' },
      { name: 'three', suite: 'quick' },
    ];
    const bare = await publishOn(await createPlatformWorker(connection, `bare-${id}`), releases);
    const learning = await publishOn(await createLearningWorker(connection, `learning-${id}`), releases);
    expect(learning).toEqual(bare);
    const records = await interactions(store).find().sort({ description: 1 }).toArray();
    expect(
      records.map(({ description, outcome, attempts }) => [
        description,
        outcome.success,
        attempts.map(({ agentType, report }) => [agentType, report.actions.map(({ type }) => type)]),
      ]),
    ).toEqual([
      ['Document the release one', true, [['publishRelease', ['writeNotes', 'runChecks', 'publish']]]],
      ['Document the release three', true, [['publishRelease', ['writeNotes', 'runChecks', 'publish']]]],
      ['Document the release two', false, [['publishRelease', ['writeNotes', 'runChecks']]]],
    ]);
    await seedLearnings(store, 'acme', 'documentation', 2);
    const [taught] = await publishOn(await createLearningWorker(connection, `learning-${id}`), [
      { name: 'four', suite: 'quick' },
    ]);
    expect(taught).toMatchObject({
      notes: [
        'Notes of four, minding:',
        '- In documentation tasks: Prefer step-1',
        '- In documentation tasks: Prefer step-2',
      ].join('\n'),
    });
  });

  it('survives the death of its worker in the middle of a step: one record', async () => {
    const taskQueue = `killed-${id}`;
    const workflowId = `release-${randomUUID()}`;
    const first = await killablePlatform(taskQueue);
    const handle = await temporal.workflow.start('publishRelease', {
      taskQueue,
      workflowId,
      args: [{ name: 'five', suite: 'slow' }],
    });
    await waitUntil('the slow step runs', async () =>
      (await handle.describe()).raw.pendingActivities?.some(
        ({ activityType, lastHeartbeatTime }) => activityType?.name === 'runChecks' && lastHeartbeatTime,
      ),
    );
    first.kill();
    await first.ended;
    const worker = await createLearningWorker(connection, taskQueue);
    await worker.runUntil(async () => {
      await waitUntil('the slow step runs again', async () =>
        (await handle.describe()).raw.pendingActivities?.some(({ attempt }) => (attempt ?? 1) > 1),
      );
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
    });
    const found = await interactions(store).find({ workflowId }).toArray();
    expect(found).toMatchObject([{ ending: 'cancelled', outcome: { success: null } }]);
    expect(found[0]?.attempts[0]?.report.actions.map(({ type }) => type)).toEqual(['writeNotes']);
  });
});

async function killablePlatform(taskQueue: string) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'sample-platform', 'main.ts'), address, taskQueue],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const ready = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!ready) throw new Error('the platform ended before it was ready');
  return { kill: () => void child.kill('SIGKILL'), ended };
}

describe('JourneymanPlugin', () => {
  const config = parseConfig(settings, 'test.config.json');
  let workers = 0;
  const create = (plugin: JourneymanPlugin, options: Partial<WorkerOptions> = {}) =>
    Worker.create({
      connection,
      // A connection takes one worker a queue.
      taskQueue: `plugin-${id}-${workers++}`,
      activities: { noop: () => {} },
      plugins: [plugin],
      ...options,
    });
  const polled = async () => {
    const { pollers } = await temporal.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: config.temporal.taskQueue },
    });
    return pollers?.length ?? 0;
  };
  /** Has Journeyman's own worker do something. */
  const expectMaintained = async () => {
    const handle = await temporal.workflow.start('ExtractPatternsWorkflow', {
      taskQueue: config.temporal.taskQueue,
      workflowId: `maintain-${randomUUID()}`,
      args: [{ tenant: 'acme' }],
    });
    expect(await handle.result()).toMatchObject({ finished: true });
  };

  it('refuses activities that bear the names of its own', async () => {
    await expect(
      create(new JourneymanPlugin({ config }), { activities: { recordExecution: () => {} } }),
    ).rejects.toThrow('activities: "recordExecution" is not allowed; expected names other than prepareTask');
  });

  it("refuses a queue of Journeyman's own", async () => {
    const { taskQueue } = config.temporal;
    await expect(create(new JourneymanPlugin({ config }), { taskQueue })).rejects.toThrow(
      /taskQueue: .* one of Journeyman's/,
    );
  });

  it('refuses a configuration that cannot be used', async () => {
    const file = join(folder, 'missing.json');
    await expect(create(new JourneymanPlugin({ config: file }))).rejects.toThrow('missing.json');
    const elsewhere = { ...config, mongodb: { uri: 'postgres://elsewhere' } };
    await expect(create(new JourneymanPlugin({ config: elsewhere }))).rejects.toThrow('a mongodb://');
  });

  it("runs Journeyman's own worker for as long as the platform's runs, on its connection", async () => {
    const lent = await NativeConnection.connect({ address });
    const worker = await create(new JourneymanPlugin({ config }), { connection: lent });
    await worker.runUntil(() => expectMaintained());
    // Refused while any worker still uses it.
    await lent.close();
  });

  it('runs one for several workers of a connection, until the last of them stops', async () => {
    const lent = await NativeConnection.connect({ address });
    const [first, second] = await Promise.all([
      create(new JourneymanPlugin({ config }), { connection: lent }),
      create(new JourneymanPlugin({ config }), { connection: lent }),
    ]);
    const running = [first.run(), second.run()];
    await expectMaintained();
    first.shutdown();
    await running[0];
    await expectMaintained();
    second.shutdown();
    await running[1];
    await lent.close();
  });

  it('may be on the connection as well, and then on all its workers', async () => {
    const plugin = new JourneymanPlugin({ config });
    const shared = await NativeConnection.connect({ address, plugins: [plugin] });
    await (await create(plugin, { connection: shared })).runUntil(() => expectMaintained());
    await shared.close();
  });

  it('leaves hosting to others, and a store open that it was given', async () => {
    const before = await polled();
    const worker = await create(new JourneymanPlugin({ config, store, host: false }));
    await worker.runUntil(async () => {
      await sleep(500);
      expect(await polled()).toBeLessThanOrEqual(before);
    });
    await store.run((options) => interactions(store).countDocuments({}, options));
  });

  it('stops with a worker that stops at once', async () => {
    const worker = await create(new JourneymanPlugin({ config }));
    const running = worker.run();
    await waitUntil('it runs', () => worker.getState() === 'RUNNING');
    worker.shutdown();
    await running;
    expect(worker.getState()).toBe('STOPPED');
  });
});
