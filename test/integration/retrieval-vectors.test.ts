import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { type Embedder, EmbeddingError } from '../../src/retrieval/embedding/embedder.js';
import { retrievalStatistics } from '../../src/retrieval/retriever-of.js';
import { vectorIndexes } from '../../src/retrieval/vectors.js';
import { ensureIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';
import { waitUntil } from '../workflow/wait-until.js';
import { foundBy, note, notes, searchNotes, timeUntilFound, warm } from './notes.js';

let store: Store;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `retrieval-vectors-${process.pid}` });
  await ensureIndexes(store, vectorIndexes);
});
afterEach(() => store.db.dropDatabase());
afterAll(() => store.close());

const stored = () => store.collection<{ _id: string; tenant: string; usedAt: Date }>('vectors');

/** What words mean, to an embedder that knows two things: animals and ships. */
const meanings: Record<string, readonly [number, number]> = {
  cat: [1, 0],
  feline: [1, 0],
  boat: [0, 1],
  vessel: [0, 1],
};

interface Counting extends Embedder {
  texts: string[];
  calls: number[];
}

/** Places texts by what their words mean. */
function counting(id: string, before: () => Promise<void> = () => Promise.resolve()): Counting {
  const texts: string[] = [];
  const calls: number[] = [];
  return {
    id,
    dimensions: 2,
    texts,
    calls,
    async embed(asked) {
      await before();
      texts.push(...asked);
      calls.push(asked.length);
      return asked.map((text) => {
        const sum = [1e-3, 1e-3];
        for (const word of text.split(' ')) {
          const [animal, ship] = meanings[word] ?? [0, 0];
          sum[0] = (sum[0] ?? 0) + animal;
          sum[1] = (sum[1] ?? 0) + ship;
        }
        const length = Math.hypot(...sum);
        return Float32Array.from(sum, (part) => part / length);
      });
    },
  };
}

const withEmbedder = (embedder: Embedder) =>
  searchNotes(store, { embedder: () => Promise.resolve(embedder) });
const allHaveVectors = () =>
  waitUntil('all have vectors', () => retrievalStatistics(store)?.withoutVectors === 0);

/** Ids by closeness of meaning, closest first. */
async function byMeaning(search: Awaited<ReturnType<typeof searchNotes>>, query: string): Promise<string[]> {
  const hits = await search.retriever.search('a', query, { limit: 10 });
  return hits.filter(({ dense }) => dense !== null && dense > 0.9).map(({ document }) => document._id);
}

it('texts are embedded in the background, once, and found by what they mean', async () => {
  await notes(store).insertMany([
    note('a', '1', 'cat food'),
    note('a', '2', 'boat paint'),
    note('a', '3', 'cat food'),
    note('b', '1', 'cat food'),
  ]);
  const embedder = counting('first');
  const search = await withEmbedder(embedder);
  await warm(search, store, 'a');
  await waitUntil('meaning is known', async () => (await byMeaning(search, 'feline')).length === 2);
  expect((await byMeaning(search, 'feline')).sort()).toEqual(['a|1', 'a|3']);
  expect(await byMeaning(search, 'vessel')).toEqual(['a|2']);
  expect(retrievalStatistics(store)).toMatchObject({ embedder: 'first', withoutVectors: 0 });
  // A changed text has another meaning, and not its old one.
  await notes(store).updateOne({ _id: 'a|1' }, { $set: { text: 'boat food' } });
  await waitUntil('the new meaning is known', async () => (await byMeaning(search, 'vessel')).length === 2);
  expect(await byMeaning(search, 'feline')).toEqual(['a|3']);
  search.close();

  const keys = (await stored().find({}).toArray()).map(({ _id }) => _id);
  expect(keys).toHaveLength(3);
  expect(keys.every((key) => /^a\|first\|[0-9a-f]{64}$/.test(key))).toBe(true);
  // Another process has nothing to embed but the query.
  const later = counting('first');
  const again = await withEmbedder(later);
  await warm(again, store, 'a');
  await allHaveVectors();
  expect((await byMeaning(again, 'feline')).sort()).toEqual(['a|3']);
  expect([...new Set(later.texts)]).toEqual(
    ['anything', 'feline'].filter((text) => later.texts.includes(text)),
  );
  again.close();
});

