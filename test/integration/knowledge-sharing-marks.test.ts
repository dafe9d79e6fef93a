import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { itemKey, knowledgeIndexes, knowledgeItems } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { type MarkKind, marksOf, putMarks } from '../../src/knowledge/sharing/marks.js';
import { giveBackMarks, takeOverMarks } from '../../src/knowledge/sharing/merged-marks.js';
import { reinstateMarks, withdrawMarks } from '../../src/knowledge/sharing/withdrawn-marks.js';
import { NotFoundError } from '../../src/shared/errors.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';
import { statement } from './sharing-data.js';

let store: Store;
/** A connection of its own, as another process has. */
let second: Store;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;

beforeAll(async () => {
  const connection = { uri: inject('mongoUri'), database: `marks_${process.pid}`, deadlineMs: 20_000 };
  store = openStore(connection);
  second = openStore(connection);
  await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
  await second.close();
});
const newTenant = () => {
  tenant = `t${++tenants}`;
  hub = new KnowledgeHub(store, tenant);
};
beforeEach(newTenant);

const itemOf = async (id: string) =>
  knowledgeItems(store).findOne({ _id: itemKey(tenant, id) }, { projection: { text: 0 } });
const put = (kind: MarkKind, marks: Parameters<typeof putMarks>[3], on = store) =>
  on.transaction((session) => putMarks(on, tenant, kind, marks, session));
const logOf = async (id: string) =>
  (await events(store)
    .find({ tenant, itemId: id, act: { $in: ['voted', 'vote-withdrawn'] } })
    .sort({ at: 1 })
    .toArray()) as ItemEvent[];

/** The counts that the marks of an item call for. */
async function countsByMarks(id: string) {
  const of = async (kind: MarkKind) =>
    (await marksOf(store, kind).find({ tenant, id }).toArray()).filter((mark) => mark.retractedBy === null);
  const votes = await of('votes');
  const confirmations = (await of('confirmations')).length;
  const useful = votes.filter((vote) => vote.useful === true).length;
  return {
    ...{ votes: useful, downvotes: votes.length - useful, confirmations },
    ...{ views: (await of('views')).length, approvals: useful + confirmations },
  };
}

async function expectCountsToBeThoseOfMarks(ids: readonly string[]) {
  for (const id of ids)
    expect({ approvals: 0, ...(await itemOf(id)) }).toMatchObject(await countsByMarks(id));
}

describe('votes', () => {
  it('are one an agent, which can be changed and withdrawn', async () => {
    const { id } = await hub.shareKnowledge(statement('voted'));
    expect(await hub.voteUseful(id, 'ann')).toEqual({ votes: 1, downvotes: 0, counted: true });
    expect(await hub.voteUseful(id, 'ann')).toEqual({ votes: 1, downvotes: 0, counted: false });
    expect(await hub.voteUseful(id, 'bob', false)).toEqual({ votes: 1, downvotes: 1, counted: true });
    expect(await hub.voteUseful(id, 'ann', false)).toEqual({ votes: 0, downvotes: 2, counted: true });
    expect(await hub.withdrawVote(id, 'ann')).toEqual({ votes: 0, downvotes: 1, counted: true });
    expect(await hub.withdrawVote(id, 'ann')).toEqual({ votes: 0, downvotes: 1, counted: false });
    expect(await hub.voteUseful(id, 'ann')).toEqual({ votes: 1, downvotes: 1, counted: true });
    expect((await logOf(id)).map(({ act, by, detail }) => [act, by, detail['useful']])).toEqual([
      ['voted', 'ann', true],
      ['voted', 'bob', false],
      ['voted', 'ann', false],
      ['vote-withdrawn', 'ann', false],
      ['voted', 'ann', true],
    ]);
    await expectCountsToBeThoseOfMarks([id]);
  });

  it('count once when they come at once from two processes, and follow the last word', async () => {
    const { id } = await hub.shareKnowledge(statement('voted'));
    const away = new KnowledgeHub(second, tenant);
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        (i % 2 === 0 ? hub : away).voteUseful(id, `agent${i % 20}`, i % 3 !== 0),
      ),
    );
    const { votes = 0, downvotes = 0 } = (await itemOf(id)) ?? {};
    expect(votes + downvotes).toBe(20);
    expect(await logOf(id)).toHaveLength(results.filter(({ counted }) => counted).length);
    await expectCountsToBeThoseOfMarks([id]);
  });

  it('are refused for what the tenant does not have, and for what is no verdict', async () => {
    const { id } = await hub.shareKnowledge(statement('voted'));
    const other = new KnowledgeHub(store, `${tenant}-other`);
    await expect(other.voteUseful(id, 'ann')).rejects.toThrow(NotFoundError);
    await expect(other.withdrawVote(id, 'ann')).rejects.toThrow(NotFoundError);
    await expect(other.view(id, 'ann')).rejects.toThrow(NotFoundError);
    const wrong = async () => hub.voteUseful(id, 'ann', 'yes' as unknown as boolean);
    await expect(wrong()).rejects.toMatchObject({ field: 'useful' });
    expect(await itemOf(id)).toMatchObject({ votes: 0, downvotes: 0, views: 0 });
  });

  it('go to the item that speaks for a merged one', async () => {
    const [from, into] = await Promise.all([
      hub.shareKnowledge(statement('from')),
      hub.shareKnowledge(statement('into')),
    ]);
    await knowledgeItems(store).updateOne(
      { _id: itemKey(tenant, from.id) },
      { $set: { mergedInto: into.id } },
    );
    expect(await hub.voteUseful(from.id, 'ann')).toMatchObject({ votes: 1, counted: true });
    expect(await hub.view(from.id, 'ann')).toBe(true);
    expect(await itemOf(from.id)).toMatchObject({ votes: 0, views: 0 });
    expect(await itemOf(into.id)).toMatchObject({ votes: 1, views: 1 });
  });
});

