import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { itemKey, knowledgeItems } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import type { Store } from '../../src/store/store.js';
import { dropOwnStore, openOwnStore } from './own-store.js';
import { statement } from './sharing-data.js';

let store: Store;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;
let base: KnowledgeBase;

beforeAll(async () => {
  store = await openOwnStore('popular');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  hub = new KnowledgeHub(store, tenant);
  base = new KnowledgeBase(store, tenant);
});

const times = async (count: number, act: (i: number) => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await act(i);
};
const shared = async (seed: string) => (await hub.shareKnowledge(statement(seed))).id;

describe('getPopularKnowledge', () => {
  it('ranks by what votes, confirmations and applications say for sure', async () => {
    const few = await shared('few');
    await times(3, (i) => hub.voteUseful(few, `a${i}`));
    const many = await shared('many');
    await times(12, (i) => hub.voteUseful(many, `a${i}`, i >= 2));
    const confirmed = await shared('confirmed');
    await times(4, (i) => hub.shareKnowledge(statement('confirmed', { sourceAgent: `a${i}` })));
    const applied = await shared('applied');
    await times(5, () => base.recordUsage(applied, true));
    const repeated = await shared('repeated');
    await times(6, () => hub.shareKnowledge(statement('repeated')));
    const seen = await shared('seen');
    await times(9, (i) => hub.view(seen, `a${i}`));
    const disliked = await shared('disliked');
    await times(3, (i) => hub.voteUseful(disliked, `a${i}`, i === 0));
    const popular = await hub.getPopularKnowledge();
    expect(popular.map(({ id }) => id)).toEqual([applied, many, confirmed, few, disliked]);
    // Wilson's lower bounds of 5/5, 10/12, 4/4, 3/3 and 1/3.
    const bounds = [0.5655, 0.552, 0.5101, 0.4385, 0.0615];
    for (const [i, { popularity }] of popular.entries()) expect(popularity).toBeCloseTo(bounds[i] ?? 0, 3);
    expect((await hub.getPopularKnowledge(2)).map(({ id }) => id)).toEqual([applied, many]);
    expect(repeated).not.toBe(seen);
  });

  it('follows votes that are changed, and leaves out what look-ups do not hand out', async () => {
    const one = await shared('one');
    const other = await shared('other');
    await times(2, (i) => hub.voteUseful(one, `a${i}`));
    await hub.voteUseful(other, 'a');
    const ids = async () => (await hub.getPopularKnowledge()).map(({ id }) => id);
    expect(await ids()).toEqual([one, other]);
    await hub.withdrawVote(one, 'a0');
    await hub.voteUseful(one, 'a1', false);
    expect(await ids()).toEqual([other]);
    await knowledgeItems(store).updateOne({ _id: itemKey(tenant, other) }, { $set: { state: 'ARCHIVED' } });
    expect(await ids()).toEqual([]);
    expect(await new KnowledgeHub(store, `${tenant}-other`).getPopularKnowledge()).toEqual([]);
  });

  it('reads by index some hundreds of items, however many there are', async () => {
    await times(5, async (i) => hub.voteUseful(await shared(`liked ${i}`), 'a'));
    const [model] = await knowledgeItems(store).find({ tenant }).limit(1).toArray();
    if (model === undefined) throw new Error('nothing was shared');
    const crowd = Array.from({ length: 3_000 }, (_, i) => ({
      ...{ ...model, id: `crowd${i}`, _id: itemKey(tenant, `crowd${i}`), sequence: i + 10 },
      ...{ votes: 1, approvals: 1, downvotes: 1 },
    }));
    await knowledgeItems(store).insertMany(crowd);
    await store.db.command({ profile: 2 });
    const popular = await hub.getPopularKnowledge(5);
    await store.db.command({ profile: 0 });
    const reads = await store.db
      .collection<{ docsExamined?: number; planSummary?: string }>('system.profile')
      .find({ ns: knowledgeItems(store).namespace, op: 'query' })
      .toArray();
    expect(popular).toHaveLength(5);
    expect(reads.length).toBeGreaterThanOrEqual(3);
    for (const { docsExamined = 0, planSummary = '' } of reads) {
      expect(docsExamined).toBeLessThanOrEqual(500);
      expect(planSummary).toContain('IXSCAN');
    }
  });
});

describe('queryKnowledge', () => {
  beforeEach(async () => {
    await hub.shareKnowledge(statement('plain', { priority: 'LOW', category: 'parsing', tags: ['a'] }));
    await hub.shareKnowledge(
      statement('warned', { type: 'WARNING', channel: 'warnings', priority: 'CRITICAL', tags: ['a', 'b'] }),
    );
    await base.addKnowledge({ category: 'parsing', title: 'By a person', content: { rule: 'check twice' } });
    const failed = await hub.shareKnowledge(statement('failed', { channel: 'testing', priority: 'HIGH' }));
    await times(5, () => base.recordUsage(failed.id, false));
  });
  const titleOf = (seed: string) => statement(seed).title;
  const asked = async (query: Parameters<KnowledgeHub['queryKnowledge']>[0]) =>
    (await hub.queryKnowledge(query)).map(({ title }) => title).sort();
  const sorted = (...titles: string[]) => titles.sort();

  it('filters by every field', async () => {
    expect(await asked({})).toEqual(sorted(titleOf('plain'), titleOf('warned'), 'By a person'));
    expect(await asked({ state: 'DEPRECATED' })).toEqual([titleOf('failed')]);
    expect(await asked({ state: 'ARCHIVED' })).toEqual([]);
    expect(await asked({ trust: 'trusted' })).toEqual(['By a person']);
    expect(await asked({ trust: 'untrusted' })).toEqual(sorted(titleOf('plain'), titleOf('warned')));
    expect(await asked({ category: 'parsing' })).toEqual(sorted(titleOf('plain'), 'By a person'));
    expect(await asked({ minPriority: 'HIGH' })).toEqual([titleOf('warned')]);
    expect(await asked({ minPriority: 'HIGH', state: 'DEPRECATED' })).toEqual([titleOf('failed')]);
    expect(await asked({ type: 'WARNING' })).toEqual([titleOf('warned')]);
    expect(await asked({ tags: ['a', 'b'] })).toEqual([titleOf('warned')]);
    expect(await asked({ channel: 'code' })).toEqual([titleOf('plain')]);
    expect(await asked({ query: titleOf('plain'), category: 'parsing', trust: 'untrusted' })).toEqual([
      titleOf('plain'),
    ]);
    expect(await asked({ query: titleOf('plain'), trust: 'trusted' })).toEqual([]);
    expect(await asked({ query: titleOf('failed'), state: 'DEPRECATED' })).toEqual([titleOf('failed')]);
    await hub.subscribeToChannel('listener', 'warnings');
    expect(await asked({ agent: 'listener' })).toEqual([titleOf('warned')]);
    expect(await asked({ agent: 'nobody' })).toEqual([]);
  });

  it.each([
    [{ trust: 'some' }, 'trust'],
    [{ state: 'ACTIVE' }, 'state'],
    [{ category: { $ne: '' } }, 'category'],
    [{ viewer: { $ne: '' } }, 'viewer'],
  ])('refuses %j, naming the field', async (query, field) => {
    const refused = hub.queryKnowledge(query as Parameters<KnowledgeHub['queryKnowledge']>[0]);
    await expect(refused).rejects.toMatchObject({ name: 'InvalidInputError', field });
  });
});
