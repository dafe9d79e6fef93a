import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import { purge } from '../../src/knowledge/lifecycle/purge.js';
import { retractions } from '../../src/knowledge/provenance/retractions.js';
import { sweepItems } from '../../src/knowledge/provenance/steps.js';
import { ConflictError } from '../../src/shared/errors.js';
import type { Store } from '../../src/store/store.js';
import { World } from './knowledge-provenance-world.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let world: World;

beforeAll(async () => {
  store = await openOwnStore('several');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  world = new World(store, `t${++tenants}`);
});

const write = (id: string, by: string) =>
  world.base.updateKnowledge(id, { newContent: `as ${by} has it`, changes: 'better', by, as: 'agent' });
const contentOf = async (id: string) => (await world.base.get(id)).content;

describe('words of several retracted sources', () => {
  it.each([
    ['the earlier first', ['agent:x', 'agent:y']],
    ['the later first', ['agent:y', 'agent:x']],
  ])('never come back for each other: %s', async (_name, sources) => {
    const id = await world.share('good', 'Warm the cache first');
    const first = await contentOf(id);
    await write(id, 'x');
    await write(id, 'y');
    for (const source of sources) await world.retract(source);
    expect(await contentOf(id)).toBe(first);
    expect(await world.problems()).toEqual([]);
  });

  it('cannot be brought back by hand while they are retracted', async () => {
    const id = await world.share('good', 'Warm the cache first');
    await write(id, 'x');
    const { id: retraction } = await world.retract('agent:x');
    const restore = () => world.base.restoreVersion(id, 2, { by: 'ann', reason: 'I like it' });
    await expect(restore()).rejects.toThrow(ConflictError);
    await expect(restore()).rejects.toThrow(/agent:x was retracted/);
    await world.base.undoRetraction(retraction, { by: 'ops' });
    expect(await contentOf(id)).toBe('as x has it');
  });
});

describe('undoing a retraction', () => {
  it('gives back the rest when an item that one was merged into was removed for good meanwhile', async () => {
    const survivor = await world.share('good', 'Warm the cache first');
    const bad = await world.share('bad', 'Pin every dependency');
    const other = await world.share('bad', 'Retry with backoff');
    await world.merge(survivor, bad);
    const { id } = await world.retract('agent:bad');
    const prunedAt = new Date(Date.now() - 100 * 86_400_000);
    await knowledgeItems(store).updateOne(
      { _id: `${world.tenant}|${survivor}` },
      { $set: { state: 'ARCHIVED', prunedAt, prunedIn: 'run' } },
    );
    expect(await purge(world.context, { by: 'system' })).toMatchObject({ removed: 1 });
    expect((await world.base.undoRetraction(id, { by: 'ops' })).state).toBe('undone');
    for (const each of [bad, other])
      expect(await world.base.get(each)).toMatchObject({ state: 'EXPERIMENTAL', mergedInto: null });
  });

  it('is not undone in turn by a look for late shares that began before', async () => {
    const bad = await world.share('bad', 'Pin every dependency');
    const { id } = await world.retract('agent:bad');
    const retraction = await retractions(store).findOne({ _id: `${world.tenant}|${id}` });
    if (retraction === null) throw new Error('no retraction');
    await world.base.undoRetraction(id, { by: 'ops' });
    await expect(
      sweepItems({ ...world.context, retraction, mode: 'withdraw', by: 'system' }),
    ).rejects.toThrow(ConflictError);
    expect(await world.base.get(bad)).toMatchObject({ state: 'EXPERIMENTAL', retractedBy: null });
    expect(await world.problems()).toEqual([]);
  });
});

describe('a withdrawn item', () => {
  it('is written on by nobody while all that it came from is retracted', async () => {
    const id = await world.share('bad', 'Pin every dependency');
    await world.retract('agent:bad');
    const edited = world.base.updateKnowledge(id, { newContent: 'pin some', changes: 'mine', by: 'ann' });
    await expect(edited).rejects.toThrow(ConflictError);
    expect(await world.problems()).toEqual([]);
  });
});