describe('views', () => {
  it('are counted once an agent and item, by look-ups that name the viewer and by hand', async () => {
    const { id } = await hub.shareKnowledge(statement('seen'));
    await hub.shareKnowledge(statement('unseen', { channel: 'testing' }));
    await hub.queryKnowledge({ channel: 'code' });
    expect(await itemOf(id)).toMatchObject({ views: 0 });
    for (const viewer of ['ann', 'bob', 'ann']) await hub.queryKnowledge({ channel: 'code', viewer });
    await vi.waitFor(async () => expect(await itemOf(id)).toMatchObject({ views: 2 }), { timeout: 30_000 });
    expect(await hub.view(id, 'ann')).toBe(false);
    expect(await hub.view(id, 'eve')).toBe(true);
    const [measured] = await hub.queryKnowledge({ channel: 'code', viewer: 'fay' });
    expect(measured?.id).toBe(id);
    await vi.waitFor(async () => expect((await new KnowledgeBase(store, tenant).get(id)).views).toBe(4), {
      timeout: 30_000,
    });
    expect(await knowledgeItems(store).find({ tenant, views: 0 }).toArray()).toHaveLength(1);
  });

  it('count what many agents are handed at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) => hub.shareKnowledge(statement(`seen ${i}`))),
    );
    const away = new KnowledgeHub(second, tenant);
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        (i % 2 === 0 ? hub : away).queryKnowledge({ channel: 'code', viewer: `agent${i % 15}` }),
      ),
    );
    // A query does not wait long for its views to be counted.
    await vi.waitFor(
      async () => {
        for (const { id } of made) expect(await itemOf(id)).toMatchObject({ views: 15 });
      },
      { timeout: 30_000 },
    );
    await expectCountsToBeThoseOfMarks(made.map(({ id }) => id));
  });
});

describe('putMarks', () => {
  it('adds what is new, passes over items that are not there, and counts once from two processes', async () => {
    const { id } = await hub.shareKnowledge(statement('marked'));
    const keys = ['a', 'b', 'c', 'd'];
    const added = await Promise.all(
      [store, second, store, second].map((on) =>
        put(
          'views',
          keys.flatMap((key) => [
            { id, key },
            { id: 'none', key },
          ]),
          on,
        ),
      ),
    );
    expect(added.sort((a, b) => a - b)).toEqual([0, 0, 0, 4]);
    expect(await itemOf(id)).toMatchObject({ views: 4 });
    expect(await marksOf(store, 'views').countDocuments({ tenant })).toBe(4);
  });
});

type Step =
  | { do: 'vote'; item: number; agent: number; useful: boolean }
  | { do: 'unvote'; item: number; agent: number }
  | { do: 'view'; item: number; agent: number }
  | { do: 'confirm'; item: number; agents: number[] }
  | { do: 'merge' | 'unmerge'; from: number; into: number }
  | { do: 'withdraw' | 'reinstate'; agent: number };

