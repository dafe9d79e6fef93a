/** Journeyman's own worker beside a platform's, in the same process and for as long as that runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { type NativeConnection, Runtime } from '@temporalio/worker';
import { AgentRegistry } from './agents/registry.js';
import type { Config } from './config.js';
import { connectStore } from './connections.js';
import { setUpSchedules, setUpStore } from './setup.js';
import type { Store } from './store/store.js';
import { createWorker } from './worker.js';

export interface HostOptions {
  config: Config;
  /** Default: one of its own, closed at the end. */
  store?: Store;
  connection: NativeConnection;
  namespace: string;
}

interface Host {
  users: number;
  /** Null when it could not be started. */
  stop: Promise<(() => Promise<void>) | null>;
  /** Set when its last user has gone. */
  stopped?: Promise<void>;
}

/** A connection takes one worker a queue, so the platform's workers that share one share the host too. */
const hosts = new WeakMap<NativeConnection, Map<string, Host>>();
const hosted = new Set<string>();
const STORE_RETRY_MS = 5_000;

/** Queues that a configuration's own worker polls. */
export function ownQueuesOf(config: Config): string[] {
  const registry = new AgentRegistry(config);
  return [config.temporal.taskQueue, ...registry.hosted.map(({ type }) => registry.taskQueueOf(type))];
}

/** Whether a worker of this process is one of Journeyman's own: a plugin on their connection sees those too. */
export const isHosted = (taskQueue: string): boolean => hosted.has(taskQueue);

/** Runs something with Journeyman's own worker beside it. That one's troubles are logged, and stop nothing. */
export async function runBeside(options: HostOptions, run: () => Promise<void>): Promise<void> {
  const { config, connection, namespace } = options;
  const beside = hosts.get(connection) ?? new Map<string, Host>();
  hosts.set(connection, beside);
  const key = JSON.stringify([namespace, config.temporal.taskQueue]);
  const host = hostFor(beside, key, options);
  host.users += 1;
  try {
    await run();
  } finally {
    host.users -= 1;
    if (host.users === 0) {
      host.stopped = host.stop.then((stop) => stop?.());
      await host.stopped;
      if (beside.get(key) === host) beside.delete(key);
    }
  }
}

/** The host that runs, or a new one: after an earlier one that is just stopping has given its queues back. */
function hostFor(beside: Map<string, Host>, key: string, options: HostOptions): Host {
  const known = beside.get(key);
  if (known !== undefined && known.stopped === undefined) return known;
  const free = known?.stopped ?? Promise.resolve();
  const host: Host = { users: 0, stop: free.then(() => start(options)) };
  beside.set(key, host);
  return host;
}

async function start(options: HostOptions): Promise<(() => Promise<void>) | null> {
  const { config, connection, namespace } = options;
  const queues = ownQueuesOf(config);
  for (const queue of queues) hosted.add(queue);
  const store = options.store ?? connectStore(config);
  const end = async (): Promise<void> => {
    for (const queue of queues) hosted.delete(queue);
    if (options.store === undefined) await store.close().catch(warn('The store could not be closed'));
  };
  try {
    const worker = await createWorker({ config, store, connection, namespace });
    const stopping = new AbortController();
    const tasks = Promise.all([
      worker.run().catch(warn("Journeyman's own worker failed")),
      prepareStore(store, stopping.signal),
      prepareSchedules(options),
    ]);
    return async () => {
      stopping.abort();
      worker.shutdown();
      await tasks;
      await end();
    };
  } catch (error) {
    warnOfNoHost(error);
    await end();
    return null;
  }
}

/** Creates the indexes, as soon as MongoDB can be reached. */
async function prepareStore(store: Store, signal: AbortSignal): Promise<void> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return await setUpStore(store);
    } catch (error) {
      if (!told) warn('The indexes could not be created yet')(error);
      await sleep(STORE_RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** Creates the schedules of the configuration's tenant; those of others are `journeyman setup`'s. */
async function prepareSchedules({ config, connection, namespace }: HostOptions): Promise<void> {
  if (config.tenant === undefined) return;
  const client = new Client({ connection, namespace });
  await setUpSchedules(client, config.tenant, config.temporal.taskQueue).catch(
    warn('The maintenance schedules could not be created'),
  );
}

/** Tells that a platform's worker runs without Journeyman's own beside it. */
export const warnOfNoHost = (error: unknown): void =>
  warn("Journeyman's own worker could not be started; records that have to wait will do so")(error);

const warn =
  (what: string) =>
  (error: unknown): void =>
    Runtime.instance().logger.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
