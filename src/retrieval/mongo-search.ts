/** Search by MongoDB Search (Atlas, or a server with mongot): for tenants with more than one process should hold. */
import { type Document, MongoServerError } from 'mongodb';
import { z } from 'zod';
import type { Store } from '../store/store.js';
import type { IndexedCollection, StoredDocument } from './indexed-collection.js';
import {
  fusedPipeline,
  meaningIndex,
  type QueryVector,
  type SearchIndexDefinition,
  wordsIndex,
  wordsPipeline,
} from './mongo-search-stages.js';
import { mongoTextRetriever, termsOf } from './mongo-text.js';
import type { Hit, Retriever } from './retriever.js';

export interface MongoSearchParts<T> {
  /** Answers where the server has no search, and while its indexes are being built. */
  fallback: Retriever<T>;
  /** The embedder's id and vectors' length; null where search goes by words alone. */
  embedder: () => Promise<{ id: string; dimensions: number } | null>;
  /** Told when the server turns out to have search. */
  found: () => void;
  /** The vector of a query; null where there is none within so many milliseconds. */
  vectorOfQuery: (text: string, withinMs: number) => Promise<Float32Array | null>;
  log: (message: string, details: Record<string, unknown>) => void;
}

/** Errors of a server that has no search, or knows one of the stages not: SearchNotEnabled, CommandNotFound,
 * CommandNotSupported, and unknown stages. */
const NO_SEARCH: ReadonlySet<unknown> = new Set([31_082, 59, 115, 40_324, 6_047_401]);
const DEFAULT_DEADLINE_MS = 5_000;
const VECTOR_SHARE = 0.5;
/** Milliseconds between questions whether the indexes are built. */
const ASK_AGAIN_MS = 10_000;
const SETUP_DEADLINE_MS = 10_000;
/** Lucene's BM25 that counts as half a fit. */
const HALF_FIT = 5;
/** Candidates of either way of searching for each hit that is wanted: the fused order may differ from both. */
const CANDIDATES_A_HIT = 4;

/** What a result carries of its scores. */
const scoresSchema = z.object({
  words: z.number().optional(),
  details: z
    .object({
      details: z.array(z.object({ inputPipelineName: z.string(), value: z.number().optional() })),
    })
    .optional(),
});

type Server = 'unknown' | 'building' | 'ready' | 'none';

/**
 * A retriever over a server's search indexes, which it creates where they are missing. A server without search is
 * told of once, and then left alone.
 */
export function mongoSearchRetriever<T extends StoredDocument>(
  store: Store,
  collection: IndexedCollection<T>,
  parts: MongoSearchParts<T>,
): Retriever<T> {
  const { fallback, log } = parts;
  const lists = mongoTextRetriever(store, collection);
  const searched = { facets: collection.facets, textField: collection.textField };
  let server: Server = 'unknown';
  let askedAt = Number.NEGATIVE_INFINITY;

  let embedder: { id: string; dimensions: number } | null = null;

  const unsupported = (error: unknown): boolean => {
    if (!(error instanceof MongoServerError && NO_SEARCH.has(error.code))) return false;
    if (server !== 'none')
      log('The MongoDB server has no search; retrieval.kind "memory" serves instead', {
        collection: collection.name,
        error,
      });
    server = 'none';
    return true;
  };
  /** Creates what is missing, and asks whether all is built. */
  const prepare = async (): Promise<void> => {
    askedAt = performance.now();
    try {
      embedder = await parts.embedder();
      const indexes: SearchIndexDefinition[] = [
        wordsIndex(searched),
        ...(embedder === null ? [] : [meaningIndex(searched, embedder.dimensions)]),
      ];
      const areBuilt = await ensureSearchIndexes(store, collection.name, indexes);
      if (server === 'unknown') parts.found();
      server = areBuilt ? 'ready' : 'building';
    } catch (error) {
      // MongoDB may be away now: asked again later.
      if (!unsupported(error)) server = server === 'ready' ? 'ready' : 'unknown';
    }
  };

  return {
    async search(tenant, query, options) {
      const { limit, where = [], timeoutMS = DEFAULT_DEADLINE_MS } = options;
      if (server !== 'ready' && server !== 'none' && performance.now() - askedAt > ASK_AGAIN_MS)
        void prepare();
      if (server !== 'ready') return fallback.search(tenant, query, options);
      const end = performance.now() + timeoutMS;
      const words = termsOf(query).join(' ');
      if (words === '') return [];
      const vector = embedder === null ? null : await parts.vectorOfQuery(query, timeoutMS * VECTOR_SHARE);
      const question = { tenant, words, where, limit: limit * CANDIDATES_A_HIT };
      const meaning: QueryVector | null =
        vector === null || embedder === null ? null : { embedder: embedder.id, vector };
      const pipeline =
        meaning === null ? wordsPipeline(searched, question) : fusedPipeline(searched, question, meaning);
      try {
        const found = await store.run(
          (deadline) => store.db.collection(collection.name).aggregate(pipeline, deadline).toArray(),
          Math.max(1, end - performance.now()),
        );
        return found
          .map((document) => hitOf<T>(document, meaning !== null))
          .sort((a, b) => b.score - a.score)
          .slice(0, limit);
      } catch (error) {
        if (!unsupported(error)) throw error;
        return fallback.search(tenant, query, {
          ...options,
          timeoutMS: Math.max(1, end - performance.now()),
        });
      }
    },

    find: (tenant, where, options) => lists.find(tenant, where, options),
  };
}

/**
 * Creates the search indexes that a collection lacks.
 *
 * @returns whether all can be asked
 * @throws MongoServerError when the server has no search
 */
async function ensureSearchIndexes(
  store: Store,
  collection: string,
  definitions: readonly SearchIndexDefinition[],
): Promise<boolean> {
  return store.run(async () => {
    const target = store.db.collection(collection);
    const known = await target.listSearchIndexes().toArray();
    const missing = definitions.filter(({ name }) => !known.some((index) => index.name === name));
    if (missing.length > 0) await target.createSearchIndexes([...missing]);
    const isQueryable = (name: string): boolean =>
      known.some((index) => index.name === name && 'queryable' in index && index.queryable === true);
    return definitions.every(({ name }) => isQueryable(name));
  }, SETUP_DEADLINE_MS);
}

/** A result as a hit. The scores of both ways are brought to 0 to 1; by which ways it was found does not matter. */
export function hitOf<T>({ search, ...document }: Document, byMeaning: boolean): Hit<T> {
  const { words, details } = scoresSchema.parse(search);
  const scoreOf = (name: string): number | undefined =>
    details?.details.find(({ inputPipelineName }) => inputPipelineName === name)?.value;
  const lexical = words ?? scoreOf('words') ?? 0;
  // The server gives (1 + cosine) / 2.
  const similarity = scoreOf('meaning');
  const dense = similarity === undefined ? null : 2 * similarity - 1;
  const fit = lexical / (lexical + HALF_FIT);
  const score = byMeaning ? (fit + Math.max(0, dense ?? 0)) / 2 : fit;
  return { document: document as unknown as T, score, lexical, dense };
}
