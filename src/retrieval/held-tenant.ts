/** One tenant's documents of one collection: read whole once, then kept in step with what is changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BSON, type Document } from 'mongodb';
import type { Store } from '../store/store.js';
import { breathing } from './breath.js';
import type { IndexedCollection, StoredDocument } from './indexed-collection.js';
import type { Holder } from './memory-budget.js';
import type { TenantIndex } from './tenant-index.js';
import type { VectorTarget } from './vector-queue.js';

/** Why a tenant is not held. */
export class NotHeldError extends Error {
  override readonly name = 'NotHeldError';
}

export interface HeldTenantParts<T extends StoredDocument> {
  store: Store;
  collection: IndexedCollection<T>;
  tenant: string;
  /** Empty. */
  index: TenantIndex<T>;
  /** Begins to follow the collection's changes, if that is not done yet. */
  follow: () => Promise<void>;
  /** Lets few tenants be read at a time. */
  inTurn: <R>(read: () => Promise<R>) => Promise<R>;
  /** The vectors that are stored for texts; undefined for those without. */
  vectorsOf: (tenant: string, texts: readonly string[]) => Promise<(Float32Array[] | undefined)[]>;
  /** Told of a document that has no vectors yet. */
  lacksVectors: (target: VectorTarget, key: string) => void;
  /** Told that it has grown. @returns false when it is too large to be held */
  grown: (holder: Holder) => boolean;
  /** Told that it has been read whole: for the first time, or again since changes had been missed. */
  loaded: (again: boolean, milliseconds: number) => void;
  unloaded: () => void;
}

const PAGE = 500;
/** Documents that a process reads in one go take so long at most. */
const PAGE_DEADLINE_MS = 10_000;
const RETRY_MS = 1_000;

export class HeldTenant<T extends StoredDocument> implements Holder, VectorTarget {
  readonly tenant: string;
  readonly index: TenantIndex<T>;
  usedAt = performance.now();
  /** Whether it was read whole. */
  isReady = false;
  private readonly pending = new Set<string>();
  private readonly gone = new AbortController();
  private stale = true;
  private behindSince: number | null = null;
  private working: Promise<void> | null = null;

  constructor(private readonly parts: HeldTenantParts<T>) {
    this.tenant = parts.tenant;
    this.index = parts.index;
  }

  get bytes(): number {
    return this.index.bytes;
  }

  /** Milliseconds for which a change has been known that is not taken in yet. */
  get behindMs(): number {
    return this.behindSince === null ? 0 : performance.now() - this.behindSince;
  }

  /**
   * Reads the tenant, unless that is done or under way.
   *
   * @throws StoreUnavailableError when MongoDB is away; the next call tries again
   * @throws NotHeldError when it was unloaded meanwhile, or is too large
   */
  async ready(): Promise<void> {
    if (this.isReady) return;
    await this.work();
    this.mustBeHeld();
  }

  /** A document was changed. */
  changed(key: string): void {
    this.pending.add(key);
    this.behindSince ??= performance.now();
    // While it is read for the first time, whoever waits for that is told of errors.
    if (this.isReady) this.work().catch(() => {});
  }

  /** Changes may have been missed. */
  lost(): void {
    this.stale = true;
    this.behindSince ??= performance.now();
    if (this.isReady) this.work().catch(() => {});
  }

  unload(): void {
    if (this.gone.signal.aborted) return;
    this.gone.abort();
    this.parts.unloaded();
  }

  textOf(key: string): string | undefined {
    return this.gone.signal.aborted ? undefined : this.index.textOf(key);
  }

  /** Asks for the vectors of all documents: there was nothing to make them until now. */
  askForVectors(): void {
    for (const key of this.index.keys()) this.parts.lacksVectors(this, key);
  }

  attach(key: string, vectors: readonly Float32Array[]): void {
    if (this.gone.signal.aborted) return;
    this.index.attach(key, vectors);
    this.parts.grown(this);
  }

  /** Takes in what there is to take in. Calls meanwhile share it. */
  private work(): Promise<void> {
    this.working ??= this.takeIn().finally(() => {
      this.working = null;
      // What came just as it ended.
      if (this.isReady && this.hasNews()) this.work().catch(() => {});
    });
    return this.working;
  }

  private async takeIn(): Promise<void> {
    const { signal } = this.gone;
    while (this.hasNews()) {
      try {
        if (this.stale) await this.parts.inTurn(() => this.readAll());
        else await this.readChanged();
      } catch (error) {
        if (!this.isReady || error instanceof NotHeldError) throw error;
        // What is held goes on serving.
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    if (!signal.aborted) this.behindSince = null;
  }

  private hasNews(): boolean {
    return !this.gone.signal.aborted && (this.stale || this.pending.size > 0);
  }

  private async readAll(): Promise<void> {
    const { parts, index, tenant } = this;
    await parts.follow();
    const began = performance.now();
    this.stale = false;
    try {
      const left = new Set(index.keys());
      // `|` ends the tenant in a key, and `}` comes after it.
      for (let after = `${tenant}|`; ; ) {
        const page = await this.read({ _id: { $gt: after, $lt: `${tenant}}` } });
        for (const key of await this.putAll(page)) {
          left.delete(key);
          after = key;
        }
        if (page.length < PAGE) break;
      }
      for (const key of left) index.remove(key);
    } catch (error) {
      this.stale = true;
      throw error;
    }
    const again = this.isReady;
    this.isReady = true;
    parts.loaded(again, performance.now() - began);
  }

  /** Reads what the changed documents are now: that may be later than the change, and is then told again. */
  private async readChanged(): Promise<void> {
    const keys = [...this.pending].slice(0, PAGE);
    for (const key of keys) this.pending.delete(key);
    try {
      const found = new Set(await this.putAll(await this.read({ _id: { $in: keys } })));
      for (const key of keys) if (!found.has(key)) this.index.remove(key);
    } catch (error) {
      for (const key of keys) this.pending.add(key);
      throw error;
    }
  }

  private read(filter: Document): Promise<Uint8Array[]> {
    const { store, collection, tenant } = this.parts;
    this.mustBeHeld();
    return store.run(
      async (options) =>
        (await store.db
          .collection(collection.name)
          .find({ ...filter, tenant }, { raw: true, ...options })
          .hint({ _id: 1 })
          .sort({ _id: 1 })
          .limit(PAGE)
          .toArray()) as unknown as Uint8Array[],
      PAGE_DEADLINE_MS,
    );
  }

  /** @returns their keys, in order */
  private async putAll(page: readonly Uint8Array[]): Promise<string[]> {
    const { parts, index, tenant } = this;
    const documents = page.map((bson) => ({ bson, document: BSON.deserialize(bson) as T }));
    const fresh = documents.filter(({ bson, document: { _id } }) => !index.holds(_id, bson));
    this.mustBeHeld();
    const vectors = await parts.vectorsOf(
      tenant,
      fresh.map(({ document }) => parts.collection.textOf(document)),
    );
    const breathe = breathing();
    for (const [position, { bson, document }] of fresh.entries()) {
      this.mustBeHeld();
      index.put(bson, vectors[position] ?? []);
      if (vectors[position] === undefined) parts.lacksVectors(this, document._id);
      await breathe();
    }
    if (!parts.grown(this)) throw new NotHeldError(`${tenant} is too large`);
    return documents.map(({ document: { _id } }) => _id);
  }

  /** What was let go of asks a store for nothing: it may be closed. */
  private mustBeHeld(): void {
    if (this.gone.signal.aborted) throw new NotHeldError(`${this.tenant} was unloaded`);
  }
}
