/** One channel as all its readers in this process see it: each new item is read once for all of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/store.js';
import { channelsOf } from '../collections.js';
import { lasting } from './lasting.js';
import type { News } from './news.js';
import { readStretch, type Stretch } from './stretch.js';
import type { StretchCache } from './stretch-cache.js';
import type { Withdrawals } from './withdrawals.js';

/** Who follows channels. */
export interface Listener {
  /** Whether it wants the next item now. */
  readonly isWaiting: boolean;
  wake(): void;
  /** Told of what no waiting mends. */
  fail(error: Error): void;
}

/** What the channels of a store share. */
export interface Shared {
  store: Store;
  /** Aborted when nobody listens any more. */
  signal: AbortSignal;
  cache: StretchCache;
  withdrawals: Withdrawals;
  /** Milliseconds for which what was read counts as it was read. */
  freshMs: () => number;
  /** Runs only so many reads at once. */
  inTurn: <T>(read: () => Promise<T>) => Promise<T>;
  news: News;
}

/** What was read, or is being read, for those who are behind. */
interface Page {
  begunAt: number;
  reading: Promise<Stretch>;
  /** Null while it is being read. */
  stretch: Stretch | null;
}

/** Items of one read at the channel's end; more come with the next. */
const AT_END = 100;
/** Milliseconds from one read at the end to the next: many small ones would cost more than they gain. */
const READ_EVERY_MS = 5;

export class ChannelTail {
  readonly listeners = new Set<Listener>();
  /** The last position that is known to exist. */
  private known = 0;
  /** The last position that was told of and is being read with the news. */
  private told = 0;
  /** What was read last at the end: each goes on where the one before it ends. */
  private recent: Stretch[] = [];
  private readonly pages = new Map<string, Page>();
  private starting: Promise<void> | null = null;
  private isBehind = true;
  private isReading = false;
  private isStarted = false;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly tenant: string,
    readonly channel: string,
    private readonly shared: Shared,
  ) {}

  get key(): string {
    return `${this.tenant}|${this.channel}`;
  }

  get end(): number {
    return this.known;
  }

  /** Reads how far the channel goes, once; waits while MongoDB is away. */
  start(): Promise<void> {
    const { store, signal, inTurn } = this.shared;
    this.starting ??= inTurn(() =>
      lasting(
        () =>
          store.run((options) => channelsOf(store).findOne({ _id: this.key, tenant: this.tenant }, options)),
        signal,
      ),
    ).then((found) => {
      this.known = found?.sequence ?? 0;
      this.isStarted = true;
    });
    return this.starting;
  }

  /** It has a new item; where nobody waits for it, it is read later. */
  arrived(key: string, sequence: number): void {
    const last = Math.max(this.known, this.told);
    if (this.isStarted && sequence <= last) return;
    const isNext = this.isStarted && sequence === last + 1 && sequence <= this.known + AT_END;
    if (!isNext || this.isReading || !this.isWanted()) return this.changed();
    this.told = sequence;
    this.shared.news.add(this, key, sequence);
  }

  /** Takes in what was read with the news. */
  append(stretch: Stretch): void {
    if (stretch.through <= this.known) return;
    // What comes before it is being read, or was not.
    if (this.isReading || stretch.after !== this.known) {
      this.told = 0;
      this.changed();
    } else this.extend(stretch);
  }

  /** The news could not be read. */
  fail(error: Error): void {
    this.told = 0;
    this.isBehind = true;
    if (this.shared.signal.aborted) return;
    for (const listener of [...this.listeners]) listener.fail(error);
  }

  /** The channel may have new items. */
  changed(): void {
    this.isBehind = true;
    if (this.isWanted()) this.readOn();
  }

  /** Reads new items where there may be some; who waits is woken when there are. */
  readOn(): void {
    if (this.isBehind && !this.isReading) void this.readNew();
  }

  /** What was read last at the end and covers what comes after a position; null where nothing fresh does. */
  recentAfter(position: number): Stretch | null {
    const { recent } = this;
    let [low, high] = [0, recent.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((recent[middle]?.through ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    const found = recent[low];
    return found === undefined || found.after > position || this.isOutdated(found) ? null : found;
  }

  /**
   * Reads what comes after a position, at most `limit` items and `span` positions; once for all who ask for the
   * same. Spans end at multiples of themselves, so that readers who are near one another soon do.
   *
   * @param readAfter on the monotonic clock: what was read before does not do
   */
  page(after: number, span: number, limit: number, readAfter: number): Promise<Stretch> {
    const upTo = Math.min(this.known, (Math.floor(after / span) + 1) * span);
    const key = `${after}|${upTo}|${limit}`;
    const known = this.pages.get(key);
    if (known !== undefined && known.begunAt >= readAfter) {
      if (known.stretch === null || !this.isOutdated(known.stretch)) return known.reading;
    }
    const page: Page = {
      begunAt: performance.now(),
      reading: this.read(after, upTo, limit),
      stretch: null,
    };
    const forget = (): void => {
      if (this.pages.get(key) === page) this.pages.delete(key);
    };
    this.pages.set(key, page);
    page.reading.then((stretch) => {
      page.stretch = stretch;
      this.shared.cache.add(stretch, forget);
    }, forget);
    return page.reading;
  }

  isOutdated(stretch: Stretch): boolean {
    return this.shared.withdrawals.outdated(stretch, this.shared.freshMs());
  }

  private isWanted(): boolean {
    for (const { isWaiting } of this.listeners) if (isWaiting) return true;
    return false;
  }

  private async readNew(): Promise<void> {
    this.isReading = true;
    try {
      await this.start();
      while (this.isBehind && this.isWanted()) {
        const early = this.readAt + READ_EVERY_MS - performance.now();
        if (early > 0) await sleep(early);
        this.readAt = performance.now();
        this.isBehind = false;
        const stretch = await this.read(this.known, null, AT_END);
        if (stretch.through === this.known) continue;
        if (stretch.through - stretch.after >= AT_END) this.isBehind = true;
        this.extend(stretch);
      }
    } catch (error) {
      this.fail(error as Error);
    } finally {
      this.isReading = false;
    }
  }

  private extend(stretch: Stretch): void {
    this.known = stretch.through;
    this.recent.push(stretch);
    this.shared.cache.add(stretch, () => this.drop(stretch));
    for (const listener of this.listeners) listener.wake();
  }

  private read(after: number, upTo: number | null, limit: number): Promise<Stretch> {
    const { store, signal, inTurn } = this.shared;
    return inTurn(() =>
      lasting(() => readStretch(store, this.tenant, this.channel, after, upTo, limit), signal),
    );
  }

  private drop(stretch: Stretch): void {
    if (this.recent[0] === stretch) this.recent.shift();
    else this.recent = this.recent.filter((each) => each !== stretch);
  }
}
