/**
 * What maintenance has still to take in. The transaction that records an execution writes one entry for
 * each consumer; the transaction that writes a batch's output removes the batch's entries.
 */
import type { ClientSession } from 'mongodb';
import { type ConsumerName, consumerNames } from '../shared/maintenance.js';
import type { ExecutionRecord } from '../shared/task.js';
import type { Store } from './store.js';

export interface PendingEntry {
  /** `<consumer>|<executionId or eventId>` */
  _id: string;
  tenant: string;
  consumer: ConsumerName;
  executionId: string;
  /** Present when an event, rather than the execution itself, is to be taken in. */
  eventId?: string;
  /** Generations that the consumer has to apply it to. */
  generations: string[];
}

export const pending = (store: Store) => store.collection<PendingEntry>('pending');

/** Leaves an execution, or an event about one, to the maintenance workflows that it concerns. */
export async function addPending(
  store: Store,
  entry: Omit<PendingEntry, '_id' | 'consumer'>,
  session: ClientSession,
  consumers: readonly ConsumerName[] = consumerNames,
): Promise<void> {
  await pending(store).insertMany(
    consumers.map((consumer) => ({
      _id: `${consumer}|${entry.eventId ?? entry.executionId}`,
      consumer,
      ...entry,
    })),
    { session, ordered: true },
  );
}

/** The next entries of a consumer, in no promised order. */
export function nextPending(
  store: Store,
  tenant: string,
  consumer: ConsumerName,
  limit: number,
): Promise<PendingEntry[]> {
  return store.run((options) =>
    pending(store).find({ tenant, consumer }, options).sort({ _id: 1 }).limit(limit).toArray(),
  );
}

/**
 * Removes consumed entries within the transaction of their output.
 *
 * @throws Error when another run consumed any of them meanwhile; the transaction must then abort
 */
export async function clearPending(
  store: Store,
  entries: readonly PendingEntry[],
  session: ClientSession,
): Promise<void> {
  if (entries.length === 0) return;
  const { deletedCount } = await pending(store).deleteMany(
    { _id: { $in: entries.map((entry) => entry._id) } },
    { session },
  );
  if (deletedCount !== entries.length)
    throw new Error(`${entries.length - deletedCount} pending records were consumed by another run`);
}

/** Reads executions of a tenant by their ids, for consumers; those it does not have are left out. */
export type FindExecutions = (
  store: Store,
  tenant: string,
  executionIds: readonly string[],
) => Promise<ExecutionRecord[]>;
