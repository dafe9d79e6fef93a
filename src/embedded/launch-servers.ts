import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GuardedServers, startGuarded } from './guarded-servers.js';
import { mongodBinary, temporalBinary } from './local-binary.js';
import { LocalServerError } from './local-server-error.js';
import type { Configured, LocalServers, LocalServersOptions } from './local-servers.js';
import { mongodArguments, mongoReady, mongoUri } from './mongo-server.js';
import { claimPort } from './ports.js';
import { resolveBinary } from './resolve-binary.js';
import { localNamespace, temporalArguments, temporalReady } from './temporal-server.js';

/** Longest time for servers to answer; recovery after a crash takes a while on a slow disk. */
const readyTimeout = 60_000;
/** Time from SIGTERM to SIGKILL for servers whose data is kept. Measured: about 1 s is used. */
const stopGrace = 8_000;

/** What a launch works with. */
export interface Launch {
  options: LocalServersOptions;
  env: NodeJS.ProcessEnv;
  onStep: (text: string) => void;
  configured: Configured;
  /** Called once the processes exist, before they answer: from here on a crash leaves something to clear up. */
  onSpawned: (pids: LocalServers['pids'], servers: Servers) => Promise<void>;
}

type Servers = Pick<LocalServers, 'temporal' | 'mongo'>;

/** What was launched; its guard stops it. */
export type LaunchedServers = Omit<LocalServers, 'stop'> & { guarded: GuardedServers };

/**
 * Starts the servers that the environment does not name, and waits until they answer.
 * @param folder holds data and logs. `kept` says whether it outlives the servers; else the guard removes it.
 * @throws LocalServerError when a port is taken, a program is not found, or a server fails.
 */
export async function launchServers(launch: Launch, folder: string, kept: boolean): Promise<LaunchedServers> {
  const { options, env, onStep, configured } = launch;
  // Ports first: they are quick to check, and a download would be in vain.
  const ports = {
    temporal: configured.temporal
      ? null
      : await claimPort({
          purpose: 'Temporal',
          port: options.temporalPort ?? (kept ? 7233 : 0),
          option: '--temporal-port',
          attachHint: `if it is a Temporal server, use it: TEMPORAL_ADDRESS=127.0.0.1:${options.temporalPort ?? 7233}`,
        }),
    ui: configured.temporal ? null : await claimUiPort(options.uiPort, kept),
    mongo: configured.mongo
      ? null
      : await claimPort({
          purpose: 'MongoDB',
          port: options.mongoPort ?? (kept ? 27017 : 0),
          option: '--mongo-port',
          attachHint:
            'if it is a MongoDB replica set, use it: ' +
            `JOURNEYMAN_MONGODB_URI=mongodb://127.0.0.1:${options.mongoPort ?? 27017}/?replicaSet=<its name>`,
        }),
  };
  const [temporal = null, mongod = null] = await allOrEveryError([
    ports.temporal === null ? Promise.resolve(null) : resolveBinary(temporalBinary, { env, onStep }),
    ports.mongo === null ? Promise.resolve(null) : resolveBinary(mongodBinary, { env, onStep }),
  ]);

  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const servers = [];
  if (temporal !== null && ports.temporal !== null) {
    const args = temporalArguments({ folder, port: ports.temporal, uiPort: ports.ui });
    servers.push({ name: 'temporal', command: temporal.path, args, logFile: join(logs, 'temporal.log') });
  }
  if (mongod !== null && ports.mongo !== null) {
    await mkdir(join(folder, 'mongo'), { recursive: true });
    const args = mongodArguments({ folder, port: ports.mongo });
    servers.push({ name: 'mongod', command: mongod.path, args, logFile: join(logs, 'mongod.log') });
  }
  const guarded = await startGuarded(
    { servers, grace: kept ? stopGrace : 0, removeFolder: kept ? null : folder },
    env,
  );
  const pids = {
    guard: guarded.guardPid,
    temporal: guarded.pids['temporal'] ?? null,
    mongod: guarded.pids['mongod'] ?? null,
  };
  const running: Servers = {
    temporal: configured.temporal ?? {
      address: `127.0.0.1:${ports.temporal}`,
      namespace: localNamespace,
      uiUrl: ports.ui === null ? null : `http://127.0.0.1:${ports.ui}`,
    },
    mongo: configured.mongo ?? { uri: mongoUri(ports.mongo ?? 0) },
  };
  try {
    await launch.onSpawned(pids, running);
    await ready(guarded, ports);
  } catch (error) {
    await guarded.stop();
    throw error;
  }
  guarded.onEnded((error) => options.onFailure?.(error));
  if (temporal !== null) onStep(`Temporal: started at ${running.temporal.address}`);
  if (ports.ui !== null) onStep(`Temporal UI: ${running.temporal.uiUrl}`);
  if (mongod !== null) onStep(`MongoDB: started at ${running.mongo.uri}`);
  return { ...running, attached: false, binaries: { temporal, mongod }, pids, guarded };
}

/** Waits for both, so that one screen says all that is missing. */
async function allOrEveryError<T>(searches: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(searches);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (errors.length > 0) throw new LocalServerError(errors.map(({ message }) => message).join('\n\n'));
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

async function claimUiPort(uiPort: number | null | undefined, kept: boolean): Promise<number | null> {
  const port = uiPort === undefined && kept ? 8233 : (uiPort ?? null);
  return port === null ? null : claimPort({ purpose: 'the Temporal UI', port, option: '--ui-port' });
}

/** Waits until the servers answer; one that ends, or the deadline, ends the wait for both. */
async function ready(
  guarded: GuardedServers,
  ports: { temporal: number | null; mongo: number | null },
): Promise<void> {
  const waiting = new AbortController();
  const answered = Promise.all([
    ports.temporal === null ? null : temporalReady(ports.temporal, waiting.signal),
    ports.mongo === null ? null : mongoReady(ports.mongo, waiting.signal),
  ]);
  let deadline: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    guarded.onEnded(reject);
    deadline = setTimeout(
      () => reject(new LocalServerError(`The servers did not answer within ${readyTimeout / 1000} s.`)),
      readyTimeout,
    );
  });
  try {
    await Promise.race([answered, failed]);
  } finally {
    clearTimeout(deadline);
    waiting.abort();
    // When a failure came first, the waits end by the abort; the failure is what is thrown.
    await answered.catch(() => {});
  }
}
