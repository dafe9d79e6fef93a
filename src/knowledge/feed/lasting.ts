/** Reads and writes that outlast an absence of MongoDB. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoError } from 'mongodb';
import { isUnavailable } from '../../store/store.js';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;
/**
 * Answers of a server that is stopping, starting, or handing over: the retryable codes of the driver
 * specifications, https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md
 */
const PASSING_CODES: ReadonlySet<unknown> = new Set([
  ...[6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436],
]);

const passes = (error: unknown): boolean =>
  isUnavailable(error) || (error instanceof MongoError && 'code' in error && PASSING_CODES.has(error.code));

/**
 * Tries until it succeeds, less and less often.
 *
 * @throws the signal's reason when aborted, and whatever does not pass by itself
 */
export async function lasting<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LONGEST_RETRY_MS, wait * 2)) {
    signal.throwIfAborted();
    try {
      return await operation();
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  }
}
