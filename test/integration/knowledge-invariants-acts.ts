/** All that can be done to knowledge, as acts that a property may put in any order. */
import fc from 'fast-check';
import { listRetractions } from '../../src/knowledge/provenance/retract.js';
import type { Outcome } from '../../src/shared/task.js';
import { knowledgeStates } from '../../src/shared/terms.js';
import { topics, type Way, type World } from './knowledge-invariants-world.js';

/** `number` is the act's own: ids and words that are made of it are new. */
export interface Act {
  name: string;
  run: (world: World, number: string) => Promise<unknown>;
}

const which = fc.nat(11);
const agent = fc.constantFrom('ann', 'bob', 'cat');
const task = fc.constantFrom('t1', 't2');
const perhaps = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const topic = fc.nat(topics.length - 1);
const hand = (reason: string) => ({ by: 'ops', reason });
/** An act of drawn values, named by them. */
const act = <T extends unknown[]>(
  name: string,
  drawn: { [K in keyof T]: fc.Arbitrary<T[K]> },
  carryOut: (world: World, number: string, ...values: T) => Promise<unknown>,
): fc.Arbitrary<Act> =>
  fc.tuple<T>(...drawn).map((values) => {
    const called = [name, ...values.map((value) => JSON.stringify(value))].join(' ');
    const run = (world: World, number: string) => carryOut(world, number, ...values);
    return { name: called, run, [fc.toStringMethod]: () => called };
  });

const share = act(
  'share',
  [topic, fc.constantFrom<Way>('says', 'says', 'alike', 'contrary'), agent, perhaps(task)],
  (world, number, ...said) => world.share(`k${number}`, ...said),
);
const vote = act(
  'vote',
  [which, agent, fc.constantFrom(true, true, false, null)],
  (world, _, at, by, useful) => {
    const { hub } = world.side;
    return useful === null ? hub.withdrawVote(world.at(at), by) : hub.voteUseful(world.at(at), by, useful);
  },
);
const view = act('view', [which, agent], (world, _, at, by) => world.side.hub.view(world.at(at), by));
const look = act('query', [topic, agent], (world, _, of, viewer) =>
  world.side.hub.queryKnowledge({ query: topics[of]?.says ?? '', viewer }),
);
const use = act('use', [which, agent, fc.boolean(), fc.constantFrom(1, 5)], (world, _, at, ...how) =>
  world.use(world.at(at), ...how),
);
const mark = act('mark', [which, agent, task], (world, _, at, ...how) => world.mark(world.at(at), ...how));
const outcome: fc.Arbitrary<Outcome> = fc.record({
  success: fc.constantFrom(true, true, false, null),
  source: fc.constantFrom('agent' as const, 'verifier' as const),
});
const some = fc.uniqueArray(which, { maxLength: 3 });
const recording = (discovered: fc.Arbitrary<number[]>) =>
  act(
    'record',
    [task, agent, some, some, discovered, outcome],
    (world, number, of, by, shown, applied, discoveries, went) => {
      const ids = (list: readonly number[]) => [...new Set(list.map((at) => world.at(at)))];
      const used = { shown: ids(shown), applied: ids(applied) };
      return world.record(number, { task: of, agent: by, ...used, discoveries, outcome: went });
    },
  );
