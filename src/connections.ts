/** Where Temporal and MongoDB are: the environment first, then the configuration, then the local defaults. */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from './config.js';
import { InvalidInputError } from './shared/errors.js';
import { openStore, type Store } from './store/store.js';

const LOCAL_TEMPORAL = '127.0.0.1:7233';
const LOCAL_MONGODB = 'mongodb://127.0.0.1:27017/?replicaSet=rs0';

/** Temporal's address, TLS and API key, by the standard TEMPORAL_* variables and profile file. */
export function temporalOptions(config: Config) {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    connection: {
      ...connectionOptions,
      address: connectionOptions.address ?? config.temporal.address ?? LOCAL_TEMPORAL,
    },
    namespace: namespace ?? config.temporal.namespace ?? 'default',
  };
}

/** A client of Temporal for starting and reading workflows. Close its connection when done. */
export async function connectTemporalClient(config: Config): Promise<Client> {
  const { connection, namespace } = temporalOptions(config);
  return new Client({ connection: await Connection.connect(connection), namespace });
}

/**
 * Opens the store named by `JOURNEYMAN_MONGODB_URI` and `JOURNEYMAN_DATABASE`, or by the configuration.
 *
 * @throws InvalidInputError when the address is none of MongoDB's
 */
export function connectStore(config: Config, env: NodeJS.ProcessEnv = process.env): Store {
  const uri = env['JOURNEYMAN_MONGODB_URI'] ?? config.mongodb?.uri ?? LOCAL_MONGODB;
  if (!/^mongodb(\+srv)?:\/\/./.test(uri))
    // The value may hold a password, so it is not repeated.
    throw new InvalidInputError(
      'JOURNEYMAN_MONGODB_URI',
      '[not shown]',
      'a mongodb:// or mongodb+srv:// address',
    );
  const database = env['JOURNEYMAN_DATABASE'] ?? config.mongodb?.database;
  return openStore({ uri, ...(database === undefined ? {} : { database }) });
}
