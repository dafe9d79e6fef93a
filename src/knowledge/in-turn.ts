/** Transactions of this process that would write the same document, one after the other. */
import type { Store } from '../store/store.js';

const tails = new WeakMap<Store, Map<string, Promise<unknown>>>();

/**
 * Runs work when earlier work of the same key is done. Only spares this process's transactions conflicts and
 * retries that are certain; those of other processes still conflict and are retried by the driver.
 */
export async function inTurn<T>(store: Store, key: string, work: () => Promise<T>): Promise<T> {
  const waiting = tails.get(store) ?? new Map<string, Promise<unknown>>();
  tails.set(store, waiting);
  const before = waiting.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  waiting.set(key, mine);
  try {
    return await mine;
  } finally {
    if (waiting.get(key) === mine) waiting.delete(key);
  }
}
