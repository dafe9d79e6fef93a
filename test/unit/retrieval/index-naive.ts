/** The search of the index as one would write it first, over all documents; and documents to try both on. */
import fc from 'fast-check';
import type { Filter } from '../../../src/retrieval/filter.js';
import { holds } from '../../../src/retrieval/indexed-collection.js';
import type { IndexItem } from '../../../src/retrieval/search-index.js';
import { B, K1, termWeight } from '../../../src/retrieval/term-weight.js';

export const DIMENSIONS = 40;

/** BM25 of every item, by id, straight from its definition. */
export function naiveLexical(items: readonly IndexItem[], terms: readonly string[]): Map<string, number> {
  const meanLength = items.reduce((sum, item) => sum + item.terms.length, 0) / items.length;
  const scores = new Map(items.map(({ id }) => [id, 0]));
  for (const term of new Set(terms)) {
    const having = items.filter((each) => each.terms.includes(term));
    const weight = termWeight(terms.filter((each) => each === term).length, having.length, items.length);
    for (const { id, terms: said } of having) {
      const count = said.filter((each) => each === term).length;
      const norm = K1 * (1 - B + (B * said.length) / meanLength);
      scores.set(id, (scores.get(id) ?? 0) + (weight * count) / (count + norm));
    }
  }
  return scores;
}

/** The exact cosine of an item's nearest vector. */
export function naiveDense(item: IndexItem, vector: Float32Array): number | null {
  const cosines = item.vectors.map((each) => {
    let product = 0;
    for (let at = 0; at < each.length; at++) product += (each[at] ?? 0) * (vector[at] ?? 0);
    return product;
  });
  return cosines.length === 0 ? null : Math.max(...cosines);
}

export const naiveFilter = (items: readonly IndexItem[], filter: Filter): IndexItem[] =>
  items.filter(({ facets }) =>
    filter.every((condition) =>
      holds(condition, Object.hasOwn(facets, condition.facet) ? facets[condition.facet] : undefined),
    ),
  );

/** A vector of length 1. */
export function unit(values: ArrayLike<number>): Float32Array {
  const length = Math.hypot(...Array.from(values)) || 1;
  return Float32Array.from(values, (value) => value / length);
}

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '__proto__', 'constructor', '', 'ü', '日本');
export const texts = fc.array(word, { maxLength: 12 });
export const vectors = fc
  .array(fc.integer({ min: -50, max: 50 }), { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .map(unit);
export const ids = fc.constantFrom(
  'one',
  'two',
  'three',
  '__proto__',
  '',
  'toString',
  'x'.repeat(2_000),
  '四',
);

/** Items with ids from a few, so that they come again. */
export const items = fc.record({
  id: ids,
  terms: texts,
  vectors: fc.array(vectors, { maxLength: 3 }),
  facets: fc.record(
    {
      state: fc.constantFrom('open', 'closed'),
      rank: fc.integer({ min: 0, max: 3 }),
      tags: fc.array(fc.constantFrom('x', 'y', 'z', '__proto__'), { maxLength: 3 }),
    },
    { requiredKeys: [] },
  ),
}) satisfies fc.Arbitrary<IndexItem>;

/** Items with ids of their own. */
export const collections = fc
  .array(items, { minLength: 1, maxLength: 40 })
  .map((drawn) => drawn.map((item, at): IndexItem => ({ ...item, id: `${item.id}-${at}` })));

export const filters: fc.Arbitrary<Filter> = fc.array(
  fc.oneof(
    fc.record({ facet: fc.constant('state'), equals: fc.constantFrom('open', 'closed', 'never') }),
    fc.record({ facet: fc.constant('rank'), atLeast: fc.integer({ min: 0, max: 4 }) }),
    fc.record({
      facet: fc.constant('tags'),
      oneOf: fc.array(fc.constantFrom('x', 'y', '__proto__', 'never'), { maxLength: 3 }),
    }),
    fc.record({ facet: fc.constantFrom('missing', '__proto__'), equals: fc.constant('open') }),
  ),
  { maxLength: 3 },
);
