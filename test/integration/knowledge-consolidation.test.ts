import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import { knowledgeContext } from '../../src/knowledge/context.js';
import { deciding } from '../../src/knowledge/evolve/likeness-steps.js';
import { type Draft, insertItems } from '../../src/knowledge/insert-items.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { consolidateSome } from '../../src/knowledge/likeness/consolidate.js';
import { decideContradictions } from '../../src/knowledge/likeness/decide.js';
import { findLike } from '../../src/knowledge/likeness/find-like.js';
import { mergeItems, unmergeItem } from '../../src/knowledge/likeness/merge-items.js';
import { markKinds, marksOf } from '../../src/knowledge/sharing/marks.js';
import { ConflictError } from '../../src/shared/errors.js';
import { events, type ItemEvent } from '../../src/store/event-log.js';
import { ensureLedger } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenant: string;
let tenants = 0;
let hub: KnowledgeHub;
let base: KnowledgeBase;

beforeAll(async () => {
  store = await openOwnStore('likeness');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  hub = new KnowledgeHub(store, tenant);
  base = new KnowledgeBase(store, tenant);
});

const context = () => knowledgeContext(store, tenant);

const restart = 'Restart the worker after changing the configuration, or it goes on with the old one.';
const again = 'After changing the config, restart the worker, or it goes on with the old one.';
const never = 'Do not restart the worker after changing the configuration, or it goes on with the old one.';

/** Writes an item as it would be shared, past the look for near-duplicates at sharing. */
async function put(id: string, content: string, fields: Partial<Draft> = {}): Promise<string> {
  const source = fields.source ?? `agent-${id}`;
  const draft: Draft = {
    ...{ id, type: 'SOLUTION', category: 'general', title: 'Configuration', content, context: {} },
    ...{ priority: 'MEDIUM', tags: [], channel: null, source, executionId: null, state: 'EXPERIMENTAL' },
    ...{ trust: 'untrusted', learningId: null, sources: [{ kind: 'agent', ref: source }] },
    ...fields,
  };
  await store.transaction((session) => insertItems(store, tenant, [draft], session));
  return id;
}

const stored = async (id: string) => {
  const found = await knowledgeItems(store).findOne({ _id: `${tenant}|${id}` });
  if (found === null) throw new Error(`${id} is not there`);
  return found;
};
const acts = async (id: string): Promise<string[]> =>
  (await events(store).find({ tenant, kind: 'item', itemId: id }).sort({ at: 1 }).toArray()).map(
    (event) => (event as ItemEvent).act,
  );
const marks = async (id: string): Promise<string[]> => {
  const found = await Promise.all(
    markKinds.map(async (kind) =>
      (await marksOf(store, kind).find({ tenant, id }).toArray()).map(({ key }) => `${kind} ${key}`),
    ),
  );
  return found.flat().sort();
};

describe('a run of maintenance', () => {
  it('leaves contradictions to the next when its time is up, which begins elsewhere', async () => {
    const first = await stored(await put('k_00', restart));
    await knowledgeItems(store).insertMany(
      Array.from({ length: 120 }, (_, n) => {
        const id = `k_${n.toString(16).padStart(2, '0')}${'0'.repeat(6)}`;
        const other = `k_${(n ^ 1).toString(16).padStart(2, '0')}${'0'.repeat(6)}`;
        return { ...first, _id: `${tenant}|${id}`, id, contradicts: [other] };
      }),
    );
    let transactions = 0;
    const counting: Store = {
      ...store,
      transaction: (...given) => {
        transactions += 1;
        return store.transaction(...given);
      },
    };
    const options = { now: new Date(), run: 'run' };
    const looking = (signal: AbortSignal) =>
      deciding.run(knowledgeContext(counting, tenant), { ...options, signal });
    expect(await looking(AbortSignal.abort())).toEqual({ written: {}, finished: true });
    expect(transactions).toBeLessThanOrEqual(50);
    transactions = 0;
    expect(await looking(new AbortController().signal)).toEqual({ written: {}, finished: true });
    expect(transactions).toBeGreaterThanOrEqual(120);
  });
});

