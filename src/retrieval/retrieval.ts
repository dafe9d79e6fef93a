/** The search service of a store: which implementation answers, and what is held for it in this process. */
import { bulkhead } from 'cockatiel';
import type { Store } from '../store/store.js';
import { DocumentVectors } from './document-vectors.js';
import type { Embedder } from './embedding/embedder.js';
import { type EmbedderSetting, embedderOf } from './embedding/embedder-of.js';
import { HybridIndex } from './index/hybrid-index.js';
import type { IndexedCollection, StoredDocument } from './indexed-collection.js';
import { MemoryBudget } from './memory-budget.js';
import { mongoSearchRetriever } from './mongo-search.js';
import { mongoTextRetriever } from './mongo-text.js';
import { QueryVectors } from './query-vectors.js';
import type { Retriever } from './retriever.js';
import {
  type CollectionStatistics,
  type RetrievalStatistics,
  type SearchService,
  setSearchService,
} from './retriever-of.js';
import { TenantIndexes } from './tenant-indexes.js';
import { VectorQueue } from './vector-queue.js';
import { StoredVectors } from './vectors.js';

export type RetrievalLog = (
  level: 'info' | 'warn',
  message: string,
  details: Record<string, unknown>,
) => void;

export interface RetrievalOptions {
  /** `memory`: indexes in this process. `mongodb-search`: MongoDB's own, where the server has it. */
  kind: 'memory' | 'mongodb-search';
  /** Opens what makes vectors, when it is first needed; null where search goes by words alone. */
  embedder: () => Promise<Embedder | null>;
  /** Bytes that the indexes of all tenants may take together. */
  memoryBytes: number;
  log?: RetrievalLog;
}

/** What the configuration says of search. */
export interface RetrievalSettings extends Pick<RetrievalOptions, 'kind'> {
  embedder: EmbedderSetting;
  memoryMb: number;
}

const MB = 1 << 20;

/** The options that a configuration leads to. */
export const retrievalOptions = (
  { kind, embedder, memoryMb }: RetrievalSettings,
  log: RetrievalLog,
  env: NodeJS.ProcessEnv = process.env,
): RetrievalOptions => ({
  kind,
  memoryBytes: memoryMb * MB,
  embedder: () => embedderOf(embedder, env, (text) => log('info', text, {})),
  log,
});

/** Tenants that are read at a time: a process that has just begun has other things to do, too. */
const READ_AT_ONCE = 4;

class Retrieval implements SearchService {
  private readonly indexes = new Map<string, TenantIndexes<StoredDocument>>();
  private readonly retrievers = new Map<string, Retriever<StoredDocument>>();
  private readonly memory: MemoryBudget;
  private readonly turns = bulkhead(READ_AT_ONCE, Number.POSITIVE_INFINITY);
  private readonly queries: QueryVectors;
  private vectors: { stored: StoredVectors; queue: VectorQueue } | null = null;
  private readonly swept = new Set<string>();
  private readonly fillers: { close(): void }[] = [];
  private isClosed = false;

  constructor(
    private readonly store: Store,
    private readonly options: RetrievalOptions,
  ) {
    this.memory = new MemoryBudget(options.memoryBytes);
    this.queries = new QueryVectors(
      () => options.embedder().then((embedder) => this.useEmbedder(embedder)),
      (error) => this.log('warn', 'Search goes by words alone for now', { error }),
    );
  }

  /** The retriever of a collection; the same for each call with its name. */
  retriever<T extends StoredDocument>(collection: IndexedCollection<T>): Retriever<T> {
    const known = this.retrievers.get(collection.name);
    if (known !== undefined) return known as unknown as Retriever<T>;
    const indexes = this.indexesOf(collection);
    const retriever =
      this.options.kind === 'memory'
        ? indexes
        : mongoSearchRetriever(this.store, collection, {
            fallback: indexes,
            embedder: () => this.queries.opened(),
            found: () => this.fillDocuments(collection),
            vectorOfQuery: (text, withinMs) => this.queries.vectorOf(text, withinMs),
            log: (message, details) => this.log('warn', message, details),
          });
    this.retrievers.set(collection.name, retriever);
    return retriever;
  }

