/** A worker, a client and agents on queues and a database of their own, over the run's real servers. */
import '../quiet-workers.js';
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { JourneymanClient } from '../../src/client.js';
import { type Config, parseConfig } from '../../src/config.js';
import { setUpStore } from '../../src/setup.js';
import type { AgentReport, AgentTask } from '../../src/shared/agent-contract.js';
import { openStore, type Store } from '../../src/store/store.js';
import { createWorker, type JourneymanWorker } from '../../src/worker.js';

/** An agent as a test writes it: runs as an activity of a worker that is not Journeyman's. */
type TestAgent = (
  task: AgentTask,
  signal: AbortSignal,
) => Promise<Partial<AgentReport>> | Partial<AgentReport>;

export interface HarnessOptions {
  agents?: Record<string, TestAgent>;
  /** Further declarations and settings of the configuration. */
  config?: { agents?: object[]; plans?: object[]; [setting: string]: unknown };
  /** Limits of the test agents. */
  limits?: object;
  tenant?: string;
  /** Address of MongoDB, when it is not the run's own. */
  mongoUri?: string;
  /** Address of Temporal, when it is not the run's own. */
  temporalAddress?: string;
  /** Leaves Journeyman's own worker to the test. */
  withoutWorker?: boolean;
}

export interface Harness {
  client: JourneymanClient;
  store: Store;
  config: Config;
  temporal: Client;
  connection: NativeConnection;
  database: string;
  /** Starts Journeyman's own worker in this process, for tests that left it out at first. */
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything; `stop` ends it and drops the database. */
export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const id = randomUUID().slice(0, 8);
  const agents = options.agents ?? {};
  const config = parseConfig(
    {
      withholding: { share: 0 },
      ...options.config,
      temporal: { taskQueue: `test-${id}` },
      agents: [
        ...Object.keys(agents).map((type) => ({
          type,
          kind: 'activity',
          taskQueue: `test-${id}-${type}`,
          ...(options.limits === undefined ? {} : { limits: options.limits }),
        })),
        ...(options.config?.agents ?? []),
      ],
    },
    'test.config.json',
  );
  const database = `test-${id}`;
  const store = openStore({ uri: options.mongoUri ?? inject('mongoUri'), database });
  const address = options.temporalAddress ?? inject('temporalAddress');
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const temporal = new Client({ connection: clientConnection });
  const workers = await Promise.all(
    Object.entries(agents).map(([type, run]) =>
      Worker.create({
        connection,
        taskQueue: `test-${id}-${type}`,
        activities: {
          runAgent: async (task: AgentTask) => {
            const beat = setInterval(() => Context.current().heartbeat(), 500);
            try {
              return { success: true, ...(await run(task, Context.current().cancellationSignal)) };
            } finally {
              clearInterval(beat);
            }
          },
        },
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  let own: JourneymanWorker | undefined;
  const startWorker = async (): Promise<void> => {
    own = await createWorker({ config, store, connection, namespace: 'default' });
    running.push(own.run());
  };
  await setUpStore(store);
  if (options.withoutWorker !== true) await startWorker();
  const client = await JourneymanClient.connect({
    tenant: options.tenant ?? 'acme',
    config,
    temporal,
    store,
  });
  return {
    client,
    store,
    config,
    temporal,
    connection,
    database,
    startWorker,
    async stop() {
      for (const worker of workers) worker.shutdown();
      own?.shutdown();
      await Promise.all(running);
      await store.db.dropDatabase().catch(() => {});
      await Promise.all([store.close(), connection.close(), clientConnection.close()]);
    },
  };
}
