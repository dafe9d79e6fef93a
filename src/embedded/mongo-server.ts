import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient } from 'mongodb';
import { LocalServerError } from './local-server-error.js';
import { waitForPort } from './wait-for-port.js';

const replicaSet = 'rs0';

export interface MongoServerOptions {
  folder: string;
  port: number;
}

/** Arguments of mongod for a one-node replica set: transactions and change streams need one. */
export function mongodArguments({ folder, port }: MongoServerOptions): string[] {
  return [
    ...['--dbpath', join(folder, 'mongo'), '--replSet', replicaSet],
    ...['--bind_ip', '127.0.0.1', '--port', String(port)],
    // A socket file in /tmp would outlive a server that was killed.
    '--nounixsocket',
    // The defaults take half of the memory and a twentieth of the disk.
    ...['--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '512'],
    // By default, what was changed may fill a fifth of the cache: of so small a one that is little, and whoever writes
    // more then spends most of his time writing out the same pages again and again.
    ...['--wiredTigerEngineConfigString', 'eviction_dirty_target=40,eviction_dirty_trigger=60'],
    ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    // A worker killed within a transaction holds its locks for this long (seconds; the default is 60).
    ...['--setParameter', 'transactionLifetimeLimitSeconds=30'],
    '--quiet',
  ];
}

export function mongoUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?replicaSet=${replicaSet}`;
}

/** Resolves when the server is the primary of its replica set, which is made or moved to this port if needed. */
export async function mongoReady(port: number, signal: AbortSignal): Promise<void> {
  await waitForPort(port, signal);
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);
  try {
    const admin = client.db('admin');
    await configureReplicaSet(client, `127.0.0.1:${port}`);
    while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) {
      await sleep(20, undefined, { signal });
    }
  } finally {
    await client.close();
  }
}

async function configureReplicaSet(client: MongoClient, host: string): Promise<void> {
  const admin: Db = client.db('admin');
  const config = await client.db('local').collection('system.replset').findOne({});
  if (config === null) {
    await admin.command({ replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host }] } });
    return;
  }
  const [member] = config['members'] as { host: string }[];
  if (member?.host === host) return;
  // Kept data that was last served on another port: no member of the set is this node, so no primary can
  // agree to the change and it has to be forced.
  const moved = { ...config, version: Number(config['version']) + 1, members: [{ ...member, host }] };
  await admin.command({ replSetReconfig: moved, force: true });
}

/** Whether a MongoDB server answers at a URI within 5 s, and why not. */
export async function mongoAnswers(uri: string): Promise<{ ok: true } | { ok: false; reason: string }> {
  let client: MongoClient | null = null;
  try {
    client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 });
    await client.db('admin').command({ ping: 1 });
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await client?.close();
  }
}

/**
 * Checks the server that JOURNEYMAN_MONGODB_URI names.
 * @throws LocalServerError when it does not answer. The message holds no credentials.
 */
export async function configuredMongo(uri: string): Promise<{ uri: string }> {
  const answer = await mongoAnswers(uri);
  if (answer.ok) return { uri };
  throw new LocalServerError(
    `JOURNEYMAN_MONGODB_URI names a MongoDB server, but none answers there: ${answer.reason}\n` +
      'Start that server or correct the URI; without JOURNEYMAN_MONGODB_URI a local server is started.',
  );
}
