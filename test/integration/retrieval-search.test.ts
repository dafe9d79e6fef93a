import type { Binary } from 'mongodb';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { DocumentVectors } from '../../src/retrieval/document-vectors.js';
import type { Embedder } from '../../src/retrieval/embedding/embedder.js';
import { retrievalStatistics } from '../../src/retrieval/retriever-of.js';
import { StoredVectors } from '../../src/retrieval/vectors.js';
import { openStore, type Store } from '../../src/store/store.js';
import { waitUntil } from '../workflow/wait-until.js';
import { foundBy, indexedNotes, note, notes, searchNotes } from './notes.js';

interface Held {
  embedder: string;
  text: string;
  vector: Binary;
}

let store: Store;
beforeAll(() => {
  store = openStore({ uri: inject('mongoUri'), database: `retrieval-search-${process.pid}` });
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

it('a server without search is told of once, and the indexes in memory answer instead', async () => {
  await notes(store).insertMany([note('a', '1', 'puffin'), note('a', '2', 'puffin', { state: 'closed' })]);
  const search = await searchNotes(store, { kind: 'mongodb-search' });
  try {
    for (let round = 0; round < 5; round += 1)
      expect(await foundBy(search, 'a', 'puffin')).toEqual(['1', '2']);
    expect(await foundBy(search, 'a', 'puffin', [{ facet: 'state', equals: 'open' }])).toEqual(['1']);
    await waitUntil('it is told', () =>
      search.said.some((said) => said.startsWith('The MongoDB server has no search')),
    );
    expect(await foundBy(search, 'a', 'puffin')).toEqual(['1', '2']);
    expect(search.said.filter((said) => said.startsWith('The MongoDB server has no search'))).toHaveLength(1);
    await waitUntil('the tenant is held', () => retrievalStatistics(store)?.tenants === 1);
    const [listed] = await search.retriever.find('a', [{ facet: 'state', equals: 'closed' }], { limit: 1 });
    expect(listed?._id).toBe('a|2');
  } finally {
    search.close();
  }
});

it('documents are given the vectors that the server searches, and new ones with a new text', async () => {
  const embedder: Embedder = {
    id: 'lengths',
    dimensions: 2,
    embed: (texts) =>
      Promise.resolve(texts.map(({ length }) => Float32Array.of(Math.cos(length), Math.sin(length)))),
  };
  const vectors = new StoredVectors(store, embedder);
  const said: unknown[] = [];
  const filler = new DocumentVectors(store, indexedNotes, vectors, (error) => said.push(error));
  await notes(store).insertMany([note('a', '7', 'gannet'), note('b', '7', 'gannet and gull')]);
  const running = filler.run();
  const heldBy = async (key: string) => {
    const found = await store.db
      .collection<{ _id: string; searchVector?: Held }>('notes')
      .findOne({ _id: key });
    return found?.searchVector;
  };
  const waitFor = (key: string, text: string) =>
    waitUntil(`${key} has the vector of its text`, async () => {
      const held = await heldBy(key);
      return held?.text === text && held;
    });
  try {
    for (const [key, text] of [
      ['a|7', 'gannet'],
      ['b|7', 'gannet and gull'],
    ] as const) {
      const held = await waitFor(key, text);
      expect(held.embedder).toBe('lengths');
      const [x = 0, y = 0] = held.vector.toFloat32Array();
      expect(x).toBeCloseTo(Math.cos(text.length), 1);
      expect(y).toBeCloseTo(Math.sin(text.length), 1);
    }
    await notes(store).updateOne({ _id: 'a|7' }, { $set: { text: 'fulmar petrel' } });
    await notes(store).insertOne(note('a', '8', 'skua'));
    await waitFor('a|7', 'fulmar petrel');
    await waitFor('a|8', 'skua');
    expect(said).toEqual([]);
  } finally {
    filler.close();
    await running;
  }
});
