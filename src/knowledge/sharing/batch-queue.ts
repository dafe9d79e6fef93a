/** Group commit: what comes while a batch is being written waits, and goes together in the next one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '../../store/store.js';

export interface BatchLimits {
  entries: number;
  bytes: number;
}

interface Waiting<T, R> {
  entry: T;
  bytes: number;
  /** On the monotonic clock: after it the entry is not begun any more. */
  expires: number;
  settle: { resolve: (result: R) => void; reject: (error: unknown) => void };
}

/** Milliseconds for which more may gather after a batch: many small ones would cost more than they gain. */
const LONGEST_GATHER_MS = 20;

/**
 * One writer for one thing: one batch at a time, in the order of arrival. It begins at once where nothing came while
 * the last was written; else it rests for as long as that took, so that under load batches grow instead of their number.
 */
export class BatchQueue<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private running = false;

  /**
   * @param write writes a batch and says how each of its entries went; what it throws goes for all
   * @param idle called when nothing is left to write
   */
  constructor(
    private readonly write: (entries: T[]) => Promise<PromiseSettledResult<R>[]>,
    private readonly limits: BatchLimits,
    private readonly idle: () => void,
  ) {}

  /**
   * Has an entry written with those that come at the same time.
   *
   * @param waitMs milliseconds that it may wait for its turn; the write then has a deadline of its own
   * @throws StoreUnavailableError when its turn does not come in time; it was then not written
   */
  add(entry: T, bytes: number, waitMs: number): Promise<R> {
    return new Promise((resolve, reject) => {
      const expires = performance.now() + waitMs;
      this.waiting.push({ entry, bytes, expires, settle: { resolve, reject } });
      if (this.running) return;
      this.running = true;
      // Left until this turn of the loop is over, so that what is shared at once goes together.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.next();
      if (batch.length === 0) continue;
      const began = performance.now();
      try {
        const results = await this.write(batch.map(({ entry }) => entry));
        for (const [index, { settle }] of batch.entries()) {
          const result = results[index];
          if (result?.status === 'fulfilled') settle.resolve(result.value);
          else settle.reject(result?.reason ?? new Error('the batch has no result for an entry'));
        }
      } catch (error) {
        for (const { settle } of batch) settle.reject(error);
      }
      const rest = Math.min(performance.now() - began, LONGEST_GATHER_MS);
      if (this.waiting.length > 0 && this.waiting.length < this.limits.entries) await sleep(rest);
    }
    this.running = false;
    this.idle();
  }

  /** Takes the next batch from those that wait; at least one entry, however large it is. */
  private next(): Waiting<T, R>[] {
    const now = performance.now();
    const batch: Waiting<T, R>[] = [];
    let bytes = 0;
    let taken = 0;
    for (const each of this.waiting) {
      if (batch.length === this.limits.entries) break;
      if (each.expires < now) {
        taken += 1;
        each.settle.reject(new StoreUnavailableError('its turn to be written did not come in time'));
        continue;
      }
      if (batch.length > 0 && bytes + each.bytes > this.limits.bytes) break;
      taken += 1;
      bytes += each.bytes;
      batch.push(each);
    }
    this.waiting = this.waiting.slice(taken);
    return batch;
  }
}
