/**
 * Any sequence of what can be done to knowledge, some of it at once by two processes, keeps what must hold of it. A
 * tenant that goes through the same comes to the same, and one that is left alone stays as it is.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { itemKey, knowledgeItems } from '../../src/knowledge/collections.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { marksOf } from '../../src/knowledge/sharing/marks.js';
import type { FileItemInput } from '../../src/knowledge/transfer/file-format.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { setUpStore } from '../../src/setup.js';
import { ConflictError, NotFoundError } from '../../src/shared/errors.js';
import { counters } from '../../src/store/counters.js';
import { events } from '../../src/store/event-log.js';
import { openStore, type Store } from '../../src/store/store.js';
import { type Act, atOnce, inOrder } from './knowledge-invariants-acts.js';
import { always, inTheEnd, problemsIn } from './knowledge-invariants-checks.js';
import { everythingOf, pictureOf, sameIn } from './knowledge-invariants-pictures.js';
import { World } from './knowledge-invariants-world.js';

let stores: Store[];
let store: Store;
let folder: string;
let control: World;
let untouched: string;
let tenants = 0;
const rebuilt: string[] = [];

beforeAll(async () => {
  const database = `invariants_${randomUUID().slice(0, 8)}`;
  stores = [1, 2].map(() => openStore({ uri: inject('mongoUri'), database, deadlineMs: 30_000 }));
  store = stores[0] as Store;
  await setUpStore(store);
  folder = await mkdtemp(join(tmpdir(), 'journeyman-invariants-'));
  control = await begin('control');
  await control.use('k-0', 'ann', true, 2);
  await control.side.hub.voteUseful('k-1', 'ann');
  await control.evolve();
  untouched = await everythingOf(store, control.tenant);
});
afterAll(async () => {
  await store.db.dropDatabase();
  for (const each of stores) await each.close();
  await rm(folder, { recursive: true });
});

/** All tenants begin with the same items, of the same ids. */
async function begin(tenant: string): Promise<World> {
  const world = new World(stores, tenant, folder);
  await world.share('k-0', 0, 'says', 'ann');
  await world.share('k-1', 1, 'says', 'bob', 't1');
  await world.import(['f0'], 'keep');
  const { hub } = world.side;
  for (const [id, agent] of [
    ['k-0', 'bob'],
    ['k-1', 'ann'],
  ] as const) {
    await hub.voteUseful(id, agent);
    await hub.view(id, agent);
    await hub.view(id, 'cat');
  }
  await world.share('k-2', 0, 'alike', 'cat');
  await world.use('k-1', 'bob', true, 2);
  return world;
}

/** Does some acts at once. What an item's state forbids is refused, and that is all that may be. */
async function run(world: World, acts: readonly Act[], number: string): Promise<void> {
  const results = await Promise.allSettled(acts.map((act, at) => act.run(world, `${number}-${at}`)));
  for (const result of results)
    if (result.status === 'rejected' && !isRefusal(result.reason)) throw result.reason;
}
const isRefusal = (error: unknown): boolean =>
  error instanceof ConflictError || error instanceof NotFoundError;

/** What goes out comes in again elsewhere, once, and goes out from there the same. */
async function expectCarried(world: World): Promise<void> {
  const elsewhere = `${world.tenant}x`;
  const [here, ...there] = [world.side.base, ...stores.map((each) => new KnowledgeBase(each, elsewhere))];
  const [file, again] = ['out', 'again'].map((name) => join(folder, `${world.tenant}-${name}.json`)) as [
    string,
    string,
  ];
  const count = await here.exportTo(file);
  const results = await Promise.all(there.map((base) => base.importFrom(file)));
  expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(count);
  const before = await everythingOf(store, elsewhere);
  await there[0]?.importFrom(file);
  expect(await everythingOf(store, elsewhere)).toBe(before);
  await there[0]?.exportTo(again);
  const itemsOf = async (path: string): Promise<unknown> =>
    JSON.parse(await readFile(path, 'utf8')).items.map((item: FileItemInput) => ({
      ...item,
      // Whoever wrote the file may have written anything: words are not trusted, nor what no use bears out.
      ...{ trust: null, versions: item.versions.map((version) => ({ ...version, trust: null })) },
      state:
        item.usage.successes + item.usage.failures < 5
          ? item.state.replace('VALIDATED', 'EXPERIMENTAL')
          : item.state,
      sources: item.sources?.filter((source) => source !== `import:${results[0]?.importId}`),
    }));
  expect(await itemsOf(again)).toEqual(await itemsOf(file));
  expect(problemsIn(inTheEnd, await pictureOf(store, elsewhere))).toEqual([]);
  const own = await everythingOf(store, world.tenant);
  expect(await here.importFrom(file)).toMatchObject({
    unchanged: count,
    added: 0,
    updated: 0,
    copied: 0,
    kept: 0,
  });
  expect(await everythingOf(store, world.tenant)).toBe(own);
}

