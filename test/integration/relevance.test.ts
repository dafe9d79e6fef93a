import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { LEARNING_USAGE } from '../../src/evidence/usage.js';
import { type Learning, learningIndexes, learnings, NO_CONTROL } from '../../src/learning/learning.js';
import { LearningEngine } from '../../src/learning/learning-engine.js';
import type { Retriever } from '../../src/retrieval/retriever.js';
import { applyIncrements } from '../../src/store/counters.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { liveGeneration } from '../../src/store/ledger.js';
import { openStore, type Store } from '../../src/store/store.js';
import { aLearning } from '../fixtures/learning.js';

let store: Store;
let engine: LearningEngine;
const now = new Date();
const add = (...all: Learning[]) => learnings(store).insertMany(all);
const titles = (found: Awaited<ReturnType<LearningEngine['getRelevantLearnings']>>): string[] =>
  found.map(({ learning }) => learning.title);
const inCategory = (category: string, title: string, given: Partial<Learning> = {}): Learning =>
  aLearning({ category, title, text: title, lastSeen: now, weight: 0.5, ...given });

beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `relevance_${process.pid}` });
  await store.db.dropDatabase();
  await ensureIndexes(store, [...storeIndexes, ...learningIndexes]);
  engine = new LearningEngine(store, 'acme');
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

it('puts what is shown to help before what is unproven, and that before what is shown to harm', async () => {
  const [helps, harms, plain] = ['alpha helps', 'beta harms', 'gamma plain'].map((title) =>
    inCategory('lifted', title),
  ) as [Learning, Learning, Learning];
  await add(helps, harms, plain);
  const usage = ({ id }: Learning, shown: [number, number], withheld: [number, number]) => ({
    projection: LEARNING_USAGE,
    dimensions: { id, version: '1' },
    sums: {
      shownSuccesses: shown[0],
      shownFailures: shown[1],
      withheldSuccesses: withheld[0],
      withheldFailures: withheld[1],
    },
  });
  const increments = [
    usage(helps, [900, 100], [100, 900]),
    usage(harms, [100, 900], [900, 100]),
    usage(plain, [5, 4], [1, 2]),
  ];
  const live = await liveGeneration(store, 'acme');
  await store.transaction((session) => applyIncrements(store, 'acme', [live], increments, session));
  const found = await engine.getRelevantLearnings({ description: 'zzz', category: 'lifted' });
  expect(titles(found)).toEqual(['alpha helps', 'gamma plain', 'beta harms']);
});

it('puts pinned ones first, leaves out disabled ones, and keeps to the tokens', async () => {
  await add(
    inCategory('kept', 'delta strong', { weight: 0.9 }),
    inCategory('kept', 'epsilon pinned', { weight: 0.1, control: { ...NO_CONTROL, pinned: true } }),
    inCategory('kept', 'zeta off', { control: { ...NO_CONTROL, disabled: true } }),
    inCategory('kept', 'eta long', { weight: 0.8, advice: 'Read it with care. '.repeat(100) }),
  );
  const task = { description: 'zzz', category: 'kept' };
  const all = await engine.getRelevantLearnings(task);
  expect(titles(all)).toEqual(['epsilon pinned', 'delta strong', 'eta long']);
  const few = await engine.getRelevantLearnings(task, { maxTokens: 150 });
  expect(titles(few)).toEqual(['epsilon pinned', 'delta strong']);
  const one = await engine.getRelevantLearnings(task, { limit: 1 });
  expect(titles(one)).toEqual(['epsilon pinned']);
  await expect(engine.getRelevantLearnings(task, { maxTokens: 0 })).rejects.toThrow(
    /^options: maxTokens: 0 is not allowed/,
  );
});

it('says how well each fits, the same for each way of asking, and shows nothing below the least', async () => {
  const kept = inCategory('worded', 'theta refund payment lamp');
  await add(kept);
  const hits = async (score: number, category?: string) => {
    const retriever: Retriever<Learning> = {
      search: () => Promise.resolve([{ document: kept, score, lexical: score, dense: score }]),
      find: () => Promise.resolve([]),
    };
    const asked = new LearningEngine(store, 'acme', retriever);
    return asked.getRelevantLearnings({ description: 'x', ...(category && { category }) });
  };
  expect((await hits(0.9))[0]?.relevance).toBeCloseTo(0.9);
  expect((await hits(0.5, 'other'))[0]).toBeUndefined();
  expect((await hits(0.9, 'other'))[0]?.relevance).toBeCloseTo(0.45);
  expect(await hits(0.29)).toEqual([]);
  expect(await hits(0.31)).toHaveLength(1);
});

it('answers from what the retriever holds while MongoDB is away', async () => {
  const held = inCategory('held', 'iota held');
  const retriever: Retriever<Learning> = {
    search: () => Promise.resolve([]),
    find: () => Promise.resolve([held]),
  };
  const away = openStore({ uri: 'mongodb://127.0.0.1:9/?replicaSet=none', deadlineMs: 300 });
  const began = performance.now();
  const found = await new LearningEngine(away, 'acme', retriever).getRelevantLearnings(
    { description: 'x', category: 'held' },
    { timeoutMS: 500 },
  );
  expect(titles(found)).toEqual(['iota held']);
  expect(performance.now() - began).toBeLessThan(1_500);
  await away.close();
});
