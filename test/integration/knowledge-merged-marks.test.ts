import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mergeItems, unmergeItem } from '../../src/knowledge/likeness/merge-items.js';
import { ensureLedger } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { World } from './knowledge-provenance-world.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let world: World;

beforeAll(async () => {
  store = await openOwnStore('merged');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  world = new World(store, `t${++tenants}`);
});

const why = { by: 'ann', reason: 'they say the same' };
const merge = async (into: string, from: string): Promise<void> => {
  await ensureLedger(store, world.tenant);
  await store.transaction((session) => mergeItems(store, world.tenant, into, from, why, session));
};
const unmerge = (id: string) => unmergeItem(store, world.tenant, id, why);
const use = async (id: string, successes: number, failures = 0): Promise<void> => {
  for (let i = 0; i < successes; i++) await world.base.recordUsage(id, true);
  for (let i = 0; i < failures; i++) await world.base.recordUsage(id, false);
};

describe('an item that another is merged into', () => {
  it('has the state that the use of both calls for, at once and after it is taken out again', async () => {
    const into = await world.share('a', 'Warm the cache first');
    const from = await world.share('b', 'Pin every dependency');
    await use(into, 3);
    await use(from, 3);
    await merge(into, from);
    expect(await world.base.get(into)).toMatchObject({ state: 'VALIDATED', usage: { successes: 6 } });
    expect((await world.item(into)).successAtLeast).toBeCloseTo(0.61, 2);
    await unmerge(from);
    expect(await world.base.get(from)).toMatchObject({ state: 'EXPERIMENTAL', usage: { successes: 3 } });
    expect((await world.item(into)).successAtLeast).toBeCloseTo(0.44, 2);
  });

  it('is judged by what only the other had been used for', async () => {
    const into = await world.share('a', 'Warm the cache first');
    const from = await world.share('b', 'Pin every dependency');
    await use(from, 1, 4);
    await use(from, 4, 0);
    expect((await world.base.get(from)).state).toBe('EXPERIMENTAL');
    await merge(into, from);
    await use(from, 0, 6);
    expect(await world.base.get(into)).toMatchObject({ state: 'DEPRECATED', usage: { failures: 10 } });
    await unmerge(from);
    expect(await world.item(into)).toMatchObject({ successAtLeast: 0 });
  });

  it('keeps the word of an agent that it has of two merged items until both are taken out', async () => {
    const into = await world.share('a', 'Warm the cache first');
    const [one, other] = [
      await world.share('b', 'Pin every dependency'),
      await world.share('c', 'Retry with backoff'),
    ];
    for (const id of [one, other]) {
      await world.hub.voteUseful(id, 'voter');
      await world.confirm(id, 'friend', 'task');
      await world.view(id, 'reader');
    }
    await merge(into, one);
    await merge(into, other);
    await unmerge(one);
    expect(await world.base.get(into)).toMatchObject({ votes: 1, views: 1, confirmations: 2, absorbed: 1 });
    expect((await world.base.sourcesOf(into)).map(({ ref, via }) => [ref, via])).toEqual(
      expect.arrayContaining([
        ['friend', other],
        ['task', other],
      ]),
    );
    expect(await world.problems()).toEqual([]);
    await unmerge(other);
    expect(await world.base.get(into)).toMatchObject({ votes: 0, views: 0, confirmations: 0, absorbed: 0 });
    expect(await world.problems()).toEqual([]);
  });

  it('is viewed by those who were shown the other before it was merged', async () => {
    const into = await world.share('a', 'Warm the cache first');
    const from = await world.share('b', 'Pin every dependency');
    await merge(into, from);
    await world.record({ id: 'task', agent: 'code', shown: [from] });
    expect(await world.base.get(into)).toMatchObject({ views: 1 });
    expect(await world.base.get(from)).toMatchObject({ views: 0 });
  });
});
