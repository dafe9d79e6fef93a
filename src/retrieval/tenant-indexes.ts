/** The tenants of one collection that are held in memory: read when they are first asked for, searched here from then on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeFeed } from '../store/change-feed.js';
import type { Store } from '../store/store.js';
import type { Filter } from './filter.js';
import { HeldTenant, type HeldTenantParts, NotHeldError } from './held-tenant.js';
import { type IndexedCollection, type StoredDocument, tenantOfKey } from './indexed-collection.js';
import type { Holder, MemoryBudget } from './memory-budget.js';
import type { Hit, Retriever, SearchOptions } from './retriever.js';
import type { CollectionStatistics } from './retriever-of.js';
import type { SearchIndex } from './search-index.js';
import { TenantIndex } from './tenant-index.js';
import type { VectorTarget } from './vector-queue.js';

export interface TenantIndexesParts<T extends StoredDocument>
  extends Pick<HeldTenantParts<T>, 'vectorsOf' | 'lacksVectors'> {
  store: Store;
  collection: IndexedCollection<T>;
  createIndex: () => SearchIndex;
  memory: MemoryBudget;
  inTurn: HeldTenantParts<T>['inTurn'];
  /** The vector of a query; null where there is none, or none within so many milliseconds. */
  vectorOfQuery: (text: string, withinMs: number) => Promise<Float32Array | null>;
  readWhole: (target: VectorTarget) => void;
  dropped: (target: VectorTarget) => void;
  /** Answers while a tenant is not held. */
  meanwhile: Retriever<T>;
  log: (message: string, details: Record<string, unknown>) => void;
}

const DEFAULT_DEADLINE_MS = 5_000;
/** Share of a look-up's time, and milliseconds at most, that it waits for a tenant before it asks MongoDB as well. */
const HEAD_START = 0.25;
const LONGEST_HEAD_START_MS = 150;
/** Share of a look-up's time, and milliseconds at most, that its query may take to become a vector. */
const VECTOR_SHARE = 0.5;
const LONGEST_VECTOR_MS = 400;
/** Milliseconds after which a tenant that was too large is tried again. */
const REFUSED_MS = 10 * 60_000;

export class TenantIndexes<T extends StoredDocument> implements Retriever<T> {
  private readonly tenants = new Map<string, HeldTenant<T>>();
  /** Tenants that are too large, and when that was found, on the monotonic clock. */
  private readonly refused = new Map<string, number>();
  private readonly feed: ChangeFeed;
  private isClosed = false;

  constructor(private readonly parts: TenantIndexesParts<T>) {
    const { store, collection, log } = parts;
    this.feed = new ChangeFeed(store, collection.name, {
      changed: (key) => this.tenants.get(tenantOfKey(key))?.changed(key),
      lost: (why) => {
        log('Changes were missed; tenants in memory are read again', { collection: collection.name, why });
        for (const held of this.tenants.values()) held.lost();
      },
    });
  }

  search(tenant: string, query: string, options: SearchOptions): Promise<Hit<T>[]> {
    const { where = [], limit, timeoutMS = DEFAULT_DEADLINE_MS } = options;
    const end = performance.now() + timeoutMS;
    return this.answer(
      tenant,
      end,
      async (index) => {
        const left = (end - performance.now()) * VECTOR_SHARE;
        const vector = await this.parts.vectorOfQuery(query, Math.min(left, LONGEST_VECTOR_MS));
        return index.search(query, vector, where, limit);
      },
      (left) => this.parts.meanwhile.search(tenant, query, { where, limit, timeoutMS: left }),
    );
  }

  find(tenant: string, where: Filter, options: Omit<SearchOptions, 'where'>): Promise<T[]> {
    const { limit, timeoutMS = DEFAULT_DEADLINE_MS } = options;
    return this.answer(
      tenant,
      performance.now() + timeoutMS,
      (index) => Promise.resolve(index.find(where, limit)),
      (left) => this.parts.meanwhile.find(tenant, where, { limit, timeoutMS: left }),
    );
  }

  /** Tenants that were read whole, the least recently used first. */
  held(): string[] {
    return [...this.tenants.values()]
      .filter(({ isReady }) => isReady)
      .sort((one, other) => one.usedAt - other.usedAt)
      .map(({ tenant }) => tenant);
  }

