/** Live delivery of one store in this process: one change stream, and what all subscriptions share. */
import { setMaxListeners } from 'node:events';
import { bulkhead } from 'cockatiel';
import type { Document } from 'mongodb';
import { ChangeFeed } from '../../store/change-feed.js';
import type { Store } from '../../store/store.js';
import { channelsOf, KNOWLEDGE, type SubscriptionDocument } from '../collections.js';
import { Acknowledgements } from './acknowledgements.js';
import { ChannelTail, type Listener, type Shared } from './channel-tail.js';
import { Cursor } from './cursor.js';
import { lasting } from './lasting.js';
import { agentKey, Memberships } from './memberships.js';
import { News } from './news.js';
import { StretchCache } from './stretch-cache.js';
import { FRESH_MS, Withdrawals } from './withdrawals.js';

/** A subscription, as the feed sees it. */
export interface FeedReader extends Listener {
  readonly tenant: string;
  readonly agent: string;
  membershipChanged(): void;
  close(): Promise<void>;
}

const READS_AT_ONCE = 8;
const POLL_MS = 1_000;
/** Milliseconds without the change stream after which MongoDB is asked instead. */
const SILENT_MS = 1_500;
/** Of so many polls, one looks at the subscriptions as well. */
const MEMBERSHIPS_EVERY = 5;
const CHANNELS_IN_ONE = 500;
/** Milliseconds for which what was read may be handed out while nobody tells of withdrawals. */
const FRESH_UNTOLD_MS = 1_000;

/** The changes that matter: a channel has a new item, an agent comes or goes, an item may no longer be in force. */
const WATCHED = [
  { name: 'subscriptions', where: { operationType: { $in: ['insert', 'delete', 'replace'] } } },
  {
    name: KNOWLEDGE,
    where: {
      $or: [
        { operationType: { $in: ['insert', 'delete', 'replace'] } },
        { 'updateDescription.updatedFields.state': 'ARCHIVED' },
        { 'updateDescription.updatedFields.mergedInto': { $type: 'string' } },
        { 'updateDescription.updatedFields.retractedBy': { $type: 'string' } },
      ],
    },
    fields: ['tenant', 'channel', 'sequence'],
  },
];

const ofStores = new WeakMap<Store, ChannelFeed>();

export class ChannelFeed {
  readonly memberships: Memberships;
  private readonly closing = new AbortController();
  private readonly acknowledgements: Acknowledgements;
  private readonly shared: Shared;
  private readonly stream: ChangeFeed;
  private readonly tails = new Map<string, ChannelTail>();
  private readonly readers = new Map<string, Set<FeedReader>>();
  private beginning: Promise<void> | null = null;
  private poll: NodeJS.Timeout | null = null;
  private polls = 0;
  private isPolling = false;

  private constructor(private readonly store: Store) {
    const { signal } = this.closing;
    setMaxListeners(0, signal);
    const reads = bulkhead(READS_AT_ONCE, Number.POSITIVE_INFINITY);
    this.memberships = new Memberships(store, signal);
    this.acknowledgements = Acknowledgements.of(store);
    const inTurn: Shared['inTurn'] = (read) => reads.execute(read);
    this.shared = {
      ...{ store, signal, inTurn },
      cache: new StretchCache(),
      withdrawals: new Withdrawals(),
      freshMs: () => (this.stream.silentMs > SILENT_MS ? FRESH_UNTOLD_MS : FRESH_MS),
      news: new News({ store, signal, inTurn }),
    };
    this.stream = new ChangeFeed(store, WATCHED, {
      changed: (key, collection, made) => this.changed(key, collection, made),
      lost: () => this.lost(),
    });
  }

  /** The feed of a store; a new one where the last has ended. */
  static of(store: Store): ChannelFeed {
    const known = ofStores.get(store) ?? new ChannelFeed(store);
    ofStores.set(store, known);
    return known;
  }

  /** The feed of a store, where somebody listens. */
  static known(store: Store): ChannelFeed | undefined {
    return ofStores.get(store);
  }

  /** Follows the changes from now on; waits while MongoDB is away. */
  begin(): Promise<void> {
    this.beginning ??= lasting(() => this.stream.begin(), this.closing.signal);
    return this.beginning;
  }

  add(reader: FeedReader): void {
    const key = agentKey(reader.tenant, reader.agent);
    const ofAgent = this.readers.get(key) ?? new Set<FeedReader>();
    this.readers.set(key, ofAgent.add(reader));
    if (this.poll !== null) return;
    this.poll = setInterval(() => void this.lookAfter(), POLL_MS);
    this.store.closed.addEventListener('abort', this.end, { once: true });
    if (this.store.closed.aborted) this.end();
  }

