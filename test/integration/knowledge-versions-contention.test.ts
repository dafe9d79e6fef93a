/** Many who change one item at once, from one process and from several. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { itemKey, knowledgeIndexes, knowledgeItems } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { ConflictError } from '../../src/shared/errors.js';
import { events } from '../../src/store/event-log.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';

const UPDATES = 200;
const tenant = 'acme';
/** Connections of their own, as so many processes have. */
let stores: Store[];
const connection = { database: `contention_${randomUUID().slice(0, 8)}` };

beforeAll(async () => {
  stores = Array.from({ length: 8 }, () => openStore({ uri: inject('mongoUri'), ...connection }));
  await ensureIndexes(storeAt(0), [...storeIndexes, ...knowledgeIndexes]);
});
afterAll(async () => {
  await storeAt(0).db.dropDatabase();
  await Promise.all(stores.map((store) => store.close()));
});

function storeAt(index: number): Store {
  const store = stores[index % stores.length];
  if (store === undefined) throw new Error('no store');
  return store;
}
const baseAt = (index: number): KnowledgeBase => new KnowledgeBase(storeAt(index), tenant);
const newItem = () =>
  baseAt(0).addKnowledge({ category: 'testing', title: 'Counting', content: { n: -1 }, by: 'ann' });

/** Each of the updates is a version, in the order in which they were made, and an event. */
async function expectAll(id: string, updates: readonly number[]): Promise<void> {
  const history = await baseAt(1).history(id);
  expect(history.map(({ version }) => version)).toEqual(
    Array.from({ length: updates.length + 1 }, (_, index) => index + 1),
  );
  const made = history.slice(1).map(({ content }) => (content as { n: number }).n);
  expect([...made].sort((a, b) => a - b)).toEqual([...updates].sort((a, b) => a - b));
  expect(await baseAt(2).get(id)).toMatchObject({
    version: history.length,
    content: history.at(-1)?.content,
  });
  const edits = await events(storeAt(0)).countDocuments({ tenant, itemId: id, act: 'edited' });
  expect(edits).toBe(updates.length);
}

describe('an update', () => {
  it('waits for a long transaction on its item, and is not told that the store is away', async () => {
    const { id } = await newItem();
    // Longer than the deadline of a single try.
    const batch = storeAt(1).transaction(async (session) => {
      await knowledgeItems(storeAt(1)).updateOne(
        { _id: itemKey(tenant, id) },
        { $inc: { settled: 1 } },
        { session },
      );
      await sleep(6_000);
    }, 20_000);
    await sleep(200);
    const hub = new KnowledgeHub(storeAt(2), tenant);
    await Promise.all([
      baseAt(3).updateKnowledge(id, { newContent: { n: 0 }, changes: 'x', by: 'ann' }),
      hub.voteUseful(id, 'voter'),
      baseAt(4).recordUsage(id, true),
      batch,
    ]);
    await expectAll(id, [0]);
    expect(await baseAt(5).get(id)).toMatchObject({ votes: 1 });
  });
});

describe(`${UPDATES} updates of one item at once`, () => {
  const numbers = Array.from({ length: UPDATES }, (_, n) => n);

  it.each([
    ['one process', () => 0],
    ['eight processes', (n: number) => n],
  ])('from %s are as many versions', { timeout: 240_000 }, async (_name, storeOf) => {
    const { id } = await newItem();
    const results = await Promise.allSettled(
      numbers.map(async (n) => {
        await baseAt(storeOf(n)).updateKnowledge(id, {
          ...{ newContent: { n }, changes: `to ${n}`, by: `agent ${n}` },
        });
        return n;
      }),
    );
    const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    // On a machine so busy that one waits for half a minute, it is told so; never that the store is away.
    for (const result of results)
      if (result.status === 'rejected')
        expect(String(result.reason)).toMatch(/ConflictError: .* by others for 30/);
    expect(made.length).toBeGreaterThan(0.9 * UPDATES);
    await expectAll(id, made);
  });

  it('that all expect the same version: one is made, the others are told who was first', async () => {
    const { id } = await newItem();
    const results = await Promise.allSettled(
      numbers.map((n) =>
        baseAt(n).updateKnowledge(id, {
          ...{ newContent: { n }, changes: 'mine', by: `agent ${n}`, expectedVersion: 1 },
        }),
      ),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toHaveLength(UPDATES - 1);
    const [, winner] = await baseAt(0).history(id);
    for (const error of refused) {
      expect(error).toBeInstanceOf(ConflictError);
      expect((error as Error).message).toBe(
        `Knowledge item ${id} is at version 2, made by ${winner?.by} at ${winner?.at.toISOString()}, not at the expected 1`,
      );
    }
    await expectAll(id, [(winner?.content as { n: number } | undefined)?.n ?? -1]);
  });
});
