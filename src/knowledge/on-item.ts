/** Transactions on one item, which many may want to change at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientSession, MongoServerError } from 'mongodb';
import { ConflictError } from '../shared/errors.js';
import type { Store } from '../store/store.js';
import { inTurn } from './in-turn.js';

/** Milliseconds that a change waits for those of others, while the store answers. */
const PATIENCE_MS = 30_000;
/** Longest pause before the next try: about as long as one such transaction takes. */
const PAUSE_MS = 40;
/** MongoDB's word for a transaction that meets another on the same document. */
const WRITE_CONFLICT = 112;

/** Another transaction has changed, or is changing, the same document. */
class Met extends Error {}

/**
 * Runs a transaction on an item after those of this process on the same item, and again while it meets those of
 * others. Left to the driver, whose pauses grow with each try, who came first would wait longest while others come
 * and go, and in the end be told that the store is away.
 *
 * @param id of the item, for the error
 * @param key the item's `_id`
 * @throws ConflictError when others were first for half a minute; whatever the work throws aborts the transaction
 * @throws StoreUnavailableError when MongoDB is away
 */
export function onItem<T>(
  store: Store,
  id: string,
  key: string,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  return inTurn(store, key, async () => {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await store.transaction((session) => work(session).catch(asMet));
      } catch (error) {
        if (!(error instanceof Met)) throw error;
        if (performance.now() >= end)
          throw new ConflictError(
            `Knowledge item ${id} was being changed by others for ${PATIENCE_MS / 1_000} seconds: read it again, and try again`,
            { cause: error.cause },
          );
      }
      await sleep(Math.random() * PAUSE_MS);
    }
  });
}

function asMet(error: unknown): never {
  if (error instanceof MongoServerError && error.code === WRITE_CONFLICT)
    throw new Met('met another transaction', { cause: error });
  throw error;
}
