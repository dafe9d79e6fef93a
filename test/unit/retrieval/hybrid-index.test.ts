import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../src/evidence/random.js';
import type { Filter } from '../../../src/retrieval/filter.js';
import { HybridIndex } from '../../../src/retrieval/index/hybrid-index.js';
import type { IndexHit, IndexItem } from '../../../src/retrieval/search-index.js';
import {
  collections,
  DIMENSIONS,
  filters,
  ids,
  items,
  naiveDense,
  naiveFilter,
  naiveLexical,
  texts,
  unit,
  vectors,
} from './index-naive.js';

const indexOf = (all: Iterable<IndexItem>): HybridIndex => {
  const index = new HybridIndex();
  for (const item of all) index.upsert(item);
  return index;
};
const plain = (id: string, terms: string[]): IndexItem => ({ id, terms, vectors: [], facets: {} });
const byId = (hits: readonly IndexHit[]) => new Map(hits.map((hit) => [hit.id, hit]));

describe('the index', () => {
  it('scores words as the definition of BM25 does', () => {
    fc.assert(
      fc.property(collections, texts, (all, terms) => {
        const hits = byId(indexOf(all).search({ terms, vector: null, filter: [], limit: 100 }));
        for (const [id, score] of naiveLexical(all, terms)) {
          expect(hits.get(id)?.lexical ?? 0).toBeCloseTo(score, 9);
          expect(hits.has(id)).toBe(score > 0);
        }
      }),
    );
  });

  it('finds by words what is best, however few are asked for', () => {
    fc.assert(
      fc.property(collections, texts, fc.integer({ min: 1, max: 5 }), (all, terms, limit) => {
        const hits = indexOf(all).search({ terms, vector: null, filter: [], limit, candidates: limit });
        const best = [...naiveLexical(all, terms).values()]
          .filter((score) => score > 0)
          .sort((a, b) => b - a);
        expect(hits.length).toBe(Math.min(limit, best.length));
        for (const [at, hit] of hits.entries()) expect(hit.lexical).toBeCloseTo(best[at] ?? 0, 9);
      }),
    );
  });

  it('finds within a filter what a look at every document that fits it finds', () => {
    fc.assert(
      fc.property(collections, texts, vectors, filters, (all, terms, vector, filter) => {
        const hits = byId(indexOf(all).search({ terms, vector, filter, limit: 100 }));
        const words = naiveLexical(all, terms);
        const fitting = naiveFilter(all, filter);
        const expected = fitting.filter((item) => item.vectors.length > 0 || (words.get(item.id) ?? 0) > 0);
        expect(new Set(hits.keys())).toEqual(new Set(expected.map(({ id }) => id)));
        for (const item of expected) {
          const hit = hits.get(item.id);
          expect(hit?.lexical).toBeCloseTo(words.get(item.id) ?? 0, 9);
          const cosine = naiveDense(item, vector);
          if (cosine === null) expect(hit?.dense).toBeNull();
          // Eight bits a dimension.
          else expect(Math.abs((hit?.dense ?? Number.NaN) - cosine)).toBeLessThan(0.01);
        }
      }),
    );
  });

  it('is, after any changes, what it would be if built afresh', () => {
    const change = fc.oneof(
      { weight: 3, arbitrary: items.map((item) => ({ item, id: item.id })) },
      { weight: 1, arbitrary: ids.map((id) => ({ item: null, id })) },
    );
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 60 }),
        texts,
        vectors,
        filters,
        (changes, terms, vector, filter) => {
          const changed = new HybridIndex();
          const left = new Map<string, IndexItem>();
          for (const { item, id } of changes)
            if (item === null) {
              changed.remove(id);
              left.delete(id);
            } else {
              changed.upsert(item);
              left.set(id, item);
            }
          const afresh = indexOf(left.values());
          expect(changed.size).toBe(left.size);
          const query = { terms, vector, filter, limit: 5 };
          expect(changed.search(query)).toEqual(afresh.search(query));
        },
      ),
    );
  });

  it('skips what cannot be among the best, and nothing else, in large collections that change', () => {
    const uniform = seededUniform('large');
    const draw = (most: number): string => `${Math.floor(most ** uniform())}`;
    const item = (at: number): IndexItem => ({
      id: `item ${at}`,
      terms: Array.from({ length: 5 + Math.floor(uniform() * 20) }, () => draw(3_000)),
      vectors: [],
      facets: { state: draw(5), kind: draw(300) },
    });
    const left = new Map(Array.from({ length: 3_000 }, (_, at) => [`item ${at}`, item(at)]));
    const index = indexOf(left.values());
    for (let change = 0; change < 2_000; change++) {
      const at = Math.floor(uniform() * 3_000);
      left.delete(`item ${at}`);
      if (uniform() < 0.4) index.remove(`item ${at}`);
      else {
        const changed = item(at);
        left.set(changed.id, changed);
        index.upsert(changed);
      }
    }
    const all = [...left.values()];
    for (let query = 0; query < 12; query++) {
      const terms = Array.from({ length: 1 + 4 * query }, () => draw(3_000));
      const filter: Filter =
        query % 2 === 0
          ? []
          : [
              { facet: 'state', oneOf: ['1', '2'] },
              ...(query % 3 === 0 ? [{ facet: 'kind', equals: '1' }] : []),
            ];
      const words = naiveLexical(all, terms);
      const best = naiveFilter(all, filter)
        .map(({ id }) => words.get(id) ?? 0)
        .filter((score) => score > 0)
        .sort((a, b) => b - a)
        .slice(0, 10);
      const hits = index.search({ terms, vector: null, filter, limit: 10, candidates: 10 });
      expect(hits.length).toBe(best.length);
      for (const [at, hit] of hits.entries()) expect(hit.lexical).toBeCloseTo(best[at] ?? 0, 9);
    }
  });

  it('takes no memory for what was taken out, however often that happens', () => {
    const index = new HybridIndex();
    const round = (from: number): number => {
      for (let at = from; at < from + 500; at++)
        index.upsert({
          id: `item ${at}`,
          terms: [`word ${at}`, 'common', `${at % 7}`],
          vectors: [unit(Array.from({ length: DIMENSIONS }, (_, place) => Math.sin(at * place + 1)))],
          facets: { state: `${at % 3}`, signature: `${at}` },
        });
      const full = index.bytes;
      for (let at = from; at < from + 500; at++) index.remove(`item ${at}`);
      return full;
    };
    const first = round(0);
    for (let at = 1; at < 20; at++) expect(round(at * 500)).toBeLessThan(first * 1.2);
    expect(index.size).toBe(0);
    expect(index.search({ terms: ['common'], vector: null, filter: [], limit: 5 })).toEqual([]);
  });

  it('names the better of equals by id, whatever came first', () => {
    const names = ['c', 'a', 'd', 'b'];
    for (const order of [names, names.toReversed()]) {
      const index = indexOf(order.map((id) => plain(id, ['same'])));
      const hits = index.search({ terms: ['same'], vector: null, filter: [], limit: 2, candidates: 2 });
      expect(hits.map(({ id }) => id)).toEqual(['a', 'b']);
    }
  });

  it('takes texts of any length', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => `term${at}`);
    const long = 'x'.repeat(1_000_000);
    const index = indexOf([
      plain('many', many),
      plain('long', [long, long]),
      plain(
        'same',
        Array.from({ length: 300 }, () => 'often'),
      ),
      plain('none', []),
    ]);
    const find = (terms: string[]) =>
      index.search({ terms, vector: null, filter: [], limit: 9 }).map(({ id }) => id);
    expect(find(['term99999'])).toEqual(['many']);
    expect(find(many)).toEqual(['many']);
    expect(find([long])).toEqual(['long']);
    expect(find(['often'])).toEqual(['same']);
    expect(find([])).toEqual([]);
    index.remove('many');
    expect(find(['term99999'])).toEqual([]);
    index.remove('never there');
    expect(index.size).toBe(3);
  });

  it('keeps to the dimensions of its first vector, and stays as it was', () => {
    const index = indexOf([{ ...plain('one', ['word']), vectors: [unit([1, 2, 3])] }]);
    expect(() => index.upsert({ ...plain('one', ['other']), vectors: [unit([1, 2])] })).toThrow(
      /2 dimensions.*expected 3/,
    );
    expect(() => index.upsert({ ...plain('one', []), vectors: [Float32Array.of(1, Number.NaN, 0)] })).toThrow(
      /numbers/,
    );
    expect(() => index.search({ terms: [], vector: unit([1, 2]), filter: [], limit: 1 })).toThrow(
      /dimensions/,
    );
    const hits = index.search({ terms: ['word'], vector: unit([1, 2, 3]), filter: [], limit: 1 });
    expect(hits[0]).toMatchObject({ id: 'one', dense: expect.closeTo(1, 3) as number });
  });
});
