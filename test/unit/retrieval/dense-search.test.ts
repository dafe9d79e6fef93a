import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../src/evidence/random.js';
import type { Filter } from '../../../src/retrieval/filter.js';
import { HybridIndex } from '../../../src/retrieval/index/hybrid-index.js';
import { allocateBlock, rowSizes } from '../../../src/retrieval/index/vector-memory.js';
import type { IndexItem } from '../../../src/retrieval/search-index.js';
import { naiveDense, naiveFilter, unit } from './index-naive.js';

/** Vectors about some centres, as the meanings of texts lie about their subjects. */
function clustered(seed: string, dimensions: number, centres: number, spread: number): () => Float32Array {
  const uniform = seededUniform(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const middles = Array.from({ length: centres }, () => Array.from({ length: dimensions }, normal));
  return () => {
    const middle = middles[Math.floor(uniform() * centres)] ?? [];
    return unit(middle.map((value) => value + spread * normal()));
  };
}

describe('the kernels', () => {
  it.each([1, 3, 31, 64, 65, 384, 1_536, 4_096])('count bits and multiply in %i dimensions', (dimensions) => {
    const { bitWords, codeWords, maxQueryCode } = rowSizes(dimensions);
    const uniform = seededUniform(`kernels ${dimensions}`);
    const word = () => Math.floor(uniform() * 2 ** 32);
    const rows = 5;
    const { memory, bitsAt, codesAt } = allocateBlock(dimensions, rows);
    // Every second row of the list, so that order and gaps are seen.
    const listed = [4, 2, 0];
    const results = (count: number) => [...memory.words.subarray(memory.results, memory.results + count)];

    const bits = Uint32Array.from({ length: rows * bitWords }, word);
    const query = {
      bits: Uint32Array.from({ length: bitWords }, word),
      // The largest that may come: no sum may overflow.
      codes: new Int16Array(codeWords * 4).fill(maxQueryCode, 0, dimensions),
    };
    memory.words.set(bits, bitsAt / 4);
    memory.compareWith(query);
    const distance = (row: number): number =>
      [...query.bits].reduce(
        (sum, each, at) =>
          sum + ((each ^ (bits[row * bitWords + at] ?? 0)) >>> 0).toString(2).replaceAll('0', '').length,
        0,
      );
    const distances = Array.from({ length: rows }, (_, row) => distance(row));
    const most = distances.toSorted((a, b) => a - b)[2] ?? 0;
    const near = (of: number[]) =>
      of.flatMap((row, place) =>
        (distances[row] ?? 0) <= most ? [place * 65_536 + (distances[row] ?? 0)] : [],
      );
    const inOrder = near([0, 1, 2, 3, 4]);
    expect(memory.findNear(bitsAt, rows, most)).toBe(inOrder.length);
    expect(results(inOrder.length)).toEqual(inOrder);
    for (const [place, row] of listed.entries())
      memory.words[memory.list + place] = bitsAt + row * bitWords * 4;
    expect(memory.findNearListed(listed.length, most)).toBe(near(listed).length);
    expect(results(near(listed).length)).toEqual(near(listed));

    const codes = new Int8Array(rows * codeWords * 4).map(() => Math.floor(uniform() * 255) - 127);
    codes.fill(-127, 0, codeWords * 4);
    memory.codes.set(codes, codesAt);
    for (const [place, row] of listed.entries())
      memory.words[memory.list + place] = codesAt + row * codeWords * 4;
    memory.multiplyListed(listed.length);
    for (const [place, row] of listed.entries()) {
      let product = 0;
      for (let at = 0; at < dimensions; at++)
        product += (codes[row * codeWords * 4 + at] ?? 0) * (query.codes[at] ?? 0);
      expect((memory.words[memory.results + place] ?? 0) | 0).toBe(product);
    }
    memory.free({ memory, rows: 16, bitsAt, codesAt });
  });
});

describe('the memory of vectors', () => {
  it('uses a block again that was given back, and keeps apart what is held', () => {
    const dimensions = 77;
    const first = allocateBlock(dimensions, 16);
    const second = allocateBlock(dimensions, 16);
    const end = first.codesAt + 16 * rowSizes(dimensions).codeWords * 4;
    expect(second.bitsAt >= end || second.bitsAt < first.bitsAt).toBe(true);
    first.memory.free(first);
    // A larger one does not fit there.
    expect(allocateBlock(dimensions, 1_024).bitsAt).not.toBe(first.bitsAt);
    expect(allocateBlock(dimensions, 10).bitsAt).toBe(first.bitsAt);
  });

  it('keeps the vectors of indexes of the same dimensions apart while they grow in turns', () => {
    const indexes = [new HybridIndex(), new HybridIndex(), new HybridIndex()];
    const draw = clustered('in turns', 24, 5, 0.9);
    const drawn = indexes.map(() => new Map<string, Float32Array>());
    for (let at = 0; at < 1_500; at++)
      for (const [number, index] of indexes.entries()) {
        const vector = draw();
        drawn[number]?.set(`item ${at}`, vector);
        index.upsert({ id: `item ${at}`, terms: [], vectors: [vector], facets: {} });
      }
    for (const [number, index] of indexes.entries())
      for (const id of ['item 0', 'item 15', 'item 16', 'item 1023', 'item 1024', 'item 1499']) {
        const vector = drawn[number]?.get(id) ?? null;
        const [nearest] = index.search({ terms: [], vector, filter: [], limit: 1 });
        expect(nearest).toMatchObject({ id, dense: expect.closeTo(1, 2) as number });
      }
  });
});

describe('search by meaning', () => {
  const draw = clustered('clustered', 384, 100, 0.9);
  const all = Array.from({ length: 12_000 }, (_, at): IndexItem => {
    const windows = at % 10 === 0 ? [draw(), draw()] : [draw()];
    return { id: `item ${at}`, terms: [], vectors: windows, facets: { kind: at % 7, rare: at % 1_200 } };
  });
  const index = new HybridIndex();
  for (const item of all) index.upsert(item);

  /** The share of the ten nearest that are found. */
  function recall(filter: Filter): number {
    let found = 0;
    let wanted = 0;
    const fitting = naiveFilter(all, filter);
    for (let query = 0; query < 15; query++) {
      const vector = draw();
      const exact = fitting
        .map((item) => ({ id: item.id, cosine: naiveDense(item, vector) ?? -1 }))
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, 10);
      const hits = index.search({ terms: [], vector, filter, limit: 10 });
      const ids = new Set(hits.map(({ id }) => id));
      found += exact.filter(({ id }) => ids.has(id)).length;
      wanted += exact.length;
    }
    return found / wanted;
  }

  it('finds at least .98 of what is nearest', () => {
    expect(recall([])).toBeGreaterThanOrEqual(0.98);
    expect(recall([{ facet: 'kind', equals: 3 }])).toBeGreaterThanOrEqual(0.98);
    expect(recall([{ facet: 'kind', atLeast: 2 }])).toBeGreaterThanOrEqual(0.98);
  });

  it('finds all that a narrow filter leaves, however far they are', () => {
    const hits = index.search({
      terms: [],
      vector: draw(),
      filter: [{ facet: 'rare', equals: 77 }],
      limit: 100,
    });
    expect(hits.length).toBe(10);
  });

  it('takes less than 1 KB an item with one vector', () => {
    expect(index.bytes / index.size).toBeLessThan(1_024);
  });
});
