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
  const field = env['JOURNEYMAN_MONGODB_URI'] === undefined ? 'mongodb.uri' : 'JOURNEYMAN_MONGODB_URI';
  // The value may hold a password, so it is not repeated.
  const refusal = (allowed: string): InvalidInputError =>
    new InvalidInputError(field, '[not shown]', allowed);
  if (!/^mongodb(\+srv)?:\/\/./.test(uri)) throw refusal('a mongodb:// or mongodb+srv:// address');
  const database = env['JOURNEYMAN_DATABASE'] ?? config.mongodb?.database;
  try {
    return openStore({ uri, ...(database === undefined ? {} : { database }) });
  } catch (error) {
    // The driver names an option that it does not know, and never the user or the password.
    const option = error instanceof Error && /\boptions?\b/i.test(error.message) ? ` (${error.message})` : '';
    throw refusal(
      `an address as MongoDB has it${option}; in its user and password, @ is written %40, : %3A, / %2F and % %25`,
    );
  }
}
