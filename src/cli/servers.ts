/** Where a command's servers are: as named, as `up` runs them, or at the local defaults. */
import { type Client, type Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from '../config.js';
import { connectStore, connectTemporalClient } from '../connections.js';
import { isAlive } from '../embedded/process-identity.js';
import { readServerState } from '../embedded/server-state.js';
import { type Store, StoreUnavailableError } from '../store/store.js';
import type { CommandContext } from './common-options.js';
import { OutOfReachError } from './report-error.js';

/** Addresses that a person gave, by environment, Temporal profile or configuration; null where none did. */
export interface NamedServers {
  temporal: string | null;
  mongo: string | null;
}

/** Addresses of servers, e.g. of those that run locally. */
export interface ServerAddresses {
  temporal: { address: string; namespace: string; uiUrl: string | null };
  mongo: { uri: string };
}

/** Which servers are named. */
export function namedServers(config: Config): NamedServers {
  return {
    temporal: loadClientConnectConfig().connectionOptions.address ?? config.temporal.address ?? null,
    mongo: process.env['JOURNEYMAN_MONGODB_URI'] ?? config.mongodb?.uri ?? null,
  };
}

/** The configuration with these addresses, where it names none itself. */
export function withAddresses(config: Config, { temporal, mongo }: ServerAddresses): Config {
  return {
    ...config,
    temporal: { address: temporal.address, namespace: temporal.namespace, ...config.temporal },
    mongodb: { uri: mongo.uri, ...config.mongodb },
  };
}

/** A command's context once its servers are known. */
export interface LocatedContext extends CommandContext {
  /** Start of the addresses in the Temporal UI; null when it is not known. */
  uiUrl: string | null;
}

/** Finds the servers without starting or asking any. Those that `up` recorded count while their owner lives. */
export async function locateServers(context: CommandContext): Promise<LocatedContext> {
  const named = namedServers(context.config);
  const env = process.env['TEMPORAL_UI_URL'] || null;
  if (named.temporal !== null && named.mongo !== null) return { ...context, uiUrl: env };
  const state = await readServerState(context.dataDir);
  if (state === null || !(await isAlive(state.owner))) return { ...context, uiUrl: env };
  const { temporal, mongo } = state;
  return {
    ...context,
    config: {
      ...context.config,
      temporal: {
        ...(temporal && { address: temporal.address, namespace: temporal.namespace }),
        ...context.config.temporal,
      },
      ...(mongo && { mongodb: { uri: mongo.uri, ...context.config.mongodb } }),
    },
    uiUrl: env ?? (named.temporal === null ? (temporal?.uiUrl ?? null) : null),
  };
}

/**
 * Runs what only needs MongoDB, and closes the connection after it.
 *
 * @throws OutOfReachError when MongoDB does not answer
 */
export async function withStore<T>(
  context: CommandContext,
  action: (store: Store, context: LocatedContext) => Promise<T>,
): Promise<T> {
  const located = await locateServers(context);
  const store = connectStore(located.config);
  try {
    return await action(store, located);
  } catch (error) {
    throw error instanceof StoreUnavailableError ? mongoOutOfReach(located.config, error) : error;
  } finally {
    await store.close();
  }
}

/**
 * Connects to Temporal.
 *
 * @throws OutOfReachError when it does not answer
 */
export async function openTemporal(config: Config): Promise<Client & { connection: Connection }> {
  try {
    // Made by connectTemporalClient on a connection of the plain kind, which has the operator's service.
    return (await connectTemporalClient(config)) as Client & { connection: Connection };
  } catch (error) {
    const address = namedServers(config).temporal ?? '127.0.0.1:7233';
    throw new OutOfReachError(
      `Temporal at ${address} is out of reach: run "journeyman up" in another terminal, ` +
        'or name a server with TEMPORAL_ADDRESS',
      { cause: error },
    );
  }
}

/** The error for a store that does not answer; it holds no credentials. */
export function mongoOutOfReach(config: Config, cause: unknown): OutOfReachError {
  const uri = namedServers(config).mongo ?? 'mongodb://127.0.0.1:27017';
  return new OutOfReachError(
    `MongoDB at ${hostsOf(uri)} is out of reach: run "journeyman up" in another terminal, ` +
      'or name a server with JOURNEYMAN_MONGODB_URI',
    { cause },
  );
}

/** A MongoDB address without credentials, database and options. */
export function hostsOf(uri: string): string {
  const parts = /^(mongodb(?:\+srv)?:\/\/)(?:.*@)?([^/?]*)/.exec(uri);
  return parts === null ? 'an address that is none' : `${parts[1]}${parts[2]}`;
}

/** The page of a workflow in the Temporal UI, or null when the UI's address is not known. */
export function workflowPage(
  uiUrl: string | null,
  namespace: string,
  workflowId: string,
  runId?: string | null,
): string | null {
  if (uiUrl === null) return null;
  const run = runId == null ? '' : `/${encodeURIComponent(runId)}/history`;
  const page = `namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  return `${uiUrl.replace(/\/+$/, '')}/${page}${run}`;
}

/** The namespace that a configuration and the environment lead to. */
export const namespaceOf = (config: Config): string =>
  loadClientConnectConfig().namespace ?? config.temporal.namespace ?? 'default';
