/** Acknowledgements of all agents of a process, written together. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyBulkWriteOperation } from 'mongodb';
import { type Store, StoreUnavailableError } from '../../store/store.js';
import { type SubscriptionDocument, subscriptions } from '../collections.js';
import { lasting } from './lasting.js';

/** How far one agent has come in one channel, for all its subscriptions in this process. */
export interface Mark {
  /** `<tenant>|<agent>|<channel>` */
  readonly key: string;
  readonly tenant: string;
  readonly channel: string;
  /** Position up to which it is known to be acknowledged durably. */
  durable: number;
  /** Subscriptions that use it. */
  readonly holders: Set<Holder>;
}

/** A subscription, as its acknowledgements see it. */
export interface Holder {
  /** Whether whoever listens waits for the next item: it then waits for no acknowledgement. */
  readonly isWaiting: boolean;
}

/** What is written at once; its promise settles for all of it. */
interface Batch {
  readonly wanted: Map<Mark, number>;
  readonly written: Promise<void>;
  settle(error?: Error): void;
}

/** Milliseconds in which acknowledgements gather. */
const GATHER_MS = 2;
/** How long more to gather for each that was written: many readers must not keep MongoDB busy alone. */
const GATHER_MS_EACH = 2;
const LONGEST_GATHER_MS = 1_000;
/** So many times as long where nobody may be waiting for it, as far as the longest time allows. */
const UNHURRIED = 4;
const LONGEST_UNHURRIED_MS = 2_000;
const AGENTS_IN_ONE = 500;

const ofStores = new WeakMap<Store, Acknowledgements>();

export class Acknowledgements {
  private readonly marks = new Map<string, Mark>();
  private next: Batch | null = null;
  /** Aborted when what gathers is to be written now. */
  private hurry = new AbortController();
  private current: Batch | null = null;

  private constructor(private readonly store: Store) {
    store.closed.addEventListener('abort', () => this.hurry.abort(), { once: true });
  }

  static of(store: Store): Acknowledgements {
    const known = ofStores.get(store) ?? new Acknowledgements(store);
    ofStores.set(store, known);
    return known;
  }

  /** The mark of an agent and channel, to be given back by {@link release}. */
  hold({ _id: key, tenant, channel, acknowledged }: SubscriptionDocument, holder: Holder): Mark {
    const known = this.marks.get(key);
    const mark: Mark = known ?? { key, tenant, channel, durable: acknowledged, holders: new Set() };
    mark.durable = Math.max(mark.durable, acknowledged);
    mark.holders.add(holder);
    this.marks.set(key, mark);
    return mark;
  }

  release(mark: Mark, holder: Holder): void {
    mark.holders.delete(holder);
    if (mark.holders.size === 0) this.marks.delete(mark.key);
  }

  /**
   * Notes that a channel was taken in up to a position; never goes back.
   *
   * @returns resolves when that is durable
   */
  note(mark: Mark, sequence: number): Promise<void> {
    if (sequence <= mark.durable) return Promise.resolve();
    if (this.store.closed.aborted) return rejected();
    if (this.next === null) {
      this.next = emptyBatch();
      if (this.current === null) void this.writeAll();
    }
    const { wanted, written } = this.next;
    if (sequence > (wanted.get(mark) ?? 0)) wanted.set(mark, sequence);
    return written;
  }

  /** Resolves when all that was noted so far is durable. */
  async flushed(): Promise<void> {
    this.hurry.abort();
    await (this.next ?? this.current)?.written;
  }

  private async writeAll(): Promise<void> {
    const { closed } = this.store;
    let written = 0;
    while (this.next !== null) {
      await this.gather(written);
      const batch: Batch = this.next;
      this.current = batch;
      this.next = null;
      this.hurry = new AbortController();
      written = batch.wanted.size;
      try {
        await lasting(() => this.write(batch.wanted), closed);
        for (const [mark, sequence] of batch.wanted) this.reached(mark, sequence);
        batch.settle();
      } catch (error) {
        batch.settle(closed.aborted ? closedError() : (error as Error));
      }
    }
    this.current = null;
  }

  /** @param written how many the last batch wrote */
  private async gather(written: number): Promise<void> {
    const { signal } = this.hurry;
    const gather = Math.min(LONGEST_GATHER_MS, Math.max(GATHER_MS, written * GATHER_MS_EACH));
    const most = Math.min(LONGEST_UNHURRIED_MS, UNHURRIED * written * GATHER_MS_EACH);
    for (let gathered = 0; ; ) {
      await sleep(gather, undefined, { signal }).catch(() => {});
      gathered += gather;
      if (gathered + gather > most || signal.aborted || this.store.closed.aborted || this.isAwaited()) return;
    }
  }

  /** Whether somebody may be waiting for what gathers. */
  private isAwaited(): boolean {
    for (const { holders } of this.next?.wanted.keys() ?? [])
      for (const { isWaiting } of holders) if (!isWaiting) return true;
    return false;
  }

  private reached(mark: Mark, sequence: number): void {
    mark.durable = Math.max(mark.durable, sequence);
    // Of a subscription that has ended: a later one of the agent has a mark of its own.
    const current = this.marks.get(mark.key);
    if (current !== undefined) current.durable = Math.max(current.durable, sequence);
  }

  private async write(wanted: ReadonlyMap<Mark, number>): Promise<void> {
    const alike = new Map<string, { tenant: string; sequence: number; ids: string[] }>();
    for (const [{ key, tenant, channel }, sequence] of wanted) {
      const name = `${tenant}|${channel}|${sequence}`;
      const group = alike.get(name) ?? { tenant, sequence, ids: [] };
      group.ids.push(key);
      alike.set(name, group);
    }
    const operations: AnyBulkWriteOperation<SubscriptionDocument>[] = [];
    for (const { tenant, sequence, ids } of alike.values())
      for (let from = 0; from < ids.length; from += AGENTS_IN_ONE)
        operations.push({
          updateMany: {
            filter: { _id: { $in: ids.slice(from, from + AGENTS_IN_ONE) }, tenant },
            update: { $max: { acknowledged: sequence } },
          },
        });
    await this.store.run((options) =>
      subscriptions(this.store).bulkWrite(operations, { ordered: false, ...options }),
    );
  }
}

function emptyBatch(): Batch {
  let settle: Batch['settle'] = () => {};
  const written = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  // Who does not wait for it need not be told.
  written.catch(() => {});
  return { wanted: new Map(), written, settle };
}

const closedError = (): StoreUnavailableError =>
  new StoreUnavailableError(
    'the store was closed before the acknowledgement was written; the items come again',
  );

function rejected(): Promise<void> {
  const refused = Promise.reject(closedError());
  refused.catch(() => {});
  return refused;
}
