/** What a worker's log says of the search indexes that it holds. */
import { Runtime } from '@temporalio/worker';
import type { RetrievalLog } from './retrieval/retrieval.js';
import { retrievalStatistics } from './retrieval/retriever-of.js';
import type { Store } from './store/store.js';

const TELL_EVERY_MS = 300_000;

/**
 * A log that writes to that of Temporal's runtime, as it is now: asked for after the last worker has ended, a new
 * runtime would begin, and keep the process from ending.
 */
export function searchLog(): RetrievalLog {
  const { logger } = Runtime.instance();
  return (level, message, { error, ...details }) =>
    logger[level](message, {
      ...details,
      ...(error === undefined ? {} : { problem: (error as Error).message }),
    });
}

/** Tells now and then what the search indexes hold. @returns the timer */
export function tellOfSearch(store: Store, log: RetrievalLog): NodeJS.Timeout {
  const tell = (): void => {
    const statistics = retrievalStatistics(store);
    if (statistics === null || statistics.tenants === 0) return;
    const { collections: _, ...held } = statistics;
    log('info', 'Search indexes in memory', { ...held });
  };
  return setInterval(tell, TELL_EVERY_MS).unref();
}