const item = fc.nat({ max: 2 });
const agent = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('vote' as const), item, agent, useful: fc.boolean() }),
  fc.record({ do: fc.constantFrom('unvote' as const, 'view' as const), item, agent }),
  fc.record({
    do: fc.constant('confirm' as const),
    item,
    agents: fc.array(agent, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ do: fc.constantFrom('merge' as const, 'unmerge' as const), from: item, into: item }),
  fc.record({ do: fc.constantFrom('withdraw' as const, 'reinstate' as const), agent }),
);

async function take(ids: readonly string[], one: Step): Promise<void> {
  const id = (n: number): string => ids[n] ?? '';
  const name = (n: number): string => `agent${n}`;
  switch (one.do) {
    case 'vote':
      await hub.voteUseful(id(one.item), name(one.agent), one.useful);
      break;
    case 'unvote':
      await hub.withdrawVote(id(one.item), name(one.agent));
      break;
    case 'view':
      await hub.view(id(one.item), name(one.agent));
      break;
    case 'confirm':
      await put(
        'confirmations',
        one.agents.map((n) => ({ id: id(one.item), key: name(n) })),
      );
      break;
    case 'merge':
    case 'unmerge': {
      if (one.from === one.into) return;
      const move = one.do === 'merge' ? takeOverMarks : giveBackMarks;
      await store.transaction((session) => move(store, tenant, id(one.from), id(one.into), session));
      break;
    }
    case 'withdraw':
    case 'reinstate': {
      const change = one.do === 'withdraw' ? withdrawMarks : reinstateMarks;
      await store.transaction((session) =>
        change(store, tenant, { key: name(one.agent) }, `retraction-${one.agent}`, session),
      );
    }
  }
}

describe('whatever happens to marks', () => {
  it('items count what their marks say, and each party once', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        newTenant();
        const ids = await Promise.all(
          [0, 1, 2].map(async (n) => (await hub.shareKnowledge(statement(`item ${n}`))).id),
        );
        for (const one of steps) await take(ids, one);
        await expectCountsToBeThoseOfMarks(ids);
        for (const kind of ['votes', 'views', 'confirmations', 'sources'] as const) {
          const marks = await marksOf(store, kind).find({ tenant }).toArray();
          expect(new Set(marks.map(({ id, key }) => `${id}|${key}`)).size).toBe(marks.length);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('what is taken over and given back leaves both items as they were', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        newTenant();
        const ids = await Promise.all(
          [0, 1, 2].map(async (n) => (await hub.shareKnowledge(statement(`item ${n}`))).id),
        );
        for (const one of steps) if (one.do !== 'merge' && one.do !== 'unmerge') await take(ids, one);
        const before = await Promise.all(ids.map(countsByMarks));
        const merge = { from: 0, into: 1 };
        await take(ids, { do: 'merge', ...merge });
        const parties = async (n: number) =>
          marksOf(store, 'votes').distinct('key', { tenant, id: ids[n] ?? '' });
        expect(new Set(await parties(1))).toEqual(new Set([...(await parties(0)), ...(await parties(1))]));
        await take(ids, { do: 'unmerge', ...merge });
        expect(await Promise.all(ids.map(countsByMarks))).toEqual(before);
        await expectCountsToBeThoseOfMarks(ids);
      }),
      { numRuns: 15 },
    );
  });

  it('a party whose marks are withdrawn counts for nothing until they are reinstated', async () => {
    const { id } = await hub.shareKnowledge(statement('rated'));
    for (const name of ['bad', 'good']) {
      await hub.voteUseful(id, name);
      await hub.view(id, name);
      await put('confirmations', [{ id, key: name }]);
    }
    const withdrawn = await store.transaction((session) =>
      withdrawMarks(store, tenant, { key: 'bad' }, 'r1', session),
    );
    expect(withdrawn).toBe(3);
    expect(await itemOf(id)).toMatchObject({ votes: 1, views: 1, confirmations: 1, approvals: 2 });
    // Who votes again while that stands still counts for nothing.
    expect(await hub.voteUseful(id, 'bad', false)).toMatchObject({ votes: 1, downvotes: 0 });
    const back = await store.transaction((session) =>
      reinstateMarks(store, tenant, { key: 'bad' }, 'r1', session),
    );
    expect(back).toBe(3);
    expect(await itemOf(id)).toMatchObject({ votes: 1, downvotes: 1, views: 2, confirmations: 2 });
  });
});
