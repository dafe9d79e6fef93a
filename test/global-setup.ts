import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { startLocalServers } from '../src/embedded/index.js';

// Brings the module into scope for its augmentation.
export type { ProvidedContext } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the Temporal server of this test run; namespace `default`. */
    temporalAddress: string;
    /** URI of the MongoDB replica set of this test run; use a database of your own. */
    mongoUri: string;
  }
}

/**
 * Starts the servers once for a whole test run, or uses those that JOURNEYMAN_TEST_TEMPORAL and
 * JOURNEYMAN_TEST_MONGO name. A developer's own TEMPORAL_ADDRESS and JOURNEYMAN_MONGODB_URI are left alone:
 * tests write and delete.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startLocalServers({
    dataDir: null,
    ...(await memoryDisk()),
    env: {
      ...withoutTemporal(process.env),
      TEMPORAL_ADDRESS: process.env['JOURNEYMAN_TEST_TEMPORAL'],
      JOURNEYMAN_MONGODB_URI: process.env['JOURNEYMAN_TEST_MONGO'],
    },
    onStep: (text) => process.stderr.write(`${text}\n`),
  });
  project.provide('temporalAddress', servers.temporal.address);
  project.provide('mongoUri', servers.mongo.uri);
  return () => servers.stop();
}

/** What the servers write in a run is below 1 GB; this leaves room for runs side by side. */
const LEAST_FREE_BYTES = 3e9;

/**
 * Where there is a disk in memory with room for it, the servers' data lies there: each test makes a database with
 * its indexes, and each write waits for the disk. They are thrown away with the run.
 */
async function memoryDisk(): Promise<{ temporaryIn?: string }> {
  const temporaryIn = '/dev/shm';
  try {
    await access(temporaryIn, constants.W_OK);
    const { bavail, bsize } = await statfs(temporaryIn);
    return bavail * bsize < LEAST_FREE_BYTES ? {} : { temporaryIn };
  } catch {
    return {};
  }
}

/** Drops connection settings for Temporal other than the path of its program. */
function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name === 'TEMPORAL_CLI_PATH' || !name.startsWith('TEMPORAL_')),
  );
}
