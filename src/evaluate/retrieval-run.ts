/** Asks an index, as it ships, the queries of a file. */
import { analyse } from '../retrieval/analyse.js';
import type { Embedder } from '../retrieval/embedding/embedder.js';
import { windowsOf } from '../retrieval/embedding/windows.js';
import { HybridIndex } from '../retrieval/index/hybrid-index.js';
import { queryVector } from '../retrieval/query-vector.js';
import type { RetrievalDocument, RetrievalGroup, RetrievalQuery } from './retrieval-file.js';
import type { Placing } from './retrieval-measures.js';

/** Hits that are looked at. */
const DEPTH = 100;
/** Texts that are embedded at once. */
const BATCH = 64;

/** By what the documents are ranked: as the product does, and by each side alone. */
const rankings = ['hybrid', 'words', 'meaning'] as const;
export type Ranking = (typeof rankings)[number];

/** What became of one query. */
export interface AskedQuery {
  /** Null where there is no embedder to search by meaning. */
  placings: { hybrid: Placing; words: Placing; meaning: Placing | null };
  /** Milliseconds of the hybrid search: analysis, vector and search. */
  ms: number;
}

/**
 * Goes through the rows of a group in order: a document is put into the index, a query asks what is in it by then.
 *
 * @param embedder null: by words alone
 * @param onEmbedded told how many more windows of documents have their vectors
 * @throws EmbeddingError when vectors cannot be had
 */
export async function askGroup(
  { rows }: RetrievalGroup,
  embedder: Embedder | null,
  onEmbedded: (windows: number) => void = () => {},
): Promise<AskedQuery[]> {
  const documents = rows.filter((row) => row.type === 'document');
  const vectors = embedder === null ? null : await vectorsOf(documents, embedder, onEmbedded);
  const index = new HybridIndex();
  const asked: AskedQuery[] = [];
  for (const row of rows) {
    if (row.type === 'query') asked.push(await ask(index, row, embedder));
    else
      index.upsert({ id: row.id, terms: analyse(row.text), vectors: vectors?.get(row.id) ?? [], facets: {} });
  }
  return asked;
}

async function ask(
  index: HybridIndex,
  { text, relevant }: RetrievalQuery,
  embedder: Embedder | null,
): Promise<AskedQuery> {
  const start = performance.now();
  const vector = embedder === null ? null : await queryVector(embedder, text);
  const terms = analyse(text);
  const hybrid = index.search({ terms, vector, filter: [], limit: DEPTH });
  const ms = performance.now() - start;
  const wanted = new Set(relevant);
  const placing = (hits: readonly { id: string }[]): Placing => ({
    ranks: hits.flatMap(({ id }, at) => (wanted.has(id) ? [at + 1] : [])),
    relevant: wanted.size,
  });
  const alone = { filter: [], limit: DEPTH };
  return {
    placings: {
      hybrid: placing(hybrid),
      words: placing(index.search({ terms, vector: null, ...alone })),
      meaning: vector === null ? null : placing(index.search({ terms: [], vector, ...alone })),
    },
    ms,
  };
}

/** The vectors of each document's windows, by its id. */
async function vectorsOf(
  documents: readonly RetrievalDocument[],
  embedder: Embedder,
  onEmbedded: (windows: number) => void,
): Promise<Map<string, Float32Array[]>> {
  const windows = documents.flatMap(({ id, text }) =>
    windowsOf(embedder, text).map((window) => ({ id, window })),
  );
  const vectors = new Map<string, Float32Array[]>(documents.map(({ id }) => [id, []]));
  for (let from = 0; from < windows.length; from += BATCH) {
    const batch = windows.slice(from, from + BATCH);
    const embedded = await embedder.embed(batch.map(({ window }) => window));
    batch.forEach(({ id }, at) => {
      const vector = embedded[at];
      if (vector !== undefined) vectors.get(id)?.push(vector);
    });
    onEmbedded(batch.length);
  }
  return vectors;
}
