/** The sample platform on a queue and a database of its own, with a worker as a test wants it. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle, type WorkflowStartOptions } from '@temporalio/client';
import { type BundlerPlugin, bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { JourneymanPlugin } from 'journeyman/plugin';
import { inject } from 'vitest';
import { type Config, parseConfig } from '../../../src/config.js';
import { type Interaction, interactions } from '../../../src/learning/interactions.js';
import { setUpStore } from '../../../src/setup.js';
import { openStore, type Store } from '../../../src/store/store.js';
import { waitUntil } from '../wait-until.js';
import * as activities from './activities.js';

export interface PlatformOptions {
  /** Further settings of Journeyman's configuration. */
  config?: object;
  /** Address of MongoDB for the plugin, when it is not the run's own. */
  mongoUri?: string;
  /** Whether the worker has the plugin. Default true. */
  plugin?: boolean;
  /** Whether the plugin runs Journeyman's own worker. Default true. */
  host?: boolean;
  /** Bundle made beforehand instead of workflows by their path; with the plugin or without. */
  bundled?: { plugin: boolean; preload?: string[] };
}

export interface Platform {
  config: Config;
  /** Straight to the database, whatever stands before it for the plugin. */
  store: Store;
  temporal: Client;
  connection: NativeConnection;
  taskQueue: string;
  /** Starts a workflow of scenarios.ts. */
  start(
    type: string,
    args?: unknown[],
    options?: Partial<WorkflowStartOptions>,
  ): Promise<WorkflowHandle<() => Promise<unknown>>>;
  /** The records, once there are as many. */
  records(count: number): Promise<Interaction[]>;
  /** Starts a further worker, and stops the one before. */
  exchangeWorker(options: Pick<PlatformOptions, 'plugin' | 'host'>): Promise<void>;
  stop(): Promise<void>;
}

export const scenarios = fileURLToPath(new URL('./scenarios.ts', import.meta.url));

/** Starts everything; `stop` ends it and drops the database. */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const id = randomUUID().slice(0, 8);
  const database = `test-${id}`;
  const taskQueue = `platform-${id}`;
  const config = parseConfig(
    {
      withholding: { share: 0 },
      temporal: { taskQueue: `test-${id}` },
      mongodb: { uri: options.mongoUri ?? inject('mongoUri'), database },
      ...options.config,
    },
    'test.config.json',
  );
  const store = openStore({ uri: inject('mongoUri'), database });
  await setUpStore(store);
  const address = inject('temporalAddress');
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const temporal = new Client({ connection: clientConnection });
  const makeWorker = async ({ plugin = true, host = true, bundled }: PlatformOptions) => {
    const plugins = plugin ? [new JourneymanPlugin({ config, host })] : [];
    const worker = await Worker.create({
      connection,
      taskQueue,
      activities,
      plugins,
      ...(bundled === undefined
        ? { workflowsPath: scenarios }
        : { workflowBundle: await bundle(bundled.plugin ? plugins : [], bundled.preload) }),
    });
    return { worker, running: worker.run() };
  };
  let current = await makeWorker(options);
  const stopWorker = async () => {
    current.worker.shutdown();
    await current.running;
  };
  return {
    config,
    store,
    temporal,
    connection,
    taskQueue,
    start: (type, args = [], more = {}) =>
      temporal.workflow.start<(...given: unknown[]) => Promise<unknown>>(type, {
        taskQueue,
        workflowId: `acme/${randomUUID().slice(0, 8)}`,
        args,
        ...more,
      }),
    records: (count) =>
      waitUntil(`${count} records`, async () => {
        const found = await interactions(store).find().sort({ endedAt: 1, _id: 1 }).toArray();
        return found.length >= count && found;
      }),
    async exchangeWorker(next) {
      await stopWorker();
      current = await makeWorker(next);
    },
    async stop() {
      await stopWorker();
      await store.db.dropDatabase().catch(() => {});
      await Promise.all([store.close(), connection.close(), clientConnection.close()]);
    },
  };
}

async function bundle(plugins: BundlerPlugin[], preloadModules: string[] = []) {
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  return bundleWorkflowCode({ workflowsPath: scenarios, plugins, preloadModules, logger: quiet });
}