describe('consolidation', () => {
  it('finds what waits for it without reading what does not', async () => {
    await put('waiting', restart);
    const waiting = await stored('waiting');
    const others = (count: number, name: string, fields: Partial<typeof waiting>) =>
      Array.from({ length: count }, (_, n) => {
        const id = `${name}${n}`;
        return { ...waiting, _id: `${tenant}|${id}`, id, text: id, title: id, content: id, ...fields };
      });
    await knowledgeItems(store).insertMany([
      ...others(300, 'compared', { comparedVersion: 1 }),
      ...others(300, 'away', { state: 'ARCHIVED' }),
    ]);
    await store.db.command({ profile: 2 });
    await consolidateSome(context(), 50);
    await consolidateSome(context(), 50);
    await store.db.command({ profile: 0 });
    const reads = await store.db
      .collection('system.profile')
      .find({ ns: `${store.db.databaseName}.knowledge`, 'command.filter.comparedVersion': { $exists: true } })
      .toArray();
    expect(reads).toHaveLength(2);
    for (const read of reads) expect(read['docsExamined']).toBeLessThan(10);
  });

  it('merges what says the same into one item that keeps votes, confirmations, sources and usage of both', async () => {
    await put('old', restart);
    await put('new', again);
    await hub.voteUseful('old', 'ann');
    await hub.voteUseful('new', 'ann');
    await hub.voteUseful('new', 'bob');
    await base.recordUsage('new', true);
    await base.recordUsage('old', false);
    // More agents found the new one useful.
    expect(await consolidateSome(context(), 10)).toMatchObject({ merged: 1, contradicted: 0 });
    const [merged, survivor] = [await base.get('old'), await base.get('new')];
    expect(merged).toMatchObject({ state: 'ARCHIVED', mergedInto: 'new', votes: 1 });
    expect(survivor).toMatchObject({ mergedInto: null, absorbed: 1, votes: 2, confirmations: 1 });
    expect(survivor.usage).toMatchObject({ successes: 1, failures: 1 });
    expect(await marks('new')).toEqual([
      'confirmations agent-old',
      'sources agent:agent-new',
      'sources agent:agent-old',
      'votes ann',
      'votes bob',
    ]);
    expect(await base.history('old')).toHaveLength(1);
    expect(await acts('old')).toContain('merged');
    expect(await consolidateSome(context(), 10)).toMatchObject({ compared: 0, merged: 0 });
  });

  it('takes up where a call ended, whatever is asked for at a time', async () => {
    for (let at = 0; at < 6; at++) await put(`s${at}`, at % 2 === 0 ? restart : again);
    let merged = 0;
    for (let calls = 0; calls < 20; calls++) {
      const done = await consolidateSome(context(), 1);
      merged += done.merged;
      if (done.compared === 0) break;
    }
    expect(merged).toBe(5);
    const active = await knowledgeItems(store).find({ tenant, state: 'EXPERIMENTAL' }).toArray();
    expect(active.map(({ id }) => id)).toEqual(['s0']);
  });

  it('has two runs at once come to the same', async () => {
    for (let at = 0; at < 6; at++) await put(`s${at}`, at % 2 === 0 ? restart : again);
    const done = await Promise.all([1, 2, 3].map(() => consolidateSome(context(), 10)));
    expect(done.reduce((sum, { merged }) => sum + merged, 0)).toBe(5);
    expect(await knowledgeItems(store).countDocuments({ tenant, mergedInto: null })).toBe(1);
    const absorbed = (await knowledgeItems(store).find({ tenant }).toArray()).map((item) => item.absorbed);
    expect(absorbed.reduce((sum, each) => sum + each, 0)).toBe(5);
  });

  it('lets no lesser item swallow one, and merges no warning into a solution', async () => {
    await put('mine', restart, { trust: 'trusted' });
    await put('proven', again, { state: 'VALIDATED' });
    await put('warning', again, { type: 'WARNING' });
    expect(await consolidateSome(context(), 10)).toMatchObject({ compared: 3, merged: 0 });
    await put('lesser', restart);
    expect(await consolidateSome(context(), 10)).toMatchObject({ compared: 1, merged: 1 });
    expect((await stored('lesser')).mergedInto).not.toBeNull();
  });

  it('stays within the tenant', async () => {
    await put('one', restart);
    const home = tenant;
    tenant = `${home}-other`;
    await put('one', again);
    expect(await consolidateSome(context(), 10)).toMatchObject({ compared: 1, merged: 0 });
    const found = await findLike(
      store,
      tenant,
      { title: 'Configuration', content: restart },
      { limit: 5, timeoutMS: 5_000 },
    );
    expect(found.map(({ item }) => item.tenant)).toEqual([tenant]);
  });

  it('finds what says the same as something to be shared', async () => {
    await put('known', restart);
    await put('other', 'Clear the queue of the agent before the tests of the release begin.');
    const [first] = await findLike(
      store,
      tenant,
      { title: 'Configuration', content: again },
      { limit: 5, timeoutMS: 5_000 },
    );
    expect(first).toMatchObject({ item: { id: 'known' }, comparison: { verdict: 'duplicate' } });
  });
});