  /** What is held, and how far behind it may be. */
  statistics(): RetrievalStatistics {
    const collections = [...this.indexes.values()].map((indexes) => indexes.statistics());
    const sum = (figure: (one: CollectionStatistics) => number) =>
      collections.reduce((total, one) => total + figure(one), 0);
    return {
      embedder: this.vectors?.stored.embedder.id ?? null,
      tenants: sum(({ tenants }) => tenants),
      items: sum(({ items }) => items),
      bytes: sum(({ bytes }) => bytes),
      limit: this.memory.limit,
      lagMs: collections.reduce((most, { lagMs }) => Math.max(most, lagMs), 0),
      withoutVectors: this.vectors?.queue.size ?? 0,
      collections,
    };
  }

  /** Ends the change streams and the work in the background, and lets go of what is held. */
  close(): void {
    this.isClosed = true;
    for (const filler of this.fillers) filler.close();
    for (const indexes of this.indexes.values()) indexes.close();
    this.vectors?.queue.close();
  }

  private indexesOf<T extends StoredDocument>(collection: IndexedCollection<T>): TenantIndexes<T> {
    const indexes = new TenantIndexes<T>({
      store: this.store,
      collection,
      createIndex: () => new HybridIndex(),
      memory: this.memory,
      inTurn: (read) => this.turns.execute(read),
      vectorOfQuery: (text, withinMs) => this.queries.vectorOf(text, withinMs),
      vectorsOf: async (tenant, texts) => {
        this.queries.open();
        if (this.vectors === null || texts.length === 0) return texts.map(() => undefined);
        return this.vectors.stored.read(tenant, texts);
      },
      lacksVectors: (target, key) => this.vectors?.queue.add(target, key),
      readWhole: (target) => this.vectors?.queue.add(target),
      dropped: (target) => this.vectors?.queue.drop(target),
      meanwhile: mongoTextRetriever(this.store, collection),
      log: (message, details) => this.log('info', message, details),
    });
    this.indexes.set(collection.name, indexes as unknown as TenantIndexes<StoredDocument>);
    return indexes;
  }

  /** Where the server searches, the documents hold their vectors. */
  private fillDocuments<T extends StoredDocument>(collection: IndexedCollection<T>): void {
    if (this.vectors === null || this.isClosed) return;
    const filler = new DocumentVectors(this.store, collection, this.vectors.stored, (error) =>
      this.log('warn', 'Documents could not be given vectors; tried again', { error }),
    );
    this.fillers.push(filler);
    void filler.run();
  }

  private useEmbedder(embedder: Embedder | null): Embedder | null {
    if (embedder === null) return null;
    const stored = new StoredVectors(this.store, embedder);
    const queue = new VectorQueue(
      stored,
      (error) => this.log('warn', 'Texts could not be given vectors; tried again', { error }),
      ({ tenant }) => this.sweep(tenant, stored),
    );
    this.vectors = { stored, queue };
    for (const indexes of this.indexes.values()) indexes.askForVectors();
    return embedder;
  }

  /** Once a tenant and process, when those in use are noted: what fails is done by the next. */
  private sweep(tenant: string, stored: StoredVectors): void {
    if (this.swept.has(tenant)) return;
    this.swept.add(tenant);
    stored.sweep(tenant).catch(() => {});
  }

  private log(level: 'info' | 'warn', message: string, details: Record<string, unknown>): void {
    this.options.log?.(level, message, details);
  }
}

interface Opened {
  retrieval: Retrieval;
  users: number;
}

const opened = new WeakMap<Store, Opened>();

/**
 * Opens the search service of a store; those that open it again share the first one, and its options. Nothing is
 * read before the first look-up. It ends with the store at the latest.
 *
 * @returns what closes it, when the last of those that opened it has done so
 */
export function openRetrieval(store: Store, options: RetrievalOptions): () => void {
  const known = opened.get(store) ?? open(store, options);
  known.users += 1;
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    known.users -= 1;
    if (known.users === 0) end(store, known);
  };
}

function open(store: Store, options: RetrievalOptions): Opened {
  const fresh = { retrieval: new Retrieval(store, options), users: 0 };
  opened.set(store, fresh);
  setSearchService(store, fresh.retrieval);
  // Whatever goes on in the background would open a store anew that was closed.
  store.db.client.once('topologyClosed', () => end(store, fresh));
  return fresh;
}

function end(store: Store, ended: Opened): void {
  if (opened.get(store) === ended) {
    opened.delete(store);
    setSearchService(store, null);
  }
  ended.retrieval.close();
}
