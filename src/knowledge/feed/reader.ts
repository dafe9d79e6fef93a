/** One subscription: its cursors, served in turn, and the one who waits for the next item. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/store.js';
import type { KnowledgeItem } from '../collections.js';
import { Acknowledgements } from './acknowledgements.js';
import { ChannelFeed } from './channel-feed.js';
import type { Cursor } from './cursor.js';
import type { Delivery, Subscription } from './delivery.js';
import type { Entry } from './stretch.js';

export interface ReaderOptions {
  /** Only these of the agent's channels; null: all of them. */
  channels: ReadonlySet<string> | null;
  /** Items that it may read ahead. */
  buffer: number;
  signal: AbortSignal | null;
}

/** Milliseconds that closing waits for MongoDB. */
const CLOSE_MS = 5_000;
const END = { done: true, value: undefined } as const;

export class Reader implements Subscription, AsyncIterator<Delivery, undefined> {
  private readonly cursors = new Map<string, Cursor>();
  /** The cursors in the order in which they are served. */
  private order: Cursor[] = [];
  private turn = 0;
  private feed: ChannelFeed | null = null;
  private failure: Error | null = null;
  private closing: Promise<void> | null = null;
  /** Whether the agent's subscriptions have to be read (again). */
  private isOutdated = true;
  private isRefreshing = false;
  private wakeUp: (() => void) | null = null;
  /** Calls of `next` that were not answered at once, one after the other. */
  private queue: Promise<unknown> = Promise.resolve();
  private queued = 0;

  constructor(
    private readonly store: Store,
    readonly tenant: string,
    readonly agent: string,
    private readonly options: ReaderOptions,
  ) {
    const { signal } = options;
    if (signal?.aborted === true) void this.close();
    else if (signal !== null) endsWith(signal).add(this);
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery, undefined> {
    return this;
  }

  next(): Promise<IteratorResult<Delivery, undefined>> {
    const delivery = this.queued === 0 ? this.take() : null;
    if (delivery !== null) return Promise.resolve({ done: false, value: delivery });
    this.queued += 1;
    const found = this.queue.then(() => this.find());
    this.queue = found.catch(() => {});
    return found;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.close();
    return END;
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  get isWaiting(): boolean {
    return this.wakeUp !== null;
  }

  /** Items that it holds for itself; those that all readers share are not among them. */
  get held(): number {
    return this.order.reduce((sum, { held }) => sum + held, 0);
  }

  wake(): void {
    const { wakeUp } = this;
    this.wakeUp = null;
    wakeUp?.();
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  /** The agent's subscriptions may have changed. */
  membershipChanged(): void {
    this.isOutdated = true;
    this.wake();
  }

  private get isClosed(): boolean {
    return this.closing !== null;
  }

  private take(): Delivery | null {
    if (this.isOutdated || this.isRefreshing || this.isClosed || this.failure !== null) return null;
    const { order } = this;
    for (let tried = 0; tried < order.length; tried++) {
      const at = (this.turn + tried) % order.length;
      const cursor = order[at];
      const entry = cursor?.take() ?? null;
      if (cursor === undefined || entry === null) continue;
      this.turn = at + 1;
      return new HandedOut(cursor, entry);
    }
    return null;
  }

  private async find(): Promise<IteratorResult<Delivery, undefined>> {
    try {
      for (;;) {
        if (this.closing !== null) {
          // So that whoever leaves the loop finds written what was acknowledged in it.
          await this.closing;
          return END;
        }
        if (this.failure !== null) throw this.failure;
        const delivery = this.take();
        if (delivery !== null) return { done: false, value: delivery };
        this.ask();
        await new Promise<void>((resolve) => {
          this.wakeUp = resolve;
        });
      }
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      this.queued -= 1;
    }
  }

  /** Has whatever is missing read; wakes when it may be there. */
  private ask(): void {
    if (this.isOutdated || this.isRefreshing) {
      if (!this.isRefreshing) this.follow(this.refresh());
      return;
    }
    const ahead = Math.max(1, Math.floor(this.options.buffer / this.order.length));
    for (const cursor of this.order) {
      const reading = cursor.read(ahead);
      if (reading !== null) this.follow(reading);
    }
  }

  private follow(work: Promise<void>): void {
    work.then(
      () => this.wake(),
      (error: unknown) => {
        if (!this.isClosed) this.fail(error as Error);
      },
    );
  }

  /** Reads which channels the agent subscribes to. */
  private async refresh(): Promise<void> {
    this.isRefreshing = true;
    try {
      this.feed ??= ChannelFeed.of(this.store);
      const { feed, options } = this;
      feed.add(this);
      await feed.begin();
      this.isOutdated = false;
      const found = await feed.memberships.of(this.tenant, this.agent);
      if (this.isClosed) return;
      const wanted = found.filter(({ channel }) => options.channels?.has(channel) ?? true);
      const tails = await Promise.all(wanted.map(({ channel }) => feed.tail(this, channel)));
      if (this.isClosed) return;
      const names = new Set(wanted.map(({ channel }) => channel));
      for (const [channel, cursor] of this.cursors) if (!names.has(channel)) this.leave(channel, cursor);
      for (const [at, document] of wanted.entries()) {
        const { channel, acknowledged } = document;
        const tail = tails[at];
        const known = this.cursors.get(channel);
        if (known !== undefined) known.skipTo(acknowledged);
        else if (tail !== undefined) this.cursors.set(channel, feed.cursor(this, tail, document));
      }
      this.order = [...this.cursors.values()];
    } finally {
      this.isRefreshing = false;
    }
  }

  private leave(channel: string, cursor: Cursor): void {
    this.cursors.delete(channel);
    this.feed?.release(this, cursor);
  }

  private async end(): Promise<void> {
    if (this.options.signal !== null) endsWith(this.options.signal).delete(this);
    this.wake();
    for (const [channel, cursor] of this.cursors) this.leave(channel, cursor);
    this.order = [];
    this.feed?.remove(this);
    const late = new AbortController();
    // Whoever acknowledged was told where it failed.
    const flushed = Acknowledgements.of(this.store)
      .flushed()
      .catch(() => {});
    await Promise.race([flushed, sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
  }
}

const ending = new WeakMap<AbortSignal, Set<Reader>>();

/** The subscriptions that a signal ends: thousands may have the same, which then is listened to once. */
function endsWith(signal: AbortSignal): Set<Reader> {
  const known = ending.get(signal);
  if (known !== undefined) return known;
  const readers = new Set<Reader>();
  ending.set(signal, readers);
  signal.addEventListener('abort', () => [...readers].forEach((reader) => void reader.close()), {
    once: true,
  });
  return readers;
}

class HandedOut implements Delivery {
  readonly id: string;
  readonly channel: string;
  readonly sequence: number;
  readonly item: KnowledgeItem;
  readonly #cursor: Cursor;

  constructor(cursor: Cursor, { id, sequence, item }: Entry) {
    this.id = id;
    this.channel = cursor.mark.channel;
    this.sequence = sequence;
    this.item = item;
    this.#cursor = cursor;
  }

  acknowledge(): Promise<void> {
    return this.#cursor.acknowledge(this.sequence);
  }
}
