/** What commands that take in feedback connect to. */
import type { Client, Connection } from '@temporalio/client';
import { createRedactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import type { FeedbackConnections } from '../task-feedback.js';
import { type LocatedContext, openTemporal } from './servers.js';

/** The connections, Temporal's opened when it is first asked for; `close` closes that one. */
export function feedbackConnections(
  store: Store,
  { config }: LocatedContext,
): FeedbackConnections & { close: () => Promise<void> } {
  let client: Promise<Client & { connection: Connection }> | undefined;
  return {
    store,
    redactor: createRedactor(config.redact),
    temporal: () => {
      client ??= openTemporal(config);
      // One that failed is tried anew for the next.
      client.catch(() => (client = undefined));
      return client;
    },
    close: async () => (await client?.catch(() => undefined))?.connection.close(),
  };
}
