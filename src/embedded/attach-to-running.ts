import { setTimeout as sleep } from 'node:timers/promises';
import { LocalServerError } from './local-server-error.js';
import type { Configured, LocalServers } from './local-servers.js';
import { mongoAnswers } from './mongo-server.js';
import { isAlive, type ProcessIdentity, signalProcess } from './process-identity.js';
import { readServerState, removeServerState, type ServerState } from './server-state.js';
import { temporalAnswers } from './temporal-server.js';

/** The guard of a dead owner has its servers down in this time, or is gone itself. */
const guardPatience = 12_000;

/**
 * Looks for servers that already run on a data folder. Those of a living process that answer are used. What
 * is left of a dead one is awaited while its guard stops it, and ended here if the guard is gone too. The
 * caller holds the folder's lock.
 * @returns null when nothing runs there.
 * @throws LocalServerError when what runs there cannot be used.
 */
export async function attachToRunning(
  folder: string,
  configured: Configured,
  onStep: (text: string) => void,
): Promise<LocalServers | null> {
  const state = await readServerState(folder);
  if (state === null) return null;
  const servers = [state.temporal?.process, state.mongo?.process].filter((process) => process !== undefined);
  const living = await allAlive(servers);
  if (living.length === 0) {
    await removeServerState(folder);
    return null;
  }
  if (!(await isAlive(state.owner))) {
    onStep('Waiting for the servers of an ended process to stop');
    await endAll(state, servers);
    await removeServerState(folder);
    return null;
  }

  const temporal = configured.temporal ?? state.temporal;
  const mongo = configured.mongo ?? state.mongo;
  const answers =
    living.length === servers.length &&
    temporal !== null &&
    mongo !== null &&
    (configured.temporal !== null || (await temporalAnswers(temporal.address))) &&
    (configured.mongo !== null || (await mongoAnswers(mongo.uri)).ok);
  if (!answers) {
    throw new LocalServerError(
      [
        `Process ${state.owner.pid} runs servers in ${folder}, but not all that is needed answers:`,
        `  Temporal: ${temporal?.address ?? 'not run by it'}`,
        `  MongoDB: ${mongo?.uri ?? 'not run by it'}`,
        'Stop that process, or use another data folder.',
      ].join('\n'),
    );
  }
  onStep(`Using the servers that process ${state.owner.pid} runs in ${folder}`);
  onStep(`Temporal: ${temporal.address}`);
  return {
    temporal: { address: temporal.address, namespace: temporal.namespace, uiUrl: temporal.uiUrl },
    mongo: { uri: mongo.uri },
    attached: true,
    binaries: { temporal: null, mongod: null },
    pids: {
      guard: state.guard.pid,
      temporal: state.temporal?.process.pid ?? null,
      mongod: state.mongo?.process.pid ?? null,
    },
    stop: async () => {},
  };
}

async function endAll(state: ServerState, servers: ProcessIdentity[]): Promise<void> {
  const deadline = Date.now() + guardPatience;
  while (Date.now() < deadline && (await isAlive(state.guard))) await sleep(50);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const left = await allAlive(servers);
    if (left.length === 0) return;
    for (const { pid } of left) signalProcess(pid, signal);
    const patience = Date.now() + 8_000;
    while (Date.now() < patience && (await allAlive(servers)).length > 0) await sleep(50);
  }
}

async function allAlive(processes: ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const alive = await Promise.all(processes.map(isAlive));
  return processes.filter((_, index) => alive[index]);
}
