/** A Journeyman worker: workflows and activities on the main queue, and each hosted agent on its own. */
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { type NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { type Activities, agentActivities, createActivities, sharedAll } from './activities/index.js';
import { createAgentRunner } from './agents/agent-runner.js';
import type { AgentServices } from './agents/agent-services.js';
import { InboxServer } from './agents/inbox-server.js';
import { AgentRegistry } from './agents/registry.js';
import { Workspaces } from './agents/workspaces/workspaces.js';
import type { Config } from './config.js';
import { Inboxes } from './knowledge/announce/inboxes.js';
import { planOffer } from './plan-offer.js';
import { openRetrieval, retrievalOptions } from './retrieval/retrieval.js';
import { searchLog, tellOfSearch } from './search-log.js';
import { createRedactor } from './shared/redact.js';
import { requiredSearchAttributes } from './shared/search-attributes.js';
import { storeArtifacts } from './store/artifacts.js';
import { Slots } from './store/slots.js';
import type { Store } from './store/store.js';
import { workflowBundlePath } from './workflow-bundle-path.js';

export interface JourneymanWorkerOptions {
  config: Config;
  store: Store;
  connection: NativeConnection;
  namespace: string;
  /** Agent types to host here. Default: all that the configuration declares for Journeyman's own worker. */
  agents?: readonly string[];
  /** Options of the main worker, for tuning. */
  tuning?: Partial<WorkerOptions>;
}

export interface JourneymanWorker {
  readonly activities: Activities;
  /** Polls until shut down; rejects when any of the queues' workers fails, after stopping the others. */
  run(): Promise<void>;
  /** Stops polling and lets what runs finish, within the grace time. */
  shutdown(): void;
}

const SHUTDOWN_GRACE = '10 seconds';
/** What was spent since the last heartbeat is lost in a crash; so they may follow each other quickly. */
const HEARTBEAT_THROTTLE = '100 milliseconds';
const SEARCH_ATTRIBUTES_FRESH_MS = 60_000;
const SWEEP_EVERY_MS = 3_600_000;

/** Makes a worker. It starts polling when `run` is called. */
export async function createWorker(options: JourneymanWorkerOptions): Promise<JourneymanWorker> {
  const { config, store, connection, namespace } = options;
  const redactor = createRedactor(config.redact);
  const workspaces = new Workspaces({
    root:
      config.workspaces.root ?? path.join(tmpdir(), `journeyman-workspaces-${process.getuid?.() ?? 'user'}`),
    artifacts: storeArtifacts(store),
  });
  const inboxes = new Inboxes(store, new Client({ connection, namespace }));
  const inboxServer = new InboxServer(config.inbox, (error) => {
    const problem = error instanceof Error ? error.message : String(error);
    Runtime.instance().logger.warn('Agents that are services cannot read their inbox', { problem });
  });
  const services: AgentServices = { workspaces, slots: new Slots(store), inboxes, inboxServer };
  const activities = createActivities({
    store,
    config,
    redactor,
    offer: planOffer(config),
    workspaces,
    searchAttributes: registeredSearchAttributes(connection, namespace),
  });
  const base = { connection, namespace, shutdownGraceTime: SHUTDOWN_GRACE } as const;
  const registry = new AgentRegistry(config);
  const hosted = registry.hosted.filter(({ type }) => options.agents?.includes(type) ?? true);
  const workers = await Promise.all([
    Worker.create({
      ...base,
      taskQueue: config.temporal.taskQueue,
      workflowBundle: { codePath: workflowBundlePath() },
      activities,
      ...options.tuning,
    }),
    ...hosted.map((agent) =>
      Worker.create({
        ...base,
        taskQueue: registry.taskQueueOf(agent.type),
        activities: agentActivities(createAgentRunner(agent, services), redactor),
        maxConcurrentActivityTaskExecutions: agent.limits.maxConcurrent,
        // The server holds this over all workers of the queue.
        ...(agent.limits.startsPerSecond === undefined
          ? {}
          : { maxTaskQueueActivitiesPerSecond: agent.limits.startsPerSecond }),
        // A cancellation reaches an agent with the answer to a heartbeat.
        maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
      }),
    ),
  ]);
  let stopped = false;
  const shutdown = (): void => {
    stopped = true;
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    activities,
    shutdown,
    async run() {
      const sweeping = sweepRegularly(workspaces);
      const log = searchLog();
      const closeSearch = openRetrieval(store, retrievalOptions(config.retrieval, log));
      const telling = tellOfSearch(store, log);
      const runs = workers.map((worker) => worker.run());
      // Told to stop before there was anything to stop.
      if (stopped) shutdown();
      try {
        await Promise.all(runs);
      } catch (error) {
        shutdown();
        await Promise.allSettled(runs);
        throw error;
      } finally {
        clearInterval(sweeping);
        clearInterval(telling);
        await sharedAll(store);
        closeSearch();
        inboxes.close();
        await inboxServer.close();
      }
    },
  };
}

/** Removes what killed workers left behind on this machine, now and then. @returns the timer */
function sweepRegularly(workspaces: Workspaces): NodeJS.Timeout {
  const sweep = (): void =>
    // A folder that cannot be swept concerns only the tasks that need it; they say so themselves.
    void workspaces.sweep().catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      Runtime.instance().logger.warn('Old workspaces could not be removed', { problem });
    });
  sweep();
  return setInterval(sweep, SWEEP_EVERY_MS).unref();
}

/** Which of our search attributes the namespace knows, asked at most once a minute. */
function registeredSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): () => Promise<string[]> {
  let known: Promise<string[]> = Promise.resolve([]);
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async (): Promise<string[]> => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return requiredSearchAttributes
      .map(({ name }) => name)
      .filter((name) => name in (customAttributes ?? {}));
  };
  return () => {
    if (performance.now() - askedAt > SEARCH_ATTRIBUTES_FRESH_MS) {
      askedAt = performance.now();
      // Unknown counts as none: setting an unregistered attribute would stall the workflow.
      known = ask().catch(() => []);
    }
    return known;
  };
}