describe('taking out of a merge', () => {
  it('gives each back what it had, and leaves the two apart', async () => {
    await put('old', restart);
    await put('new', again);
    await hub.voteUseful('new', 'bob');
    await hub.voteUseful('old', 'ann');
    await base.recordUsage('new', true);
    const before = await Promise.all(
      ['old', 'new'].map(async (id) => [await marks(id), (await base.get(id)).usage]),
    );
    await consolidateSome(context(), 10);
    expect((await stored('new')).mergedInto).toBe('old');
    await unmergeItem(store, tenant, 'new', { by: 'ann', reason: 'they differ' });
    const after = await Promise.all(
      ['old', 'new'].map(async (id) => [await marks(id), (await base.get(id)).usage]),
    );
    expect(after).toEqual(before);
    expect(await stored('old')).toMatchObject({ absorbed: 0, votes: 1, confirmations: 0, repeats: 0 });
    expect(await stored('new')).toMatchObject({ state: 'EXPERIMENTAL', mergedInto: null, votes: 1 });
    await knowledgeItems(store).updateMany({ tenant }, { $set: { comparedVersion: 0 } });
    expect(await consolidateSome(context(), 10)).toMatchObject({ compared: 2, merged: 0 });
    await expect(unmergeItem(store, tenant, 'new', { by: 'ann', reason: 'x' })).rejects.toThrow(
      ConflictError,
    );
  });

  it('keeps chains, and takes them apart from the top', async () => {
    for (const id of ['a', 'b', 'c']) await put(id, restart);
    await ensureLedger(store, tenant);
    const merge = (into: string, from: string) =>
      store.transaction((session) =>
        mergeItems(store, tenant, into, from, { by: 'x', reason: 'same' }, session),
      );
    await base.recordUsage('c', true);
    expect(await merge('b', 'c')).toBe(true);
    expect(await merge('b', 'c')).toBe(false);
    expect(await merge('a', 'b')).toBe(true);
    expect((await base.get('a')).usage).toMatchObject({ successes: 1 });
    await expect(merge('a', 'c')).rejects.toThrow(/archived/);
    await expect(merge('a', 'a')).rejects.toThrow(/itself/);
    await expect(unmergeItem(store, tenant, 'c', { by: 'x', reason: 'y' })).rejects.toThrow(
      /take b out first/,
    );
    await unmergeItem(store, tenant, 'b', { by: 'x', reason: 'y' });
    expect((await base.get('b')).usage).toMatchObject({ successes: 1 });
    expect((await base.get('a')).usage).toMatchObject({ successes: 0 });
    expect(await stored('c')).toMatchObject({ mergedInto: 'b', state: 'ARCHIVED' });
  });

  it('refuses a merge of what was edited since it was compared', async () => {
    await put('a', restart);
    await put('b', again);
    await ensureLedger(store, tenant);
    await base.updateKnowledge('b', { newContent: 'Something else by now.', changes: 'x' });
    const versions = { into: 1, from: 1 };
    const merge = store.transaction((session) =>
      mergeItems(store, tenant, 'a', 'b', { by: 'x', reason: 'same', versions }, session),
    );
    await expect(merge).rejects.toThrow(/edited/);
    expect((await stored('b')).mergedInto).toBeNull();
  });
});

