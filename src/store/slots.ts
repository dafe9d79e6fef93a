/** Slots: places among all calls of one name that may run at once, over all workers. Held by leases. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable, type Store } from './store.js';

/** A place that is held until it is released, or lost. */
export interface Slot {
  /** Aborted when the place went to somebody else. */
  readonly lost: AbortSignal;
  /** Gives it back; never throws, as what is not given back ends with its lease. */
  release(): Promise<void>;
}

/** Milliseconds. */
export interface SlotTimes {
  /** How long a place stays taken without being renewed, e.g. after its process was killed. */
  lease: number;
  renewEvery: number;
}

const usual: SlotTimes = { lease: 15_000, renewEvery: 4_000 };
/** Milliseconds: a call rather goes on uncounted than waits for a store that is away. */
const DEADLINE_MS = 2_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1_000;

interface SlotDocument {
  /** `<name>|<number>` */
  _id: string;
  holder: string | null;
  /** By the server's clock, as workers' clocks differ. */
  until: Date;
}

const slots = (store: Store) => store.collection<SlotDocument>('slots');

export class Slots {
  readonly #made = new Map<string, number>();

  constructor(
    private readonly store: Store,
    private readonly times: SlotTimes = usual,
  ) {}

  /**
   * Waits for one of `limit` places. Workers may have different limits for a while: each takes only places
   * below its own. Who waits is not served in order.
   *
   * When the store is out of reach, a place is given at once that is not counted: a limit must not stop tasks.
   *
   * @param onWait told once, when none is free
   * @throws the signal's reason when aborted
   */
  async acquire(name: string, limit: number, signal: AbortSignal, onWait: () => void): Promise<Slot> {
    for (let waitMs = FIRST_WAIT_MS, told = false; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
      signal.throwIfAborted();
      let slot: Slot | null;
      try {
        slot = await this.#take(name, limit);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        signal.throwIfAborted();
        return uncounted;
      }
      if (slot !== null && signal.aborted) await slot.release();
      signal.throwIfAborted();
      if (slot !== null) return slot;
      if (!told) onWait();
      told = true;
      // Spread, so that those who wait do not all ask at the same moment.
      await sleep(waitMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Null when none is free. */
  async #take(name: string, limit: number): Promise<Slot | null> {
    const ids = Array.from({ length: limit }, (_, number) => `${name}|${number}`);
    if ((this.#made.get(name) ?? 0) < limit) {
      await this.#make(ids);
      this.#made.set(name, limit);
    }
    const holder = randomUUID();
    const taken = await this.store.run(
      (options) =>
        slots(this.store).findOneAndUpdate(
          { _id: { $in: ids }, $expr: { $lte: ['$until', '$$NOW'] } },
          [{ $set: { holder, until: { $add: ['$$NOW', this.times.lease] } } }],
          { returnDocument: 'after', ...options },
        ),
      DEADLINE_MS,
    );
    return taken === null ? null : new HeldSlot(this.store, this.times, taken._id, holder);
  }

  /** Makes the places; those that exist stay as they are. */
  async #make(ids: readonly string[]): Promise<void> {
    const free = { holder: null, until: new Date(0) };
    await this.store.run(
      (options) =>
        slots(this.store).bulkWrite(
          ids.map((_id) => ({
            updateOne: { filter: { _id }, update: { $setOnInsert: free }, upsert: true },
          })),
          { ordered: false, ...options },
        ),
      DEADLINE_MS,
    );
  }
}

const uncounted: Slot = { lost: new AbortController().signal, release: async () => {} };

class HeldSlot implements Slot {
  readonly #losing = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  #asking = false;
  #stopped = false;

  constructor(
    private readonly store: Store,
    private readonly times: SlotTimes,
    private readonly id: string,
    private readonly holder: string,
  ) {
    this.#renewal = setInterval(() => void this.#renew(), times.renewEvery);
  }

  get lost(): AbortSignal {
    return this.#losing.signal;
  }

  async release(): Promise<void> {
    this.#stop();
    try {
      await this.store.run(
        (options) =>
          slots(this.store).updateOne(
            { _id: this.id, holder: this.holder },
            { $set: { holder: null, until: new Date(0) } },
            options,
          ),
        DEADLINE_MS,
      );
    } catch {
      // Its lease ends by itself.
    }
  }

  async #renew(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const { matchedCount } = await this.store.run(
        (options) =>
          slots(this.store).updateOne(
            { _id: this.id, holder: this.holder },
            [{ $set: { until: { $add: ['$$NOW', this.times.lease] } } }],
            options,
          ),
        Math.min(DEADLINE_MS, this.times.renewEvery),
      );
      if (matchedCount === 0 && !this.#stopped) this.#lose();
    } catch {
      // Tried again. While the store is away the holder goes on, uncounted once its lease is over.
    } finally {
      this.#asking = false;
    }
  }

  #stop(): void {
    this.#stopped = true;
    clearInterval(this.#renewal);
  }

  #lose(): void {
    this.#stop();
    this.#losing.abort(new Error(`the slot ${this.id} was lost`));
  }
}
