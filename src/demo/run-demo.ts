/** The demo from its servers to its summary. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { JourneymanClient } from '../client.js';
import type { LocalServers } from '../embedded/index.js';
import type { Learning } from '../learning/learning.js';
import type { Recommendation } from '../performance/life/recommendation.js';
import { setUpSearchAttributes, setUpStore } from '../setup.js';
import { openStore } from '../store/store.js';
import type { PlanStatistics } from '../strategy/adaptive-strategy.js';
import { createWorker } from '../worker.js';
import { type Comparison, compareArms, type Pair } from './compare-arms.js';
import { demoConfig, demoPlans } from './demo-config.js';
import type { FollowedLesson } from './follow-lesson.js';
import { followLesson } from './follow-lesson.js';
import { runArms } from './run-arms.js';
import { buildWorkload } from './workload/build-workload.js';

export interface DemoOptions {
  servers: LocalServers;
  tenant: string;
  tasks: number;
  /** Draws the tasks, their defects and their order. */
  seed: number;
  onStep: (text: string) => void;
  onPair: (pair: Pair, done: number) => void;
}

/** All that the demo found out. */
export interface DemoSummary {
  tenant: string;
  tasks: number;
  families: number;
  seconds: number;
  comparison: Comparison;
  /** The last half alone, when most was learned. */
  secondHalf: Comparison;
  plans: PlanStatistics[];
  learnings: Learning[];
  followed: FollowedLesson | null;
  recommendations: Recommendation[];
  uiUrl: string | null;
}

/** A demo that has run; its worker goes on until `close`, so that the Temporal UI can ask it about tasks. */
export interface FinishedDemo {
  summary: DemoSummary;
  close(): Promise<void>;
}

/** Runs the workload in both arms and sums up. */
export async function runDemo(options: DemoOptions): Promise<FinishedDemo> {
  const { servers, tenant, tasks, seed, onStep } = options;
  const startedAt = performance.now();
  const config = demoConfig(tenant);
  const store = openStore({ uri: servers.mongo.uri });
  const { address, namespace, uiUrl } = servers.temporal;
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const temporal = new Client({ connection: clientConnection, namespace });
  const folder = await mkdtemp(join(tmpdir(), 'journeyman-demo-'));
  const worker = await createWorker({ config, store, connection, namespace });
  const working = worker.run();
  const close = async (): Promise<void> => {
    worker.shutdown();
    await working.catch(() => {});
    await rm(folder, { recursive: true, force: true });
    await Promise.all([store.close(), connection.close(), clientConnection.close()]);
  };
  try {
    await Promise.all([setUpStore(store), setUpSearchAttributes(clientConnection, namespace)]);
    const client = await JourneymanClient.connect({ tenant, config, temporal, store });
    onStep(`Drawing ${tasks} defects (seed ${seed}) and checking that each fails its tests …`);
    const workload = await buildWorkload(seed, tasks);
    onStep('Running them twice, with learning and with learning off; the tests decide success');
    const pairs = await Promise.race([
      runArms({ client, tasks: workload, plans: demoPlans(config), folder, seed, onPair: options.onPair }),
      // A worker that fails would otherwise leave the tasks waiting for ever.
      working.then(() => Promise.reject(new Error('the worker stopped'))),
    ]);
    const summary: DemoSummary = {
      tenant,
      tasks: pairs.length,
      families: new Set(workload.map(({ family }) => family)).size,
      seconds: (performance.now() - startedAt) / 1_000,
      comparison: compareArms(pairs),
      secondHalf: compareArms(pairs.slice(Math.floor(pairs.length / 2))),
      plans: await client.strategy.plans(),
      learnings: (await client.learning.list({ limit: 500 })).filter(({ state }) => state !== 'retired'),
      followed: await followLesson(client),
      recommendations: await client.performance.getRecommendations(),
      uiUrl: uiUrl === null ? null : `${uiUrl}/namespaces/${namespace}/workflows`,
    };
    return { summary, close };
  } catch (error) {
    await close();
    throw error;
  }
}