  /** Ends with its last reader. */
  remove(reader: FeedReader): void {
    const key = agentKey(reader.tenant, reader.agent);
    const ofAgent = this.readers.get(key);
    ofAgent?.delete(reader);
    if (ofAgent?.size === 0) this.readers.delete(key);
    for (const tail of this.tails.values()) this.forsake(tail, reader);
    if (this.readers.size === 0) this.close();
  }

  /** A channel of the reader's tenant, which it listens to from now on. */
  async tail(reader: FeedReader, channel: string): Promise<ChannelTail> {
    const key = `${reader.tenant}|${channel}`;
    const tail = this.tails.get(key) ?? new ChannelTail(reader.tenant, channel, this.shared);
    this.tails.set(key, tail);
    tail.listeners.add(reader);
    await tail.start();
    return tail;
  }

  /** Where a reader goes on in a channel. */
  cursor(reader: FeedReader, tail: ChannelTail, subscription: SubscriptionDocument): Cursor {
    const { acknowledgements, shared } = this;
    const mark = acknowledgements.hold(subscription, reader);
    return new Cursor(
      { tail, mark, acknowledgements, withdrawals: shared.withdrawals },
      subscription.acknowledged,
    );
  }

  release(reader: FeedReader, { tail, mark }: Cursor): void {
    this.acknowledgements.release(mark, reader);
    this.forsake(tail, reader);
  }

  /** An agent came to a channel, or left one. */
  membershipChanged(tenant: string, agent: string): void {
    for (const reader of this.readers.get(agentKey(tenant, agent)) ?? []) reader.membershipChanged();
  }

  /** Items may no longer be in force; heard of by the change stream as well, a little later. */
  withdrawn(key: string): void {
    this.shared.withdrawals.note(key);
  }

  private forsake(tail: ChannelTail, reader: FeedReader): void {
    tail.listeners.delete(reader);
    if (tail.listeners.size === 0) this.tails.delete(tail.key);
  }

  private changed(key: string, collection: string, made: Document | null): void {
    if (collection === KNOWLEDGE) {
      if (made === null) this.withdrawn(key);
      else this.tails.get(`${made['tenant']}|${made['channel']}`)?.arrived(key, Number(made['sequence']));
    } else
      for (const reader of this.readers.get(key.slice(0, key.lastIndexOf('|'))) ?? [])
        reader.membershipChanged();
  }

  private lost(): void {
    const { withdrawals, cache } = this.shared;
    withdrawals.noteAll();
    cache.removeOlder(performance.now());
    for (const tail of this.tails.values()) tail.changed();
    this.everyMembership();
  }

  private everyMembership(): void {
    for (const ofAgent of this.readers.values()) for (const reader of ofAgent) reader.membershipChanged();
  }

  /** Lets go of what is old, and asks for news where the change stream tells none. */
  private async lookAfter(): Promise<void> {
    this.shared.cache.removeOlder(performance.now() - FRESH_MS);
    if (this.isPolling || this.stream.silentMs < SILENT_MS) return;
    this.isPolling = true;
    try {
      this.polls += 1;
      await this.askForNews();
      if (this.polls % MEMBERSHIPS_EVERY === 0) this.everyMembership();
    } catch {
      // MongoDB is away: asked again.
    } finally {
      this.isPolling = false;
    }
  }

  private async askForNews(): Promise<void> {
    const keys = [...this.tails.keys()];
    for (let from = 0; from < keys.length; from += CHANNELS_IN_ONE) {
      const some = keys.slice(from, from + CHANNELS_IN_ONE);
      const tenants = [...new Set(some.flatMap((key) => this.tails.get(key)?.tenant ?? []))];
      const found = await this.store.run((options) =>
        channelsOf(this.store)
          .find({ _id: { $in: some }, tenant: { $in: tenants } }, { projection: { sequence: 1 }, ...options })
          .toArray(),
      );
      for (const { _id, sequence } of found) {
        const tail = this.tails.get(_id);
        if (tail !== undefined && sequence > tail.end) tail.changed();
      }
    }
  }

  /** The store is being closed. */
  private readonly end = (): void => {
    for (const ofAgent of [...this.readers.values()]) for (const reader of [...ofAgent]) void reader.close();
  };

  private close(): void {
    if (ofStores.get(this.store) === this) ofStores.delete(this.store);
    if (this.poll !== null) clearInterval(this.poll);
    this.store.closed.removeEventListener('abort', this.end);
    this.stream.close();
    this.closing.abort(new Error('nobody listens any more'));
  }
}
