/** Checks the definitions and pipelines against the fields that MongoDB Search documents, since no server of ours runs them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { indexedKnowledge } from '../../../src/knowledge/indexed-knowledge.js';
import { indexedLearnings } from '../../../src/learning/indexed-learnings.js';
import type { Filter } from '../../../src/retrieval/filter.js';
import { hitOf } from '../../../src/retrieval/mongo-search.js';
import {
  fusedPipeline,
  meaningIndex,
  type SearchQuestion,
  wordsIndex,
  wordsPipeline,
} from '../../../src/retrieval/mongo-search-stages.js';

const path = z.string().regex(/^[A-Za-z][\w.]*$/);
const value = z.union([z.string(), z.number(), z.boolean()]);
/** The operators of $search that we use. */
const operator = z.union([
  z.strictObject({ text: z.strictObject({ query: z.string().min(1), path }) }),
  z.strictObject({ equals: z.strictObject({ path, value }) }),
  z.strictObject({ in: z.strictObject({ path, value: z.array(value).min(1) }) }),
  z.strictObject({ range: z.strictObject({ path, gte: z.number() }) }),
  z.strictObject({ exists: z.strictObject({ path }) }),
]);
const searchStage = z.strictObject({
  $search: z.strictObject({
    index: z.string().min(1),
    compound: z.strictObject({
      must: z.array(operator).min(1),
      mustNot: z.array(operator).min(1).optional(),
      filter: z.array(operator).min(1),
    }),
  }),
});
/** The part of the query language that $vectorSearch takes as a filter. */
const comparison = z.union([
  value,
  z.strictObject({ $eq: value }),
  z.strictObject({ $ne: value }),
  z.strictObject({ $gte: z.number() }),
  z.strictObject({ $in: z.array(value) }),
]);
const vectorStage = z.strictObject({
  $vectorSearch: z
    .strictObject({
      index: z.string().min(1),
      path,
      queryVector: z.array(z.number()).min(1),
      numCandidates: z.number().int().min(1).max(10_000),
      limit: z.number().int().min(1),
      filter: z.strictObject({ $and: z.array(z.record(path, comparison)).min(1) }),
    })
    .refine(({ numCandidates, limit }) => numCandidates >= limit),
});
const limitStage = z.strictObject({ $limit: z.number().int().min(1) });
const fieldsStage = z.strictObject({
  $addFields: z.strictObject({
    search: z.union([
      z.strictObject({ words: z.strictObject({ $meta: z.literal('searchScore') }) }),
      z.strictObject({ details: z.strictObject({ $meta: z.literal('scoreDetails') }) }),
    ]),
  }),
});
const unsetStage = z.strictObject({ $unset: path });
const fusionStage = z.strictObject({
  $rankFusion: z.strictObject({
    input: z.strictObject({
      pipelines: z.strictObject({
        words: z.tuple([searchStage, limitStage]),
        meaning: z.tuple([vectorStage]),
      }),
    }),
    scoreDetails: z.literal(true),
  }),
});
const wordsSchema = z.tuple([searchStage, limitStage, fieldsStage, unsetStage]);
const fusedSchema = z.tuple([fusionStage, limitStage, fieldsStage, unsetStage]);

