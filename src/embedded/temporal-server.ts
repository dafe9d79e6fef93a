import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { requiredSearchAttributes } from '../shared/search-attributes.js';
import { LocalServerError } from './local-server-error.js';
import { waitForPort } from './wait-for-port.js';

/** The namespace of a local server. */
export const localNamespace = 'default';

/** Histories stay for 30 days: time to look at a task, and for the pass that records closed workflows. */
const retention = '30 days';

export interface TemporalServerOptions {
  folder: string;
  port: number;
  /** Null runs without the UI. */
  uiPort: number | null;
}

const attributeTypes: Record<string, string> = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};

/** Arguments of the Temporal CLI for a local server. Attributes are added to a database that lacks them. */
export function temporalArguments({ folder, port, uiPort }: TemporalServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...['--db-filename', join(folder, 'temporal.db')],
    // One commit reaches the disk less often, and readers do not wait for writers: about twice the throughput.
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    // The default lets a shard load new tasks 20 times a second, which adds up to 50 ms to every workflow task.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    ...requiredSearchAttributes.flatMap(({ name, type }) => [
      '--search-attribute',
      `${name}=${attributeTypes[type]}`,
    ]),
  ];
}

/** Resolves when the server answers for its namespace, with the retention set. */
export async function temporalReady(port: number, signal: AbortSignal): Promise<void> {
  await waitForPort(port, signal);
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  try {
    for (;;) {
      signal.throwIfAborted();
      try {
        await connection.workflowService.updateNamespace({
          namespace: localNamespace,
          config: { workflowExecutionRetentionTtl: msToTs(retention) },
        });
        return;
      } catch {
        // The port is open a moment before the namespace is served.
        await sleep(50, undefined, { signal });
      }
    }
  } finally {
    await connection.close();
  }
}

/** Whether a Temporal server answers at an address on this machine. */
export async function temporalAnswers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '3s' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks the server that the environment names (TEMPORAL_ADDRESS and the rest of Temporal's client settings).
 * @returns its address and namespace.
 * @throws LocalServerError when it does not answer.
 */
export async function configuredTemporal(
  env: NodeJS.ProcessEnv,
): Promise<{ address: string; namespace: string }> {
  const variables = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(variables),
    });
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
    await connection.close();
    return { address: connection.options.address, namespace: namespace ?? localNamespace };
  } catch (error) {
    throw new LocalServerError(
      `TEMPORAL_ADDRESS names a Temporal server at ${env['TEMPORAL_ADDRESS']}, but none answers there: ` +
        `${error instanceof Error ? error.message : String(error)}\n` +
        'Start that server or correct the address; without TEMPORAL_ADDRESS a local server is started.',
    );
  }
}
