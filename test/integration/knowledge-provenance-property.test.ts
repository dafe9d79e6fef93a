import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConflictError, NotFoundError } from '../../src/shared/errors.js';
import type { Store } from '../../src/store/store.js';
import { World } from './knowledge-provenance-world.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;

beforeAll(async () => {
  store = await openOwnStore('provenance');
});
afterAll(() => dropOwnStore(store));

/** Words that nobody would take for each other's. */
const titles = [
  'Warm the cache before traffic arrives',
  'Pin compiler versions in builds',
  'Retry uploads with growing pauses',
  'Index foreign keys of join tables',
  'Quote shell arguments',
];
const agents = ['bad', 'good', 'fair'] as const;
const tasks = ['t1', 't2'] as const;

type Act = (world: World) => Promise<unknown>;
const item = fc.integer({ min: 0, max: titles.length - 1 });
const name = (at: number): string => `k${at}`;

/** Does something to an item unless it was merged: what comes to such a one later is the survivor's alone. */
const alone = async (world: World, at: number, act: () => Promise<unknown>): Promise<void> => {
  if ((await world.item(name(at))).mergedInto === null) await act();
};

const confirm = (by: fc.Arbitrary<string>, task: fc.Arbitrary<string | undefined>) =>
  fc
    .tuple(item, by, task)
    .map(([at, agent, of]): [string, Act] => [
      `confirm ${at} ${agent} ${of}`,
      (world) => alone(world, at, () => world.confirm(name(at), agent, of)),
    ]);
const vote = (by: fc.Arbitrary<string>, on = item) =>
  fc
    .tuple(on, by, fc.boolean())
    .map(([at, agent, useful]): [string, Act] => [
      `vote ${at} ${agent} ${useful}`,
      (world) => world.hub.voteUseful(name(at), agent, useful),
    ]);
const view = (by: fc.Arbitrary<string>, on = item) =>
  fc
    .tuple(on, by)
    .map(([at, agent]): [string, Act] => [
      `view ${at} ${agent}`,
      (world) => alone(world, at, () => world.view(name(at), agent)),
    ]);
const use = fc
  .tuple(item, fc.constantFrom(...agents), fc.boolean(), fc.constantFrom(1, 5))
  .map(([at, by, success, times]): [string, Act] => [
    `use ${at} ${by} ${success} x${times}`,
    async (world) => {
      for (let i = 0; i < times; i++) await world.base.recordUsage(name(at), success, { by });
    },
  ]);
const record = fc
  .tuple(
    item,
    item,
    fc.constantFrom(...tasks),
    fc.constantFrom(...agents),
    fc.boolean(),
    fc.boolean(),
    fc.nat(),
  )
  .map(([at, also, task, agent, success, verified, number]): [string, Act] => [
    `record ${at} ${also} ${task} ${agent} ${success} ${verified} ${number}`,
    async (world) => {
      const outcome = { success, source: verified ? ('verifier' as const) : ('agent' as const) };
      // A task has one record here: its later ones are left out.
      if ((await store.collection('interactions').countDocuments({ tenant: world.tenant, taskId: task })) > 0)
        return;
      const shown = (await world.item(name(at))).mergedInto === null ? [name(at)] : [];
      await world.record({ id: task, agent, shown, applied: [name(at), name(also)], outcome });
    },
  ]);
const mark = fc
  .tuple(item, fc.constantFrom(...agents), fc.constantFrom(...tasks))
  .map(([at, agent, task]): [string, Act] => [
    `mark ${at} ${agent} ${task}`,
    async (world) => {
      await world.hub.markAsApplied(name(at), agent, task);
      await world.evolve();
    },
  ]);
const edit = fc.tuple(item, fc.constantFrom(...agents), fc.nat(9)).map(([at, by, number]): [string, Act] => [
  `edit ${at} ${by} ${number}`,
  (world) =>
    world.base.updateKnowledge(name(at), {
      ...{ newContent: `words ${number} of ${by}`, changes: 'x', by, as: 'agent' },
    }),
]);
const merge = fc
  .tuple(item, item)
  .map(([into, from]): [string, Act] => [
    `merge ${into} ${from}`,
    (world) => world.merge(name(into), name(from)),
  ]);

const by = fc.constantFrom<string>(...agents);
const anything = fc.oneof(
  confirm(by, fc.option(fc.constantFrom<string>(...tasks), { nil: undefined })),
  vote(by),
  view(by),
  use,
  record,
  mark,
  edit,
  merge,
);
/** What touches nothing that a retraction of `bad` or of a task does: votes and views of others. */
const elsewhere = item.chain((at) => {
  const others = fc.constantFrom('x', 'y');
  return fc.tuple(fc.constant(at), fc.oneof(vote(others, fc.constant(at)), view(others, fc.constant(at))));
});

async function run(world: World, acts: readonly [string, Act][]): Promise<void> {
  for (const [, act] of acts)
    try {
      await act(world);
    } catch (error) {
      // What is merged or archived takes some acts no more.
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
    }
}

async function begin(authors: readonly (readonly [string, string | undefined])[]): Promise<World> {
  const world = new World(store, `t${++tenants}`);
  for (const [at, title] of titles.entries()) {
    const [sourceAgent = 'good', task] = authors[at] ?? [];
    await world.hub.shareKnowledge({
      ...{ id: name(at), sourceAgent, type: 'SOLUTION', title, content: `${title}: so it is` },
      ...(task === undefined ? {} : { executionId: `${world.tenant}/${task}/run` }),
    });
  }
  return world;
}

/** Sequences, in two parts that run side by side: each mostly waits for the store. */
const RUNS = Number(process.env['PROVENANCE_RUNS'] ?? 10);
const parts = [Math.ceil(RUNS / 2), Math.floor(RUNS / 2)].filter((runs) => runs > 0);

describe.concurrent('a retraction that is undone', () => {
  it.each(parts)('leaves all as if it had never been, %d times', { timeout: 600_000 }, async (numRuns) => {
    const author = fc.tuple(by, fc.option(fc.constantFrom<string>(...tasks), { nil: undefined }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(author, { minLength: titles.length, maxLength: titles.length }),
        fc.array(anything, { maxLength: 14 }),
        fc.constantFrom('agent:bad', 'task:t1'),
        fc.array(elsewhere, { maxLength: 4 }),
        async (authors, before, source, between) => {
          const [world, twin] = await Promise.all([begin(authors), begin(authors)]);
          await Promise.all([world, twin].map((each) => run(each, before)));
          const first = await world.snapshot();
          const { figures: told } = await world.retract(source, true);
          const { id, figures } = await world.retract(source);
          expect(figures).toEqual(told);
          expect(await world.problems()).toEqual([]);
          await world.base.undoRetraction(id, { by: 'ops' });
          expect(await world.snapshot()).toEqual(first);
          const { id: again } = await world.retract(source);
          // What was merged stands alone meanwhile: marks on it are then its own.
          const apart = between.filter(([at]) => {
            const found = first.items[name(at)];
            return found?.mergedInto === null && found.absorbed === 0;
          });
          await Promise.all(
            [world, twin].map((each) =>
              run(
                each,
                apart.map(([, act]) => act),
              ),
            ),
          );
          await world.base.undoRetraction(again, { by: 'ops' });
          expect(await world.problems()).toEqual([]);
          const [after, never] = [await world.snapshot(), await twin.snapshot()];
          const inTenant = (snapshot: object) =>
            JSON.parse(JSON.stringify(snapshot).replaceAll(world.tenant, twin.tenant));
          expect(inTenant(after)).toEqual(inTenant(never));
        },
      ),
      { numRuns },
    );
  });
});