  /** See {@link HeldTenant.askForVectors}. */
  askForVectors(): void {
    for (const held of this.tenants.values()) held.askForVectors();
  }

  statistics(): CollectionStatistics {
    const ready = [...this.tenants.values()].filter(({ isReady }) => isReady);
    const sum = (figure: (held: HeldTenant<T>) => number) =>
      ready.reduce((total, held) => total + figure(held), 0);
    const behind = ready.reduce((most, { behindMs }) => Math.max(most, behindMs), 0);
    return {
      collection: this.parts.collection.name,
      tenants: ready.length,
      items: sum(({ index }) => index.size),
      bytes: sum(({ bytes }) => bytes),
      lagMs: ready.length === 0 ? 0 : Math.max(behind, this.feed.silentMs),
    };
  }

  close(): void {
    this.isClosed = true;
    for (const held of [...this.tenants.values()]) held.unload();
    this.feed.close();
  }

  /** Answers from memory; while the tenant is being read, from whichever is there first. */
  private async answer<R>(
    tenant: string,
    end: number,
    fromMemory: (index: TenantIndex<T>) => Promise<R>,
    fromMongo: (leftMs: number) => Promise<R>,
  ): Promise<R> {
    const left = (): number => Math.max(1, end - performance.now());
    const held = this.use(tenant);
    if (held === null) return fromMongo(left());
    if (held.isReady) return fromMemory(held.index);
    const loaded = held.ready().then(() => fromMemory(held.index));
    const settled = loaded.then(
      (answer) => ({ answer }),
      () => null,
    );
    const headStart = new AbortController();
    const early = await Promise.race([
      settled,
      sleep(Math.min(left() * HEAD_START, LONGEST_HEAD_START_MS), null, { signal: headStart.signal }).catch(
        () => null,
      ),
    ]);
    headStart.abort();
    if (early !== null) return early.answer;
    const late = new AbortController();
    const inTime = Promise.race([
      loaded,
      sleep(left(), null, { signal: late.signal }).then(() => {
        throw new NotHeldError(`${tenant} is still being read`);
      }),
    ]);
    try {
      return await Promise.any([fromMongo(left()), inTime]);
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    } finally {
      late.abort();
    }
  }

  /** The tenant, to be read if it is new; null when it is too large, or nothing is held any more. */
  private use(tenant: string): HeldTenant<T> | null {
    if (this.isClosed) return null;
    const known = this.tenants.get(tenant);
    if (known !== undefined) {
      known.usedAt = performance.now();
      return known;
    }
    const refusedAt = this.refused.get(tenant);
    if (refusedAt !== undefined && performance.now() - refusedAt < REFUSED_MS) return null;
    this.refused.delete(tenant);
    const held = this.hold(tenant);
    this.tenants.set(tenant, held);
    this.parts.memory.add(held);
    return held;
  }

  private hold(tenant: string): HeldTenant<T> {
    const { store, collection, createIndex, memory, inTurn, vectorsOf, lacksVectors, dropped, log } =
      this.parts;
    const named = { collection: collection.name, tenant };
    const held: HeldTenant<T> = new HeldTenant<T>({
      ...{ store, collection, tenant, inTurn, vectorsOf, lacksVectors },
      index: new TenantIndex(collection, createIndex()),
      follow: () => this.feed.begin(),
      grown: (holder: Holder) => {
        if (memory.makeRoom(holder)) return true;
        this.refused.set(tenant, performance.now());
        log('A tenant does not fit into retrieval.memoryMb; MongoDB answers its searches', {
          ...named,
          items: held.index.size,
          bytes: holder.bytes,
          limit: memory.limit,
        });
        held.unload();
        return false;
      },
      loaded: (again, milliseconds) => {
        this.parts.readWhole(held);
        log(again ? 'A tenant was read again' : 'A tenant was read into memory', {
          ...named,
          items: held.index.size,
          bytes: held.bytes,
          milliseconds: Math.round(milliseconds),
        });
      },
      unloaded: () => {
        memory.delete(held);
        if (this.tenants.get(tenant) === held) this.tenants.delete(tenant);
        dropped(held);
        if (held.isReady) log('A tenant was unloaded', named);
      },
    });
    return held;
  }
}
