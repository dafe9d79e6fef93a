/** A platform's worker whose plugin has trouble with Journeyman's own worker beside it. */
import '../quiet-workers.js';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { JourneymanPlugin } from '../../src/plugin.js';
import { runBeside } from '../../src/plugin-host.js';
import { openStore, type Store } from '../../src/store/store.js';

const id = randomUUID().slice(0, 8);
const address = inject('temporalAddress');
const settings = {
  temporal: { taskQueue: `test-${id}` },
  mongodb: { uri: inject('mongoUri'), database: `test-${id}` },
};
let store: Store;
let connection: NativeConnection;
let temporal: Client;
beforeAll(async () => {
  store = openStore(settings.mongodb);
  connection = await NativeConnection.connect({ address });
  temporal = new Client({ connection: await Connection.connect({ address }) });
});
afterAll(async () => {
  await store.db.dropDatabase();
  await Promise.all([store.close(), connection.close(), temporal.connection.close()]);
});

it('runs also where our configuration names an address at which nobody answers', async () => {
  const config = parseConfig(
    { ...settings, temporal: { ...settings.temporal, address: '127.0.0.1:1' } },
    'test.config.json',
  );
  const worker = await Worker.create({
    connection,
    taskQueue: `platform-${id}`,
    activities: { noop: () => {} },
  });
  // It was not told of a connection, as for a worker that makes its own.
  const running = new JourneymanPlugin({ config, store }).runWorker(worker, (next) => next.run());
  for (let waited = 0; worker.getState() !== 'RUNNING' && waited < 20_000; waited += 50) await sleep(50);
  expect(worker.getState()).toBe('RUNNING');
  worker.shutdown();
  await running;
}, 40_000);

it('has another worker of ours beside it when it starts while the last one stops', async () => {
  const config = parseConfig(settings, 'test.config.json');
  const options = { config, store, connection, namespace: 'default' };
  const maintained = async () => {
    const handle = await temporal.workflow.start('ExtractPatternsWorkflow', {
      taskQueue: config.temporal.taskQueue,
      workflowId: `maintain-${randomUUID()}`,
      args: [{ tenant: 'acme' }],
    });
    expect(await Promise.race([handle.result(), sleep(15_000, 'hangs')])).toMatchObject({ finished: true });
  };
  let stopping = Promise.resolve();
  await new Promise<void>((stops) => {
    stopping = runBeside(options, async () => {
      await maintained();
      setTimeout(stops);
    });
  });
  await runBeside(options, maintained);
  await stopping;
}, 60_000);
