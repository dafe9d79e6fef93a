/** A mongod of a test's own, to be killed and started again. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GuardedServers, startGuarded } from '../../src/embedded/guarded-servers.js';
import { mongodBinary } from '../../src/embedded/local-binary.js';
import { mongodArguments, mongoReady, mongoUri } from '../../src/embedded/mongo-server.js';
import { claimPort } from '../../src/embedded/ports.js';
import { resolveBinary } from '../../src/embedded/resolve-binary.js';

export interface OwnMongod {
  readonly uri: string;
  /** Starts it on what it left. */
  start(): Promise<void>;
  /** Kills it, with no time to do anything. */
  kill(): Promise<void>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
}

/** @param extra arguments that come after the usual ones; of one given twice, the last holds */
export async function ownMongod(extra: Readonly<Record<string, string>> = {}): Promise<OwnMongod> {
  const folder = await mkdtemp(join(tmpdir(), 'journeyman-mongod-'));
  await mkdir(join(folder, 'mongo'));
  const port = await claimPort({ purpose: 'MongoDB', port: 0, option: 'none' });
  const { path } = await resolveBinary(mongodBinary, { env: process.env, onStep: () => {} });
  let running: GuardedServers | null = null;
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = null;
  };
  const args = mongodArguments({ folder, port });
  for (const [name, value] of Object.entries(extra)) {
    const at = args.indexOf(name);
    if (at < 0) args.push(name, value);
    else args[at + 1] = value;
  }
  const server = { name: 'mongod', command: path, args, logFile: join(folder, 'mongod.log') };
  const start = async (): Promise<void> => {
    running = await startGuarded({ servers: [server], grace: 0, removeFolder: null }, process.env);
    await mongoReady(port, AbortSignal.timeout(60_000));
  };
  await start();
  return {
    uri: mongoUri(port),
    start,
    kill: stop,
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
