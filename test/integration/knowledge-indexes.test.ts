/** The indexes of knowledge: what earlier versions made goes, and the queries they are for use those there are. */
import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KNOWLEDGE, knowledgeIndexes, knowledgeItems } from '../../src/knowledge/collections.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { ensureIndexes } from '../../src/store/indexes.js';
import type { Store } from '../../src/store/store.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

const tenant = 't';
let store: Store;
let hub: KnowledgeHub;
beforeAll(async () => {
  store = await openOwnStore('knowledge_indexes');
  hub = new KnowledgeHub(store, tenant);
  for (let at = 0; at < 60; at += 1)
    await hub.shareKnowledge({
      ...{ sourceAgent: 'a', type: 'SOLUTION', title: `Marmots ${at}`, content: `burrow number ${at}` },
    });
});
afterAll(() => dropOwnStore(store));

const indexNames = async (): Promise<string[]> =>
  (await store.db.collection(KNOWLEDGE).indexes()).map(({ name }) => name ?? '').toSorted();

/** As a store of an earlier version is: its own indexes, and items without the list of words. */
async function asBefore(): Promise<void> {
  const items = store.db.collection(KNOWLEDGE);
  for (const name of ['tenant_words', 'merged', 'learned']) await items.dropIndex(name);
  await items.createIndexes([
    { key: { tenant: 1, text: 'text' }, name: 'tenant_text', language_override: '_textLanguage' },
    { key: { tenant: 1, mergedInto: 1 } },
    { key: { tenant: 1, learningId: 1 } },
  ]);
  await items.updateMany({}, { $unset: { words: '' } });
}

it('brings a store of an earlier version up, by several workers at once and again', async () => {
  const before = await indexNames();
  const words = async () => {
    const items = await knowledgeItems(store).find({ tenant }).sort({ _id: 1 }).toArray();
    return items.map((item) => item.words);
  };
  const wordsBefore = await words();
  await asBefore();
  expect(await indexNames()).not.toEqual(before);
  await Promise.all(Array.from({ length: 3 }, () => ensureIndexes(store, knowledgeIndexes)));
  expect(await indexNames()).toEqual(before);
  expect(await words()).toEqual(wordsBefore);
  expect(wordsBefore[0]).toContain('burrow');
  expect(await hub.queryKnowledge({ query: 'the burrows of marmots', limit: 100 })).toHaveLength(60);
  await ensureIndexes(store, knowledgeIndexes);
  expect(await indexNames()).toEqual(before);
});

/** The indexes that the winning plan of a query reads. */
function readBy(plan: Document): string[] {
  const below = [plan['inputStage'], ...((plan['inputStages'] as Document[] | undefined) ?? [])];
  return [
    ...(typeof plan['indexName'] === 'string' ? [plan['indexName']] : []),
    ...below.flatMap((stage) => (stage === undefined ? [] : readBy(stage as Document))),
  ];
}

it.each([
  ['what was merged into some', 'merged', { mergedInto: { $in: ['k_1', 'k_2'] } }],
  ['what was merged into one', 'merged', { mergedInto: { $in: ['k_1'] } }],
  ['what was made of learnings', 'learned', { learningId: { $gt: '' } }],
  ['what was made of learnings, further on', 'learned', { learningId: { $gt: 'l_7' } }],
  ['what matches words', 'tenant_words', { $text: { $search: 'burrow' } }],
])('reads %s by the index for it', async (_what, index, filter) => {
  const explained = await knowledgeItems(store)
    .find({ tenant, ...filter })
    .explain('queryPlanner');
  expect(readBy(explained['queryPlanner'].winningPlan as Document)).toContain(index);
});