interface Mapping {
  type: 'string' | 'token' | 'boolean' | 'document';
  analyzer?: string | undefined;
  dynamic?: false | undefined;
  fields?: Record<string, Mapping> | undefined;
}
const mapping: z.ZodType<Mapping> = z.strictObject({
  type: z.enum(['string', 'token', 'boolean', 'document']),
  analyzer: z.literal('lucene.english').optional(),
  dynamic: z.literal(false).optional(),
  get fields() {
    return z.record(z.string().regex(/^\w+$/), mapping).optional();
  },
});
const wordsDefinition = z.strictObject({
  name: z.string().regex(/^journeyman_words_[0-9a-f]{8}$/),
  type: z.literal('search'),
  definition: z.strictObject({
    mappings: z.strictObject({ dynamic: z.literal(false), fields: z.record(z.string(), mapping) }),
  }),
});
const meaningDefinition = z.strictObject({
  name: z.string().regex(/^journeyman_meaning_[0-9a-f]{8}$/),
  type: z.literal('vectorSearch'),
  definition: z.strictObject({
    fields: z.array(
      z.union([
        z.strictObject({
          type: z.literal('vector'),
          path,
          numDimensions: z.number().int().min(1).max(8_192),
          similarity: z.enum(['cosine', 'dotProduct', 'euclidean']),
          quantization: z.enum(['none', 'scalar', 'binary']),
        }),
        z.strictObject({ type: z.literal('filter'), path }),
      ]),
    ),
  }),
});

/** Each collection, and conditions that it can be asked with. */
const collections: {
  collection: typeof indexedLearnings | typeof indexedKnowledge;
  condition: fc.Arbitrary<Filter[number]>;
}[] = [
  {
    collection: indexedLearnings,
    condition: fc.oneof(
      fc.record({ facet: fc.constantFrom('type', 'state', 'category', 'signature'), equals: fc.string() }),
      fc.record({ facet: fc.constant('agentTypes'), oneOf: fc.array(fc.string(), { maxLength: 3 }) }),
      fc.record({ facet: fc.constant('confidence'), atLeast: fc.nat(5) }),
      fc.record({ facet: fc.constant('disabled'), equals: fc.constantFrom(0, 1, 2) }),
      fc.record({ facet: fc.constant('disabled'), oneOf: fc.subarray([0, 1]) }),
    ),
  },
  {
    collection: indexedKnowledge,
    condition: fc.oneof(
      fc.record({ facet: fc.constantFrom('tags', 'channel', 'type'), equals: fc.string() }),
      fc.record({ facet: fc.constant('channel'), oneOf: fc.array(fc.string(), { maxLength: 3 }) }),
      fc.record({ facet: fc.constant('priority'), atLeast: fc.nat(5) }),
    ),
  },
];

/** Every path at which a filter looks. */
function pathsOf(clause: unknown, key = ''): string[] {
  if (Array.isArray(clause)) return clause.flatMap((inner) => pathsOf(inner));
  if (typeof clause !== 'object' || clause === null) return key === 'path' ? [String(clause)] : [];
  return Object.entries(clause).flatMap(([name, inner]) => pathsOf(inner, name));
}

const typeAt = (
  fields: Record<string, Mapping> | undefined,
  [first = '', ...rest]: string[],
): string | undefined => {
  const found = fields?.[first];
  return rest.length === 0 ? found?.type : typeAt(found?.fields, rest);
};

