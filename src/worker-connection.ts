/** Where workers find Temporal. Apart from the other connections, since the core of workers is slow to load. */
import { NativeConnection } from '@temporalio/worker';
import type { Config } from './config.js';
import { temporalOptions } from './connections.js';

/** A connection for workers. Close it when done. */
export async function connectTemporalWorker(
  config: Config,
): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connection, namespace } = temporalOptions(config);
  return { connection: await NativeConnection.connect(connection), namespace };
}