it('vectors of different embedders never meet', async () => {
  await notes(store).insertOne(note('a', '1', 'cat food'));
  for (const id of ['first', 'second']) {
    const embedder = counting(id);
    const search = await withEmbedder(embedder);
    await warm(search, store, 'a');
    await waitUntil('meaning is known', async () => (await byMeaning(search, 'feline')).length === 1);
    expect(embedder.texts).toContain('cat food');
    search.close();
  }
  expect(await stored().countDocuments({ tenant: 'a' })).toBe(2);
});

it('many texts are embedded a few at a time, and look-ups go on meanwhile', async () => {
  const many = Array.from({ length: 300 }, (_, index) => note('a', `${index}`, `cat number ${index}`));
  await notes(store).insertMany(many);
  const embedder = counting('slow', () => new Promise((resolve) => setTimeout(resolve, 20)));
  const search = await withEmbedder(embedder);
  await warm(search, store, 'a');
  let slowest = 0;
  for (let round = 0; round < 20; round += 1) {
    const began = performance.now();
    expect(await foundBy(search, 'a', `number ${round}`)).toContain(`${round}`);
    slowest = Math.max(slowest, performance.now() - began);
  }
  expect(slowest).toBeLessThan(800);
  await allHaveVectors();
  expect(Math.max(...embedder.calls)).toBeLessThanOrEqual(8);
  expect(new Set(embedder.texts.filter((text) => text.startsWith('cat'))).size).toBe(300);
  search.close();
});

it('a query whose vector does not come in time is answered by its words', async () => {
  await notes(store).insertOne(note('a', '1', 'cat food'));
  const search = await withEmbedder(counting('stuck', () => new Promise(() => {})));
  await warm(search, store, 'a');
  const began = performance.now();
  const [hit] = await search.retriever.search('a', 'cat', { limit: 1, timeoutMS: 400 });
  expect(hit).toMatchObject({ document: { _id: 'a|1' }, dense: null });
  expect(performance.now() - began).toBeLessThan(400);
  search.close();
}, 20_000);

it('an embedder that fails is told of once, tried again, and search goes by words until then', async () => {
  await notes(store).insertOne(note('a', '1', 'cat food'));
  let broken = true;
  const search = await withEmbedder(
    counting('broken', () => {
      return broken ? Promise.reject(new EmbeddingError('out of order')) : Promise.resolve();
    }),
  );
  await warm(search, store, 'a');
  for (let round = 0; round < 5; round += 1) expect(await foundBy(search, 'a', 'cat')).toEqual(['1']);
  await waitUntil('the failure is told', () =>
    search.said.some((said) => said.startsWith('Texts could not')),
  );
  expect(search.said.filter((said) => said === 'Search goes by words alone for now')).toHaveLength(1);
  broken = false;
  await waitUntil('meaning is known', async () => (await byMeaning(search, 'feline')).length === 1);
  search.close();
});

it('vectors that nobody has used for long are removed, and those in use kept', async () => {
  await notes(store).insertOne(note('a', '1', 'cat food'));
  const first = await withEmbedder(counting('first'));
  await warm(first, store, 'a');
  await waitUntil('it has a vector', async () => (await stored().countDocuments()) === 1);
  first.close();
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  await stored().updateMany({}, { $set: { usedAt: daysAgo(50) } });
  await stored().insertMany([
    { _id: 'a|first|old', tenant: 'a', usedAt: daysAgo(70) },
    { _id: 'b|first|old', tenant: 'b', usedAt: daysAgo(70) },
  ]);
  const second = await withEmbedder(counting('first'));
  await warm(second, store, 'a');
  await timeUntilFound(second, 'a', 'cat', ['1']);
  await waitUntil('the old one of this tenant is gone', async () => (await stored().countDocuments()) === 2);
  const left = await stored().find({}).sort({ _id: 1 }).toArray();
  expect(left.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  await waitUntil('its use is noted', async () => {
    const used = await stored().findOne({ tenant: 'a' });
    return used !== null && used.usedAt > daysAgo(1);
  });
  second.close();
});