describe('contradictions', () => {
  it('are marked on both until evidence decides, and the loser is deprecated with the reason', async () => {
    await put('yes', restart);
    await put('no', never);
    expect(await consolidateSome(context(), 10)).toMatchObject({ merged: 0, contradicted: 1 });
    expect([(await stored('yes')).contradicts, (await stored('no')).contradicts]).toEqual([['no'], ['yes']]);
    expect(await acts('yes')).toContain('contradicted');
    expect(await decideContradictions(context(), 10)).toMatchObject({
      looked: 2,
      deprecated: 0,
      reconciled: 0,
    });
    for (let use = 0; use < 12; use++) await base.recordUsage('yes', true);
    for (const agent of 'abcdefghijklmn') await hub.voteUseful('yes', agent);
    for (let use = 0; use < 12; use++) await base.recordUsage('no', use < 5);
    expect(await decideContradictions(context(), 10)).toMatchObject({ deprecated: 1, reconciled: 1 });
    const lost = await stored('no');
    expect(lost).toMatchObject({ state: 'DEPRECATED', contradicts: [] });
    expect(lost.deprecation?.reason).toContain('it contradicts yes');
    expect(await stored('yes')).toMatchObject({ state: 'VALIDATED', contradicts: [] });
    expect(await acts('no')).toEqual(expect.arrayContaining(['contradicted', 'reconciled', 'moved']));
  });

  it('end with an edit that says otherwise', async () => {
    await put('yes', restart);
    await put('no', never);
    await consolidateSome(context(), 10);
    await base.updateKnowledge('no', {
      newContent: 'Clear the queue of the agent before the release.',
      changes: 'x',
    });
    expect(await consolidateSome(context(), 10)).toMatchObject({ compared: 1, reconciled: 1 });
    expect([(await stored('yes')).contradicts, (await stored('no')).contradicts]).toEqual([[], []]);
  });

  it('end where one of the two is not in use any more', async () => {
    await put('yes', restart);
    await put('no', never);
    await consolidateSome(context(), 10);
    for (let use = 0; use < 6; use++) await base.recordUsage('no', false);
    expect((await stored('no')).state).toBe('DEPRECATED');
    expect(await decideContradictions(context(), 10)).toMatchObject({ deprecated: 0, reconciled: 1 });
    expect((await stored('yes')).contradicts).toEqual([]);
  });

  it('are spoken for by what an item was merged into', async () => {
    await put('yes', restart);
    await put('no', never);
    await consolidateSome(context(), 10);
    await put('better', again);
    for (const agent of ['a', 'b']) await hub.voteUseful('better', agent);
    await consolidateSome(context(), 10);
    expect((await stored('yes')).mergedInto).toBe('better');
    for (let use = 0; use < 30; use++) await base.recordUsage('better', true);
    for (let use = 0; use < 12; use++) await base.recordUsage('no', use % 2 === 0);
    expect((await decideContradictions(context(), 10)).deprecated).toBe(1);
    expect((await stored('no')).deprecation?.reason).toContain('better');
  });
});
