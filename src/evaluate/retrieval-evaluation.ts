/** What came of the queries of a file, with how sure it is. */
import { quantile } from 'simple-statistics';
import type { Interval } from '../evidence/intervals.js';
import type { Embedder } from '../retrieval/embedding/embedder.js';
import type { RetrievalFile } from './retrieval-file.js';
import {
  bootstrapIntervals,
  type MeasureName,
  type Placing,
  type RetrievalMeasures,
  retrievalMeasures,
} from './retrieval-measures.js';
import { type AskedQuery, askGroup, type Ranking } from './retrieval-run.js';

/** Measures of some queries with their 95% intervals. */
export interface EvaluatedQueries extends RetrievalMeasures {
  queries: number;
  intervals: Record<MeasureName, Interval>;
}

export interface RetrievalEvaluation extends EvaluatedQueries {
  file: string;
  documents: number;
  /** What made the vectors; null: the search went by words alone. */
  embedder: string | null;
  /** Milliseconds in which 95 of 100 queries were answered, their vectors included. */
  p95Ms: number;
  /** Each side alone; null where there is none. */
  beside: Record<Exclude<Ranking, 'hybrid'>, RetrievalMeasures | null>;
  byGroup: Record<string, EvaluatedQueries>;
}

/**
 * Asks every query of a file; those of a group see the documents of the group above them.
 *
 * @param embedder null: by words alone
 * @param onEmbedded told how many more windows of documents have their vectors
 * @throws EmbeddingError when vectors cannot be had
 */
export async function evaluateRetrieval(
  { file, documents, groups }: RetrievalFile,
  embedder: Embedder | null,
  onEmbedded?: (windows: number) => void,
): Promise<RetrievalEvaluation> {
  const asked: { group: string; answers: AskedQuery[] }[] = [];
  for (const group of groups) {
    const answers = await askGroup(group, embedder, onEmbedded);
    if (answers.length > 0) asked.push({ group: group.group, answers });
  }
  const all = asked.flatMap(({ answers }) => answers);
  const hybrid = asked.map(({ answers }) => answers.map(({ placings }) => placings.hybrid));
  const meaning = all.flatMap(({ placings }) => placings.meaning ?? []);
  return {
    file,
    embedder: embedder?.id ?? null,
    documents,
    ...evaluated(hybrid),
    // A query without a text to embed has no ranking by meaning, and finds nothing by it.
    beside: {
      words: retrievalMeasures(all.map(({ placings }) => placings.words)),
      meaning:
        embedder === null || meaning.length === 0
          ? null
          : retrievalMeasures(
              all.map(({ placings }) => placings.meaning ?? { ...placings.words, ranks: [] }),
            ),
    },
    p95Ms: quantile(
      all.map(({ ms }) => ms),
      0.95,
    ),
    byGroup: Object.fromEntries(
      asked.map(({ group, answers }) => [group, evaluated([answers.map(({ placings }) => placings.hybrid)])]),
    ),
  };
}

function evaluated(groups: readonly (readonly Placing[])[]): EvaluatedQueries {
  const placings = groups.flat();
  return {
    queries: placings.length,
    ...retrievalMeasures(placings),
    intervals: bootstrapIntervals(groups),
  };
}
