/** MongoDB Search: the definitions of its indexes and the stages of its pipelines. Pure. */
import { createHash } from 'node:crypto';
import type { Document } from 'mongodb';
import type { Condition, Filter } from './filter.js';
import {
  type Facet,
  facetNamed,
  type IndexedCollection,
  mongoFilter,
  type StoredDocument,
  wantedFlags,
  wantedRanks,
} from './indexed-collection.js';

type Searched = Pick<IndexedCollection<StoredDocument>, 'facets'> & { textField: string };

/** Where a document keeps the vector of its text, and of which embedder it is. */
export const VECTOR_FIELD = 'searchVector';
/** Candidates that the vector search looks at for each one that is wanted. */
const CANDIDATES_A_HIT = 20;
/** Most that the server takes. */
const MAX_CANDIDATES = 10_000;
/** The same analyser reads documents and queries: English words by their stems. */
const ANALYZER = 'lucene.english';

/** An index as `createSearchIndexes` takes it. */
export interface SearchIndexDefinition {
  name: string;
  type: 'search' | 'vectorSearch';
  definition: Document;
}

/** The index over words, with the facets as filters. Its name changes with its definition. */
export function wordsIndex({ textField, facets }: Searched): SearchIndexDefinition {
  const fields: Document = { tenant: { type: 'token' }, [textField]: { type: 'string', analyzer: ANALYZER } };
  for (const { field, kind } of Object.values(facets))
    place(fields, field.split('.'), { type: kind === 'flag' ? 'boolean' : 'token' });
  return named('words', 'search', { mappings: { dynamic: false, fields } });
}

/** The index over vectors of one length, with the facets as filters. */
export function meaningIndex({ facets }: Searched, dimensions: number): SearchIndexDefinition {
  const filters = ['tenant', `${VECTOR_FIELD}.embedder`, ...Object.values(facets).map(({ field }) => field)];
  return named('meaning', 'vectorSearch', {
    fields: [
      {
        type: 'vector',
        path: `${VECTOR_FIELD}.vector`,
        numDimensions: dimensions,
        similarity: 'cosine',
        quantization: 'scalar',
      },
      ...[...new Set(filters)].map((path) => ({ type: 'filter', path })),
    ],
  });
}

/** What is asked for. */
export interface SearchQuestion {
  tenant: string;
  /** Words, without operators. */
  words: string;
  where: Filter;
  limit: number;
}

/** The vector of a query, and whose it is. */
export interface QueryVector {
  embedder: string;
  vector: Float32Array;
}

/**
 * By words alone. Each document comes with `search.words`, its score.
 *
 * @throws RangeError when the filter names a facet that the collection has not
 */
export function wordsPipeline(collection: Searched, question: SearchQuestion): Document[] {
  return [
    wordsStage(collection, question),
    { $limit: question.limit },
    { $addFields: { search: { words: { $meta: 'searchScore' } } } },
    { $unset: VECTOR_FIELD },
  ];
}

/** By words and meaning together. Each document comes with `search.details`: the scores of both. */
export function fusedPipeline(
  collection: Searched,
  question: SearchQuestion,
  { embedder, vector }: QueryVector,
): Document[] {
  const { tenant, where, limit } = question;
  const meaning = {
    $vectorSearch: {
      index: meaningIndex(collection, vector.length).name,
      path: `${VECTOR_FIELD}.vector`,
      queryVector: [...vector],
      numCandidates: Math.min(MAX_CANDIDATES, limit * CANDIDATES_A_HIT),
      limit,
      filter: {
        $and: [
          { tenant: { $eq: tenant } },
          { [`${VECTOR_FIELD}.embedder`]: { $eq: embedder } },
          ...((mongoFilter(collection.facets, where)['$and'] as Document[] | undefined) ?? []),
        ],
      },
    },
  };
  return [
    {
      $rankFusion: {
        input: {
          pipelines: {
            words: [wordsStage(collection, question), { $limit: limit }],
            meaning: [meaning],
          },
        },
        scoreDetails: true,
      },
    },
    { $limit: limit },
    { $addFields: { search: { details: { $meta: 'scoreDetails' } } } },
    { $unset: VECTOR_FIELD },
  ];
}

function wordsStage(collection: Searched, { tenant, words, where }: SearchQuestion): Document {
  const clauses = where.map((condition) =>
    searchClause(facetNamed(collection.facets, condition.facet), condition),
  );
  const filter = [
    { equals: { path: 'tenant', value: tenant } },
    ...clauses.flatMap((clause) => clause.filter ?? []),
  ];
  const mustNot = clauses.flatMap((clause) => clause.mustNot ?? []);
  return {
    $search: {
      index: wordsIndex(collection).name,
      compound: {
        must: [{ text: { query: words, path: collection.textField } }],
        filter,
        ...(mustNot.length === 0 ? {} : { mustNot }),
      },
    },
  };
}

/** A condition as an operator of $search. */
function searchClause(facet: Facet, condition: Condition): { filter?: Document[]; mustNot?: Document[] } {
  const path = facet.field;
  if (facet.kind === 'flag') {
    const wanted = wantedFlags(condition);
    const isTrue = { equals: { path, value: true } };
    if (wanted.length === 2) return {};
    // A document without the field counts as false; what is both wanted and not is nothing.
    if (wanted.length === 0) return { filter: [isTrue], mustNot: [isTrue] };
    return wanted[0] === 1 ? { filter: [isTrue] } : { mustNot: [isTrue] };
  }
  if (facet.kind === 'rank') return oneOf(path, wantedRanks(facet.ranks, condition));
  if ('equals' in condition) return { filter: [{ equals: { path, value: condition.equals } }] };
  if ('oneOf' in condition) return oneOf(path, condition.oneOf);
  return { filter: [{ range: { path, gte: condition.atLeast } }] };
}

/** `in` takes no empty list. */
const oneOf = (path: string, values: readonly (string | number)[]) => {
  if (values.length > 0) return { filter: [{ in: { path, value: [...values] } }] };
  const exists = { exists: { path: 'tenant' } };
  return { mustNot: [exists] };
};

/** Puts a mapping where its path says, inside the mappings of embedded documents. */
function place(fields: Document, [first = '', ...rest]: readonly string[], mapping: Document): void {
  if (rest.length === 0) {
    fields[first] = mapping;
    return;
  }
  const inner = (fields[first] ?? { type: 'document', dynamic: false, fields: {} }) as Document;
  fields[first] = inner;
  place(inner['fields'] as Document, rest, mapping);
}

function named(
  what: string,
  type: SearchIndexDefinition['type'],
  definition: Document,
): SearchIndexDefinition {
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 8);
  return { name: `journeyman_${what}_${hash}`, type, definition };
}
