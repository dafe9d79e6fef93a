import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unmergeItem } from '../../src/knowledge/likeness/merge-items.js';
import type { Store } from '../../src/store/store.js';
import { World } from './knowledge-provenance-world.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let world: World;

beforeAll(async () => {
  store = await openOwnStore('provenance');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  world = new World(store, `t${++tenants}`);
});

async function retractAndUndo(source: string, between: () => Promise<void>): Promise<void> {
  const before = await world.snapshot();
  const told = await world.retract(source, true);
  const { id, figures } = await world.retract(source);
  expect(figures).toEqual(told.figures);
  expect(await world.problems()).toEqual([]);
  await between();
  await world.base.undoRetraction(id, { by: 'ops' });
  expect(await world.problems()).toEqual([]);
  expect(await world.snapshot()).toEqual(before);
}

/** An item of an agent with votes and uses of its own. */
async function used(agent: string, title: string, voter: string, uses: number): Promise<string> {
  const id = await world.share(agent, title);
  await world.hub.voteUseful(id, voter);
  for (let i = 0; i < uses; i++) await world.base.recordUsage(id, true);
  return id;
}

describe('a merged item', () => {
  it('leaves the one that speaks for it when all it came from is withdrawn', async () => {
    const good = await used('good', 'Warm the cache first', 'v1', 3);
    const bad = await used('bad', 'Pin every dependency', 'v2', 4);
    await world.merge(good, bad);
    expect(await world.base.get(good)).toMatchObject({
      ...{ state: 'VALIDATED', votes: 2, confirmations: 1, absorbed: 1, usage: { applied: 7 } },
    });
    await retractAndUndo('agent:bad', async () => {
      expect(await world.base.get(good)).toMatchObject({
        ...{ votes: 1, confirmations: 0, absorbed: 0, usage: { applied: 3 } },
      });
      expect(await world.base.get(bad)).toMatchObject({ state: 'ARCHIVED', mergedInto: null });
      expect((await world.base.sourcesOf(good)).map(({ ref }) => ref)).toEqual(['good']);
    });
  });

  it('comes back when the one that spoke for it is withdrawn', async () => {
    const bad = await used('bad', 'Warm the cache first', 'v1', 3);
    const good = await used('good', 'Pin every dependency', 'v2', 6);
    const alsoBad = await used('bad', 'Retry with backoff', 'v3', 1);
    await world.merge(bad, good);
    await world.merge(bad, alsoBad);
    await retractAndUndo('agent:bad', async () => {
      expect(await world.base.get(good)).toMatchObject({
        ...{ state: 'VALIDATED', mergedInto: null, votes: 1, usage: { applied: 6 } },
      });
      for (const id of [bad, alsoBad])
        expect(await world.base.get(id)).toMatchObject({ state: 'ARCHIVED', absorbed: 0, mergedInto: null });
    });
  });

  it('is taken out of the middle and the end of a chain', async () => {
    const top = await used('good', 'Warm the cache first', 'v1', 1);
    const middle = await used('middling', 'Pin every dependency', 'v2', 2);
    const end = await used('bad', 'Retry with backoff', 'v3', 4);
    await world.merge(middle, end);
    await world.merge(top, middle);
    expect(await world.base.get(top)).toMatchObject({ votes: 3, usage: { applied: 7 } });
    await retractAndUndo('agent:bad', async () => {
      expect(await world.base.get(top)).toMatchObject({ votes: 2, usage: { applied: 3 } });
      expect(await world.base.get(middle)).toMatchObject({ mergedInto: top, absorbed: 0 });
    });
    await retractAndUndo('agent:middling', async () => {
      expect(await world.base.get(top)).toMatchObject({ votes: 1, usage: { applied: 1 } });
      expect(await world.base.get(end)).toMatchObject({ mergedInto: null, state: 'EXPERIMENTAL' });
    });
  });

  it('stays apart when it was edited before the retraction was undone', async () => {
    const good = await used('good', 'Warm the cache first', 'v1', 0);
    const bad = await used('bad', 'Pin every dependency', 'v2', 0);
    await world.merge(bad, good);
    const { id } = await world.retract('agent:bad');
    await world.base.updateKnowledge(good, { newContent: 'new', changes: 'x', by: 'ann' });
    await world.base.undoRetraction(id, { by: 'ops' });
    expect(await world.base.get(good)).toMatchObject({ mergedInto: null, content: 'new' });
    expect(await world.base.get(bad)).toMatchObject({ state: 'EXPERIMENTAL', absorbed: 0 });
    expect(await world.problems()).toEqual([]);
    await expect(unmergeItem(store, world.tenant, good, { by: 'x', reason: 'x' })).rejects.toThrow(
      /not merged/,
    );
  });
});

describe('several retractions', () => {
  it('of what overlaps come to the same in any order of doing and undoing', {
    timeout: 120_000,
  }, async () => {
    const sources = ['agent:a', 'task:t', 'agent:b'];
    const orders = fc.record({
      done: fc.shuffledSubarray(sources, { minLength: 3 }),
      undone: fc.shuffledSubarray(sources, { minLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(orders, async ({ done, undone }) => {
        world = new World(store, `t${++tenants}`);
        const one = await world.share('a', 'Of a in t', 't');
        await world.confirm(one, 'b', 't');
        await world.confirm(one, 'b', 'u');
        const two = await world.share('a', 'Of a in t and u', 't');
        await world.confirm(two, 'a', 'u');
        const three = await world.share('b', 'Of b', 'u');
        await world.confirm(three, 'a', 't');
        await world.hub.voteUseful(three, 'a');
        const claimed = { success: true, source: 'agent' } as const;
        await world.record({ id: 't', agent: 'a', shown: [one, three], applied: [one], outcome: claimed });
        await world.hub.markAsApplied(three, 'a', 't');
        await world.hub.markAsApplied(three, 'b', 't');
        await world.evolve();
        const before = await world.snapshot();
        const ids = new Map<string, string>();
        for (const source of done) {
          ids.set(source, (await world.retract(source)).id);
          expect(await world.problems()).toEqual([]);
        }
        const items = Object.values((await world.snapshot()).items);
        expect(items.map(({ state }) => state)).toEqual(['ARCHIVED', 'ARCHIVED', 'ARCHIVED']);
        expect(items.map(({ usage }) => usage.applied)).toEqual([0, 0, 0]);
        for (const source of undone) {
          await world.base.undoRetraction(ids.get(source) ?? '', { by: 'ops' });
          expect(await world.problems()).toEqual([]);
        }
        expect(await world.snapshot()).toEqual(before);
      }),
      { numRuns: 5 },
    );
  });
});
