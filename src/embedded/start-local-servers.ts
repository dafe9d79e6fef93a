import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { attachToRunning } from './attach-to-running.js';
import { withDataFolderLock } from './data-folder-lock.js';
import { type Launch, launchServers } from './launch-servers.js';
import type { Configured, LocalServers, LocalServersOptions } from './local-servers.js';
import { configuredMongo } from './mongo-server.js';
import { identifyProcess } from './process-identity.js';
import { removeServerState, writeServerState } from './server-state.js';
import { configuredTemporal } from './temporal-server.js';

/**
 * Gets a Temporal server and MongoDB running on this machine. Servers named by TEMPORAL_ADDRESS and
 * JOURNEYMAN_MONGODB_URI come first; then those that already run on the data folder; else they are started
 * and live until `stop` is called or this process ends, in whatever way.
 * @throws LocalServerError with one screen of explanation.
 */
export async function startLocalServers(options: LocalServersOptions): Promise<LocalServers> {
  const env = options.env ?? process.env;
  const onStep = options.onStep ?? (() => {});
  const configured: Configured = { temporal: null, mongo: null };
  if (env['TEMPORAL_ADDRESS']) {
    configured.temporal = { ...(await configuredTemporal(env)), uiUrl: null };
    onStep(`Temporal: using ${configured.temporal.address} (TEMPORAL_ADDRESS)`);
  }
  if (env['JOURNEYMAN_MONGODB_URI']) {
    configured.mongo = await configuredMongo(env['JOURNEYMAN_MONGODB_URI']);
    onStep('MongoDB: using the server of JOURNEYMAN_MONGODB_URI');
  }
  if (configured.temporal && configured.mongo) {
    return {
      temporal: configured.temporal,
      mongo: configured.mongo,
      attached: true,
      binaries: { temporal: null, mongod: null },
      pids: { guard: null, temporal: null, mongod: null },
      stop: async () => {},
    };
  }

  const launch = { options, env, onStep, configured };
  if (options.dataDir === null) {
    const folder = await mkdtemp(join(options.temporaryIn ?? tmpdir(), 'journeyman-'));
    try {
      const onSpawned = async (): Promise<void> => {};
      const { guarded, ...servers } = await launchServers({ ...launch, onSpawned }, folder, false);
      return { ...servers, stop: () => guarded.stop() };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  const folder = resolve(options.dataDir);
  await mkdir(folder, { recursive: true });
  const onWait = (): void => onStep(`Waiting: another process starts or stops the servers in ${folder}`);
  return withDataFolderLock(folder, onWait, async () => {
    const running = await attachToRunning(folder, configured, onStep);
    if (running !== null) return running;
    const onSpawned: Launch['onSpawned'] = async (pids, { temporal, mongo }) =>
      writeServerState(folder, {
        owner: await identifyProcess(process.pid),
        guard: await identifyProcess(pids.guard ?? 0),
        temporal:
          pids.temporal === null ? null : { ...temporal, process: await identifyProcess(pids.temporal) },
        mongo: pids.mongod === null ? null : { ...mongo, process: await identifyProcess(pids.mongod) },
      });
    const { guarded, ...servers } = await launchServers({ ...launch, onSpawned }, folder, true);
    let stopped: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      // Without the folder (someone removed it) there is nobody to coordinate with.
      if (!existsSync(folder)) return guarded.stop();
      await withDataFolderLock(folder, onWait, async () => {
        await guarded.stop();
        await removeServerState(folder);
      });
    };
    return { ...servers, stop: () => (stopped ??= stop()) };
  });
}