const correct = act('correct', [which, fc.boolean(), fc.constantFrom('eve', 'fay')], (world, _, ...how) =>
  world.correct(...how),
);
const update = act(
  'update',
  [
    which,
    fc.constantFrom('words', 'tags', 'priority', 'topic'),
    agent,
    fc.constantFrom('any', 'now', 'past'),
  ],
  async (world, number, at, what, by, expected) => {
    const id = world.at(at);
    const version = (await world.item(id))?.version ?? 1;
    const change = {
      words: { newContent: `words ${number}` },
      tags: { tags: [`tag ${number}`] },
      priority: { priority: 'HIGH', title: `Title ${number}` },
      topic: { newContent: `${topics[at % topics.length]?.contrary} ${number}` },
    }[what];
    const says = { ...change, by, as: at % 2 === 0 ? 'agent' : 'person' };
    if (expected === 'any') return world.update(id, `update ${number}`, says);
    return world.update(
      id,
      `update ${number}`,
      says,
      expected === 'now' ? version : Math.max(1, version - 1),
    );
  },
);
const restoreVersion = act('restore version', [which, which], async (world, number, at, to) => {
  const id = world.at(at);
  const version = 1 + (to % ((await world.item(id))?.version ?? 1));
  return world.side.base.restoreVersion(id, version, { by: 'ops', reason: `restore ${number}` });
});
const byHand = act(
  'hand',
  [which, fc.constantFrom('deprecate', 'archive', 'restore', 'restore')],
  (world, number, at, what) => world.side.base[what](world.at(at), hand(`${what} ${number}`)),
);
const unmerge = act('unmerge', [which], async (world, number, at) => {
  const merged = [];
  for (const id of world.ids) if ((await world.item(id))?.mergedInto != null) merged.push(id);
  const id = merged[at % Math.max(1, merged.length)];
  return id === undefined ? undefined : world.side.base.unmerge(id, hand(`apart ${number}`));
});
const merge = act('merge', [which, which], (world, _, into, from) =>
  world.merge(world.at(into), world.at(from)),
);
const prune = act('prune', [fc.constantFrom('idle', 'stale')], (world, number, what) =>
  world.prune(`run ${number}`, what === 'idle' ? { unusedDays: 0 } : { unusedDays: 0, staleDays: 0 }),
);
const unprune = act('unprune', [which, fc.boolean()], async (world, number, at, all) => {
  const { base } = world.side;
  const pruned = await base.listPruned();
  const { id, prunedIn } = pruned[at % Math.max(1, pruned.length)] ?? { id: null, prunedIn: null };
  if (all && prunedIn !== null) await base.restoreRun(prunedIn, hand(`unprune ${number}`));
  else if (id !== null) await base.restorePruned(id, hand(`unprune ${number}`));
});
const retract = act(
  'retract',
  [fc.constantFrom('agent:ann', 'agent:bob', 'person:cat', 'task:t1', 'import')],
  async (world, number, named) => {
    const [filed] = (await world.picture()).acts.filter(({ act: did }) => did === 'imported');
    const source = named === 'import' ? `import:${String(filed?.detail['importId'])}` : named;
    await world.side.base.retract({ source, ...hand(`bad ${number}`) });
  },
);
const undo = act('undo', [which], async (world, _, at) => {
  const { base, context } = world.side;
  const standing = (await listRetractions(context)).filter(({ state }) => state === 'done');
  const retraction = standing.sort((a, b) => (a.source < b.source ? -1 : 1))[
    at % Math.max(1, standing.length)
  ];
  return retraction === undefined ? undefined : base.undoRetraction(retraction.id, { by: 'ops' });
});
const transfer = act(
  'import',
  [fc.uniqueArray(fc.nat(2), { minLength: 1 }), perhaps(which), fc.constantFrom('keep', 'newest', 'both')],
  (world, _, files, own, policy) => {
    const ids = files.map((file) => `f${file}`);
    return world.import(own === undefined ? ids : [...new Set([...ids, world.at(own)])], policy);
  },
);
const evolve = act('evolve', [], (world) => world.evolve());
const add = act('add', [fc.constantFrom(...knowledgeStates)], (world, number, state) =>
  world.add(number, state),
);

const merging = [merge, unmerge] as const;
const often = [share, vote, view, use, mark, correct, update, restoreVersion] as const;
const seldom = [
  byHand,
  byHand,
  ...merging,
  ...merging,
  prune,
  unprune,
  retract,
  undo,
  transfer,
  evolve,
] as const;

/**
 * Acts one after the other, which lead to the same in each tenant: ids of discoveries and of additions do not, nor
 * do views of a query, which counts them if there is time.
 */
export const inOrder = fc.oneof(...often, recording(fc.constant([])), ...seldom);

/** Some of them at once, by two processes. */
export const atOnce = fc.array(
  fc.oneof(...often, recording(fc.array(topic, { maxLength: 1 })), ...seldom, look, add),
  { minLength: 1, maxLength: 4 },
);