const RUNS = Number(process.env['INVARIANTS_RUNS'] ?? 5);
/** On a slow machine fewer runs have to do. */
const limits = { numRuns: RUNS, interruptAfterTimeLimit: RUNS * 12_000 };

/** Each does what no act may do, and is told of by the rule that it breaks. */
const breaches: [rule: string, breach: (tenant: string) => Promise<unknown>][] = [
  ['counts', (tenant) => items().updateOne(named(tenant, 'k-0'), { $inc: { votes: 1 } })],
  ['votesAsLogged', (tenant) => log().deleteOne({ tenant, act: 'voted' })],
  ['confirmationsAsLogged', (tenant) => items().updateOne(named(tenant, 'k-0'), { $inc: { repeats: 1 } })],
  [
    'marksOfMerged',
    (tenant) => marksOf(store, 'views').updateOne({ tenant, id: 'k-0' }, { $set: { via: 'k-1' } }),
  ],
  ['archived', (tenant) => items().updateOne(named(tenant, 'k-0'), { $set: { prunedAt: new Date() } })],
  ['statesAsLogged', (tenant) => items().updateOne(named(tenant, 'k-0'), { $set: { state: 'VALIDATED' } })],
  ['versionsFollow', (tenant) => items().updateOne(named(tenant, 'k-0'), { $set: { version: 2 } })],
  ['usageAsLogged', (tenant) => log().deleteOne({ tenant, kind: 'usage', by: 'bob' })],
  ['channelsGapless', (tenant) => items().updateOne(named(tenant, 'k-0'), { $set: { sequence: 9 } })],
  ['mergesLead', (tenant) => items().updateOne(named(tenant, 'k-0'), { $set: { mergedInto: 'k-9' } })],
  [
    'contradictionsAgree',
    (tenant) => items().updateOne(named(tenant, 'k-0'), { $set: { contradicts: ['k-1'] } }),
  ],
  ['sourced', (tenant) => marksOf(store, 'sources').deleteMany({ tenant, id: 'k-0' })],
  [
    'settled',
    (tenant) =>
      counters(store).updateOne(
        { tenant, 'sums.appliedSuccesses': { $gt: 0 }, 'dimensions.id': 'f0' },
        { $inc: { 'sums.appliedSuccesses': 9 } },
      ),
  ],
  [
    'withdrawnAsRetracted',
    (tenant) => marksOf(store, 'votes').updateOne({ tenant }, { $set: { retractedBy: 'r' } }),
  ],
];
const items = () => knowledgeItems(store);
const log = () => events(store);
const named = (tenant: string, id: string) => ({ _id: itemKey(tenant, id), tenant });

it.concurrent.each(breaches)('tells of a breach of %s', async (rule, breach) => {
  const { tenant } = await begin(`breached${++tenants}`);
  expect(problemsIn(inTheEnd, await pictureOf(store, tenant))).toEqual([]);
  await breach(tenant);
  const told = problemsIn(inTheEnd, await pictureOf(store, tenant));
  expect(told.filter((problem) => problem.startsWith(`${rule}: `))).not.toEqual([]);
});

// Side by side, since each mostly waits for the store.
describe.concurrent('any sequence of acts', () => {
  it('keeps what must hold, whatever is done at once', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(atOnce, { minLength: 1, maxLength: 14, size: 'max' }), async (steps) => {
        const world = await begin(`tenant${++tenants}`);
        for (const [at, acts] of steps.entries()) {
          await run(world, acts, String(at));
          const problems = problemsIn(always, await world.picture());
          expect(problems, `after ${acts.map(({ name }) => name).join(', ')}`).toEqual([]);
        }
        expect(await world.problems()).toEqual([]);
        await expectCarried(world);
        expect(await everythingOf(store, control.tenant)).toBe(untouched);
        rebuilt.push(world.tenant);
      }),
      limits,
    );
  });

  it('comes to the same in two tenants that take turns', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(inOrder, { minLength: 1, maxLength: 24, size: 'max' }), async (steps) => {
        const [one, other] = [await begin(`tenant${++tenants}a`), await begin(`tenant${tenants}b`)];
        for (const [at, act] of steps.entries())
          await Promise.all([one, other].map((world) => run(world, [act], String(at))));
        for (const world of [one, other]) expect(await world.problems()).toEqual([]);
        expect(sameIn(await one.picture())).toEqual(sameIn(await other.picture()));
        for (const [world, stranger] of [
          [one, other],
          [other, one],
        ] as const)
          expect(await everythingOf(store, world.tenant)).not.toContain(stranger.tenant);
        expect(await everythingOf(store, control.tenant)).toBe(untouched);
      }),
      limits,
    );
  });
});

it('leaves counters that a rebuild gives again', { timeout: 120_000 }, async () => {
  const reports = await Promise.all(rebuilt.map((tenant) => rebuild(store, tenant)));
  expect(reports.flatMap(({ changed }) => changed)).toEqual([]);
  for (const tenant of rebuilt) expect(problemsIn(inTheEnd, await pictureOf(store, tenant))).toEqual([]);
  expect(rebuilt.length).toBeGreaterThan(0);
});
