/** Versions of items: what each keeps, how they differ, restoring them, and whose words they are. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  itemKey,
  knowledgeItems,
  knowledgeSources,
  knowledgeVersions,
} from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/shared/errors.js';
import { events } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let tenant: string;
let base: KnowledgeBase;

beforeAll(async () => {
  store = await openOwnStore('versions');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  base = new KnowledgeBase(store, tenant);
});

const steps = ['install', 'build', 'run tests'];
const release = {
  ...{ category: 'deployment', title: 'How to release', content: { steps }, tags: ['release'], by: 'ann' },
};
const acts = async (id: string, act: string) =>
  events(store).find({ tenant, itemId: id, act }).sort({ at: 1 }).toArray();

describe('history', () => {
  it('keeps who, when and why, and every field that was changed', async () => {
    const { id } = await base.addKnowledge(release);
    const newContent = { steps: ['install', 'build', 'run unit tests'] };
    await base.updateKnowledge(id, { newContent, changes: 'the others are slow', by: 'ben' });
    await base.updateKnowledge(id, { title: 'How we release', changes: 'it is ours', by: 'cleo' });
    const retagged = await base.updateKnowledge(id, {
      ...{ tags: ['release', 'ci'], priority: 'HIGH', category: 'testing', type: 'SOLUTION' },
      ...{ changes: 'found more easily', by: 'dora' },
    });
    expect(retagged).toMatchObject({
      ...{ version: 4, title: 'How we release', content: newContent, tags: ['release', 'ci'] },
      ...{ priority: 'HIGH', category: 'testing', type: 'SOLUTION' },
    });
    const first = { ...release, type: 'TECHNIQUE', priority: 'MEDIUM', version: 1, changes: 'created' };
    expect(await base.history(id)).toEqual([
      { ...first, by: 'ann', at: expect.any(Date), trust: 'trusted', contentVersion: 1 },
      expect.objectContaining({ version: 2, content: newContent, changes: 'the others are slow', by: 'ben' }),
      expect.objectContaining({ version: 3, title: 'How we release', content: newContent, by: 'cleo' }),
      expect.objectContaining({ version: 4, tags: ['release', 'ci'], by: 'dora', contentVersion: 3 }),
    ]);
    const some = await base.history(id, { from: 2, limit: 2 });
    expect(some.map(({ version }) => version)).toEqual([2, 3]);
    expect(await base.history(id, { from: 5 })).toEqual([]);
    expect(await base.getVersion(id, 2)).toMatchObject({ version: 2, title: 'How to release', by: 'ben' });
    expect((await acts(id, 'edited')).map(({ by }) => by)).toEqual(['ben', 'cleo', 'dora']);
  });

  it('of an update that changes nothing has no version, whatever is named', async () => {
    const { id, updatedAt } = await base.addKnowledge(release);
    const { title, tags, content: newContent } = release;
    const again = await base.updateKnowledge(id, { title, tags, newContent, changes: 'none', by: 'eve' });
    expect(again).toMatchObject({ version: 1, updatedAt });
    expect(await base.history(id)).toHaveLength(1);
    expect(await acts(id, 'edited')).toEqual([]);
  });

  it('refuses an update without a change, an unknown field, and versions that cannot be', async () => {
    const { id } = await base.addKnowledge(release);
    await expect(base.updateKnowledge(id, { changes: 'none' })).rejects.toThrow(/at least one of newContent/);
    const evil = { title: { $ne: '' }, changes: 'x' } as unknown as { title: string; changes: string };
    await expect(base.updateKnowledge(id, evil)).rejects.toMatchObject({ field: 'title' });
    await expect(base.getVersion(id, 0)).rejects.toThrow(InvalidInputError);
    await expect(base.diff(id, 1, 1.5)).rejects.toMatchObject({ field: 'to', value: 1.5 });
    await expect(base.getVersion(id, 2)).rejects.toThrow(
      `version "2" was not found: knowledge item ${id} has versions 1 to 1`,
    );
    await expect(base.history('nothing')).rejects.toThrow(NotFoundError);
    await expect(new KnowledgeBase(store, `${tenant}-other`).getVersion(id, 1)).rejects.toThrow(
      NotFoundError,
    );
  });

  it('takes secrets out of what is entered', async () => {
    const { id } = await base.addKnowledge(release);
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    await base.updateKnowledge(id, { title: `use ${secret}`, changes: `with ${secret}` });
    expect(JSON.stringify(await base.history(id))).not.toContain(secret);
  });
});

describe('a difference', () => {
  it('is told in lines and in data, either way round', async () => {
    const { id } = await base.addKnowledge(release);
    const newContent = { steps: ['install', 'build', 'run unit tests', 'tag'], owner: 'ops' };
    await base.updateKnowledge(id, { newContent, tags: ['ci'], title: 'Releasing', changes: 'x' });
    const diff = await base.diff(id, 1, 2);
    expect(diff.lines).toEqual([
      'title: "How to release" → "Releasing"',
      'content.steps[2]: "run tests" → "run unit tests"',
      'content.steps[3]: added "tag"',
      'content.owner: added "ops"',
      'tags[0]: "release" → "ci"',
    ]);
    expect(diff.changes[1]).toEqual({
      ...{ path: 'content.steps[2]', kind: 'changed', before: 'run tests', after: 'run unit tests' },
    });
    const back = await base.diff(id, 2, 1);
    expect(back.lines).toContain('content.steps[3]: removed "tag"');
    expect((await base.diff(id, 2, 2)).lines).toEqual([]);
  });
});

describe('restoring', () => {
  it('makes a new version of an old one, with its proof', async () => {
    const { id } = await base.addKnowledge(release);
    for (let use = 0; use < 6; use += 1) await base.recordUsage(id, true);
    const edited = await base.updateKnowledge(id, { newContent: { steps: [] }, changes: 'wrong', by: 'ben' });
    expect(edited).toMatchObject({ state: 'EXPERIMENTAL', usage: { applied: 0, successRate: null } });
    await base.recordUsage(id, false);
    const restored = await base.restoreVersion(id, 1, { by: 'ann', reason: 'ben erred' });
    expect(restored).toMatchObject({
      ...{ version: 3, content: release.content, state: 'VALIDATED', trust: 'trusted' },
      usage: { applied: 6, successes: 6, failures: 0 },
    });
    expect(await base.getVersion(id, 3)).toMatchObject({
      ...{ changes: 'ben erred', by: 'ann', restored: 1, contentVersion: 1 },
    });
    const [log] = await acts(id, 'version-restored');
    expect(log).toMatchObject({
      by: 'ann',
      detail: { version: 3, restored: 1, from: 'EXPERIMENTAL', to: 'VALIDATED', changes: 'ben erred' },
    });
    // What is learned from now on counts with what was known; and other words are other words again.
    expect((await base.recordUsage(id, false)).usage).toMatchObject({ successes: 6, failures: 1 });
    const retagged = await base.updateKnowledge(id, { tags: ['x'], changes: 'tags' });
    expect(retagged.usage).toMatchObject({ successes: 6, failures: 1 });
    const second = await base.restoreVersion(id, 2, { reason: 'after all' });
    expect(second).toMatchObject({ version: 5, state: 'EXPERIMENTAL', usage: { successes: 0, failures: 1 } });
    expect((await base.restoreVersion(id, 4, { reason: 'no' })).usage).toMatchObject({
      successes: 6,
      failures: 1,
    });
    expect((await base.getBestPractices())[0]).toMatchObject({ id });
  });

  it('of what the item is anyway changes nothing', async () => {
    const { id } = await base.addKnowledge(release);
    expect(await base.restoreVersion(id, 1, { reason: 'none' })).toMatchObject({ version: 1 });
    expect(await base.history(id)).toHaveLength(1);
  });

  it('can expect a version, and is refused for versions that never were', async () => {
    const { id } = await base.addKnowledge(release);
    await base.updateKnowledge(id, { title: 'Other', changes: 'x', by: 'ben' });
    await expect(base.restoreVersion(id, 1, { reason: 'late', expectedVersion: 1 })).rejects.toThrow(
      /is at version 2, made by ben at \d{4}-.*Z, not at the expected 1/,
    );
    await expect(base.restoreVersion(id, 7, { reason: 'x' })).rejects.toThrow(NotFoundError);
    await expect(base.restoreVersion(id, 1, { reason: '' })).rejects.toMatchObject({ field: 'reason' });
  });

  it('leaves an archived item archived', async () => {
    const { id } = await base.addKnowledge({ ...release, state: 'ARCHIVED' });
    await base.updateKnowledge(id, { title: 'Other', changes: 'x' });
    expect(await base.restoreVersion(id, 1, { reason: 'back' })).toMatchObject({
      ...{ version: 3, state: 'ARCHIVED', title: release.title },
    });
  });

  it('brings what versions of before kept, and leaves the rest', async () => {
    const { id } = await base.addKnowledge(release);
    // As they were stored before versions kept more than title and content.
    await knowledgeVersions(store).updateOne(
      { tenant, id, version: 1 },
      { $unset: { type: '', category: '', tags: '', priority: '', trust: '', contentVersion: '' } },
    );
    await base.updateKnowledge(id, { title: 'Other', tags: ['new'], changes: 'x' });
    expect((await base.diff(id, 1, 2)).lines).toEqual(['title: "How to release" → "Other"']);
    expect(await base.restoreVersion(id, 1, { reason: 'back' })).toMatchObject({
      ...{ title: release.title, tags: ['new'], category: 'deployment', trust: 'untrusted' },
    });
  });
});

describe('what an item has proved', () => {
  it('stays with new tags, another type, category or priority; other words have to prove themselves', async () => {
    const { id } = await base.addKnowledge(release);
    for (let use = 0; use < 5; use += 1) await base.recordUsage(id, true);
    const proved = { state: 'VALIDATED', usage: { applied: 5, successes: 5 } };
    expect(await base.updateKnowledge(id, { tags: ['a'], changes: 'x' })).toMatchObject(proved);
    const more = { category: 'testing', type: 'SOLUTION', priority: 'LOW' } as const;
    expect(await base.updateKnowledge(id, { ...more, changes: 'x' })).toMatchObject(proved);
    expect((await base.recordUsage(id, false)).usage).toMatchObject({ successes: 5, failures: 1 });
    expect((await base.getBestPractices())[0]).toMatchObject({ id });
    const retitled = await base.updateKnowledge(id, { title: 'Releases', changes: 'x' });
    expect(retitled).toMatchObject({ version: 4, state: 'EXPERIMENTAL', usage: { applied: 0 } });
    expect(await base.getBestPractices()).toEqual([]);
    const [last] = (await acts(id, 'edited')).slice(-1);
    expect(last).toMatchObject({ detail: { version: 4, from: 'VALIDATED', to: 'EXPERIMENTAL' } });
  });
});

describe('trust', () => {
  const shareFrom = (sourceAgent: string) =>
    new KnowledgeHub(store, tenant).shareKnowledge({
      ...{ sourceAgent, type: 'TECHNIQUE', title: 'Retry', content: 'Retry three times' },
    });

  it('is a person’s for words that a person entered, title and content both', async () => {
    const { id } = await shareFrom('coder');
    const trust = async (update: Parameters<KnowledgeBase['updateKnowledge']>[1]) =>
      (await base.updateKnowledge(id, update)).trust;
    expect(await trust({ tags: ['network'], changes: 'tagged', by: 'ann' })).toBe('untrusted');
    expect(await trust({ newContent: 'Retry twice', changes: 'x', by: 'ann' })).toBe('untrusted');
    // The title is still the agent's: entered with the content, it is hers.
    const both = { title: 'Retry', newContent: 'Retry once', changes: 'x', by: 'ann' };
    expect(await trust(both)).toBe('trusted');
    expect(await trust({ tags: ['net'], changes: 'x', by: 'ann' })).toBe('trusted');
    expect(await trust({ newContent: 'Never retry', changes: 'x', by: 'coder', as: 'agent' })).toBe(
      'untrusted',
    );
    expect((await base.restoreVersion(id, 4, { by: 'ann', reason: 'hers' })).trust).toBe('trusted');
    expect((await base.restoreVersion(id, 1, { by: 'ann', reason: 'the agent’s' })).trust).toBe('untrusted');
  });

  it('counts who enters words among what the item comes from', async () => {
    const { id } = await shareFrom('coder');
    await base.updateKnowledge(id, { tags: ['x'], changes: 'x', by: 'ann' });
    await base.updateKnowledge(id, { newContent: 'Retry twice', changes: 'x', by: 'ben' });
    const found = await knowledgeSources(store).find({ tenant, id }).sort({ key: 1 }).toArray();
    expect(found.map(({ key }) => key)).toEqual(['agent:coder', 'person:ben']);
    expect((await base.list({ source: 'person:ben' })).map((item) => item.id)).toEqual([id]);
    await expect(base.list({ source: 'ben' })).rejects.toMatchObject({ field: 'source', value: 'ben' });
  });
});

describe('an id once given', () => {
  it('leads to the item that speaks for it, which alone is edited', async () => {
    const [a, b, c] = await Promise.all(
      ['a', 'b', 'c'].map((title) => base.addKnowledge({ ...release, title })),
    );
    const merge = (into: string, from: string) =>
      store.transaction((session) =>
        mergeItems(store, tenant, into, from, { by: 'system', reason: 'the same' }, session),
      );
    await merge(b?.id ?? '', a?.id ?? '');
    await merge(c?.id ?? '', b?.id ?? '');
    expect(await base.get(a?.id ?? '')).toMatchObject({ title: 'a', state: 'ARCHIVED', mergedInto: c?.id });
    const edit = base.updateKnowledge(a?.id ?? '', { title: 'x', changes: 'x' });
    await expect(edit).rejects.toThrow(ConflictError);
    await expect(edit).rejects.toThrow(`was merged into ${b?.id}`);
    expect((await base.list({ mergedInto: c?.id })).map(({ title }) => title)).toEqual(['b']);
  });

  it('says what became of an item that was removed', async () => {
    await expect(base.get('k_none')).rejects.toThrow('knowledge item "k_none" was not found');
    const { id } = await base.addKnowledge(release);
    await knowledgeItems(store).deleteOne({ _id: itemKey(tenant, id), tenant });
    await events(store).insertOne({
      ...{ _id: `${tenant}|item|${id}|removed`, kind: 'item', tenant, itemId: id, act: 'removed' },
      ...{
        at: new Date('2026-01-02T03:04:05Z'),
        by: 'system',
        detail: { reason: 'pruned' },
        generations: [],
      },
    });
    await expect(base.get(id)).rejects.toThrow(/removed at 2026-01-02T03:04:05.000Z by system: pruned/);
  });
});

describe('lists', () => {
  it('hold what is asked for, in the order asked for', async () => {
    const hub = new KnowledgeHub(store, tenant);
    const old = await base.addKnowledge({ ...release, title: 'old' });
    const shared = await hub.shareKnowledge({
      ...{ sourceAgent: 'coder', type: 'WARNING', title: 'hot', content: 'Mind the gap', channel: 'code' },
      ...{ tags: ['gap'], category: 'trains' },
    });
    const used = await base.addKnowledge({ ...release, title: 'used', state: 'VALIDATED' });
    await base.recordUsage(used.id, true);
    await hub.voteUseful(shared.id, 'tester');
    const titles = async (query: Parameters<KnowledgeBase['list']>[0]) =>
      (await base.list(query)).map(({ title }) => title);
    expect(await titles({})).toEqual(['used', 'hot', 'old']);
    expect(await titles({ order: 'oldest', limit: 2 })).toEqual(['old', 'hot']);
    expect(await titles({ order: 'votes', limit: 1 })).toEqual(['hot']);
    expect(await titles({ order: 'success', limit: 1 })).toEqual(['used']);
    expect(await titles({ channel: 'code' })).toEqual(['hot']);
    expect(await titles({ tag: 'gap' })).toEqual(['hot']);
    expect(await titles({ category: 'trains', type: 'WARNING', trust: 'untrusted' })).toEqual(['hot']);
    expect(await titles({ trust: 'trusted', state: 'EXPERIMENTAL' })).toEqual(['old']);
    expect(await titles({ source: 'agent:coder' })).toEqual(['hot']);
    expect(await titles({ source: 'person:ann' })).toEqual(['used', 'old']);
    expect(await titles({ source: 'task:none' })).toEqual([]);
    await base.updateKnowledge(old.id, { tags: ['new'], changes: 'x' });
    expect(await titles({ order: 'updated', limit: 1 })).toEqual(['old']);
  });
});