describe.each(collections)('$collection.name', ({ collection, condition }) => {
  const words = wordsDefinition.parse(wordsIndex(collection));
  const meaning = meaningDefinition.parse(meaningIndex(collection, 384));

  it('has one index for words and one for vectors of each length', () => {
    expect(typeAt(words.definition.mappings.fields, [collection.textField])).toBe('string');
    expect(typeAt(words.definition.mappings.fields, ['tenant'])).toBe('token');
    expect(meaningIndex(collection, 384)).toEqual(meaning);
    expect(meaningIndex(collection, 768).name).not.toBe(meaning.name);
    expect(meaning.definition.fields.filter(({ type }) => type === 'vector')).toHaveLength(1);
  });

  it('is only asked with documented fields, of what its indexes hold, and within the tenant', () => {
    const filtered = meaning.definition.fields
      .filter(({ type }) => type === 'filter')
      .map((field) => field.path);
    fc.assert(
      fc.property(
        fc.array(condition, { maxLength: 4 }),
        fc.integer({ min: 1, max: 1_000 }),
        (where, limit) => {
          const question: SearchQuestion = {
            tenant: 'own',
            words: 'two words',
            where,
            limit,
          };
          const vector = Float32Array.from({ length: 384 }, () => 0.05);
          const [search] = wordsSchema.parse(wordsPipeline(collection, question));
          const [fusion] = fusedSchema.parse(fusedPipeline(collection, question, { embedder: 'e', vector }));
          const { pipelines } = fusion.$rankFusion.input;
          expect(pipelines.words[0]).toEqual(search);
          const { index, compound } = search.$search;
          expect(index).toBe(words.name);
          expect(compound.filter).toContainEqual({ equals: { path: 'tenant', value: 'own' } });
          for (const used of pathsOf(compound))
            expect(typeAt(words.definition.mappings.fields, used.split('.'))).toBeDefined();
          const { $vectorSearch } = pipelines.meaning[0];
          expect($vectorSearch.index).toBe(meaning.name);
          expect($vectorSearch.filter.$and).toContainEqual({ tenant: { $eq: 'own' } });
          expect($vectorSearch.filter.$and).toContainEqual({ 'searchVector.embedder': { $eq: 'e' } });
          for (const used of $vectorSearch.filter.$and.flatMap((clause) => Object.keys(clause)))
            expect(filtered).toContain(used);
        },
      ),
    );
  });
});

describe('a condition', () => {
  const stageOf = (where: Filter) =>
    wordsSchema.parse(wordsPipeline(indexedLearnings, { tenant: 't', words: 'w', where, limit: 1 }))[0]
      .$search.compound;

  it('on a rank names the ranks from there up', () => {
    expect(stageOf([{ facet: 'confidence', atLeast: 2 }]).filter).toContainEqual({
      in: { path: 'confidence', value: ['HIGH', 'VERY_HIGH'] },
    });
  });

  it('on a flag that is to be false takes documents without the field', () => {
    expect(stageOf([{ facet: 'disabled', equals: 0 }])).toMatchObject({
      mustNot: [{ equals: { path: 'control.disabled', value: true } }],
    });
  });

  it('that nothing fits lets nothing through', () => {
    expect(stageOf([{ facet: 'confidence', atLeast: 9 }]).mustNot).toEqual([{ exists: { path: 'tenant' } }]);
    expect(() => stageOf([{ facet: 'colour', equals: 'red' }])).toThrow(/^facet: "colour"; allowed: type, /);
  });
});

describe('a result', () => {
  const details = (words?: number, meaning?: number) => ({
    value: 0.03,
    description: 'value output by reciprocal rank fusion algorithm',
    details: [
      {
        inputPipelineName: 'words',
        rank: words === undefined ? 'NA' : 1,
        weight: 1,
        value: words,
        details: [],
      },
      { inputPipelineName: 'meaning', rank: 2, weight: 1, value: meaning, details: [] },
    ],
  });

  it('has a score from 0 to 1 that grows with both', () => {
    const scoreOf = (words?: number, meaning?: number) =>
      hitOf({ _id: 'a', search: { details: details(words, meaning) } }, true).score;
    expect(hitOf({ _id: 'a', search: { details: details(5, 0.95) } }, true)).toMatchObject({
      document: { _id: 'a' },
      lexical: 5,
      dense: expect.closeTo(0.9) as number,
    });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (words, meaning) => {
          expect(scoreOf(words, meaning)).toBeGreaterThanOrEqual(scoreOf(words, undefined));
          expect(scoreOf(words, meaning)).toBeGreaterThanOrEqual(scoreOf(undefined, meaning));
          expect(scoreOf(words, meaning)).toBeLessThanOrEqual(1);
          expect(scoreOf(words, meaning)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('by words alone has no closeness', () => {
    expect(hitOf({ _id: 'a', search: { words: 5 } }, false)).toEqual({
      document: { _id: 'a' },
      score: 0.5,
      lexical: 5,
      dense: null,
    });
  });
});
