import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { retrievalStatistics } from '../../src/retrieval/retriever-of.js';
import { openStore, type Store } from '../../src/store/store.js';
import { waitUntil } from '../workflow/wait-until.js';
import { foundBy, type Note, note, notes, searchNotes, timeUntilFound, warm } from './notes.js';

let store: Store;
const database = `retrieval-memory-${process.pid}`;
beforeAll(() => {
  store = openStore({ uri: inject('mongoUri'), database });
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const list = (tenant: string, count: number): Note[] =>
  Array.from({ length: count }, (_, index) =>
    note(tenant, `${index}`, `marmot number ${index} of ${tenant}`),
  );

it('tenants that were not used for longest make room, and come back when they are asked for', async () => {
  const tenants = ['a', 'b', 'c', 'd'];
  await notes(store).insertMany(tenants.flatMap((tenant) => list(tenant, 1_000)));
  const measuring = await searchNotes(store);
  await warm(measuring, store, 'a');
  const { bytes = 0 } = retrievalStatistics(store) ?? {};
  measuring.close();
  expect(bytes).toBeGreaterThan(1_000 * 100);

  const limit = Math.round(bytes * 2.5);
  const search = await searchNotes(store, { memoryBytes: limit });
  const held = (): number => retrievalStatistics(store)?.tenants ?? 0;
  try {
    await warm(search, store, 'a', 'b');
    expect(held()).toBe(2);
    await foundBy(search, 'a', 'marmot');
    await search.retriever.search('c', 'marmot', { limit: 1 });
    await waitUntil('b has made room', () => search.said.includes('A tenant was unloaded'));
    await waitUntil('c is read', () => held() === 2);
    expect(retrievalStatistics(store)?.bytes).toBeLessThanOrEqual(limit);
    // What is written to a tenant that is not held is there when it is.
    await notes(store).insertOne(note('b', 'new', 'pika'));
    await timeUntilFound(search, 'b', 'pika', ['new']);
    await waitUntil(
      'b is back',
      () => search.said.filter((said) => said === 'A tenant was read into memory').length === 4,
    );
    expect(await foundBy(search, 'b', 'pika')).toEqual(['new']);
    // Everyone is answered, whoever is held.
    for (let round = 0; round < 3; round += 1)
      for (const tenant of tenants) {
        const hits = await search.retriever.search(tenant, 'marmot', { limit: 3 });
        expect(hits.map(({ document }) => document.tenant)).toEqual([tenant, tenant, tenant]);
        expect(retrievalStatistics(store)?.bytes).toBeLessThanOrEqual(limit);
      }
  } finally {
    search.close();
    await notes(store).drop();
  }
});

it('a tenant that alone is too large is answered by MongoDB, and says so once', async () => {
  await notes(store).insertMany(list('large', 3_000));
  const search = await searchNotes(store, { memoryBytes: 200_000 });
  try {
    for (let round = 0; round < 20; round += 1)
      expect(await search.retriever.search('large', 'marmot 7', { limit: 2 })).toHaveLength(2);
    const told = (): number => search.said.filter((said) => said.startsWith('A tenant does not fit')).length;
    await waitUntil('it is told', () => told() > 0);
    expect(await search.retriever.search('large', 'marmot 7', { limit: 2 })).toHaveLength(2);
    expect(told()).toBe(1);
    expect(retrievalStatistics(store)).toMatchObject({ tenants: 0, items: 0, bytes: 0 });
  } finally {
    search.close();
    await notes(store).drop();
  }
});

it('a tenant that grows too large is let go of', async () => {
  await notes(store).insertMany(list('growing', 10));
  const search = await searchNotes(store, { memoryBytes: 400_000 });
  try {
    await warm(search, store, 'growing');
    expect(retrievalStatistics(store)?.items).toBe(10);
    await notes(store).insertMany(
      Array.from({ length: 2_000 }, (_, index) =>
        note('growing', `more-${index}`, `vole ${index} `.repeat(20)),
      ),
    );
    await waitUntil('it is let go of', () => retrievalStatistics(store)?.tenants === 0);
    expect(await search.retriever.search('growing', 'vole 77', { limit: 2 })).toHaveLength(2);
  } finally {
    search.close();
    await notes(store).drop();
  }
});

it('two processes see what the other writes', async () => {
  const search = await searchNotes(store);
  await notes(store).insertOne(note('both', '0', 'tapir'));
  await warm(search, store, 'both');
  const other = fork(new URL('./retrieval-process.ts', import.meta.url), [inject('mongoUri'), database], {
    execArgv: ['--import', 'tsx'],
  });
  const messages: string[][] = [];
  other.on('message', (found) => messages.push(found as string[]));
  const sees = (ids: readonly string[]) =>
    waitUntil(`the other process finds ${ids.join()}`, () => {
      other.send('search');
      return JSON.stringify(messages.at(-1)) === JSON.stringify(ids);
    });
  try {
    await sees(['0']);
    await notes(store).insertOne(note('both', '1', 'tapir'));
    await sees(['0', '1']);
    other.send('write');
    await timeUntilFound(search, 'both', 'tapir', ['0', '1', 'theirs']);
    await sees(['0', '1', 'theirs']);
    expect(other.exitCode).toBeNull();
  } finally {
    const ended = once(other, 'exit');
    if (other.exitCode === null) {
      other.disconnect();
      await ended;
    }
    search.close();
    await notes(store).drop();
  }
  // Nothing kept it alive but this test.
  expect(other.exitCode).toBe(0);
});
