/** Choices through AdaptiveStrategy on a real mongod, beside Thompson sampling from counters of the same store. */
import { setUpStore } from '../../src/setup.js';
import {
  applyIncrements,
  type CounterDocument,
  counters,
  readLiveCounters,
} from '../../src/store/counters.js';
import { ensureLedger, FIRST_GENERATION } from '../../src/store/ledger.js';
import { openStore, type Store } from '../../src/store/store.js';
import { AdaptiveStrategy } from '../../src/strategy/adaptive-strategy.js';
import { ARMS } from '../../src/strategy/arms.js';
import { tell } from '../tell.js';
import { thompson } from './in-memory.js';
import { type Beside, beside, type Latency, latencyOf, type Time, timed } from './latency.js';
import { offer, requestFor } from './offer.js';
import { type PastTask, plans, TASKS, tasks } from './past.js';

const TENANT = 'bench';
const CHOICES = 500;
const COLD = 5;
/** Documents of one insertion. */
const BATCH = 5_000;
/** Parts that the product splits a counter over. */
const SPLITS = 8;

export interface OnStore {
  /** The first choice of a process, which reads what there is. */
  cold: Latency;
  /** With a record committed between any two, which is not timed; the baseline reads the same tasks' counters. */
  warm: Beside;
  /** Beside a baseline that keeps one document a plan and category for this alone. */
  besideOwnDocuments: Beside;
}

export async function measureOnStore(uri: string): Promise<OnStore> {
  const store = openStore({ uri });
  try {
    await setUpStore(store);
    await ensureLedger(store, TENANT);
    const past = tasks();
    await seed(store, past);
    const cold: Time[] = [];
    for (let at = 0; at < COLD; at++) cold.push(await coldChoice(uri, past.next().value, at));
    return { cold: latencyOf(cold), ...(await warmChoices(store, past)) };
  } finally {
    await store.close();
  }
}

/** Writes the past as its records would have, each counter stamped with the end of its task. */
async function seed(store: Store, past: Iterator<PastTask, never>): Promise<void> {
  const documents = new Map<string, CounterDocument>();
  const flush = async (): Promise<void> => {
    await counters(store).insertMany([...documents.values()], { ordered: false, writeConcern: { w: 1 } });
    documents.clear();
  };
  const arms = new Map<string, CounterDocument>();
  const unwritten: PastTask[] = [];
  await documentsOf(store).createIndex({ category: 1 });
  for (let task = 0; task < TASKS; task++) {
    const each = past.next().value;
    const { increments, endedAt } = each;
    unwritten.push(each);
    for (const increment of increments) {
      const { projection, dimensions, sums, followed } = increment;
      const key = Object.entries(dimensions)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join('|');
      const _id = `${TENANT}|${FIRST_GENERATION}|${projection}|${key}|${task % SPLITS}`;
      const into = projection === ARMS ? arms : documents;
      const document = into.get(_id) ?? {
        _id,
        tenant: TENANT,
        generation: FIRST_GENERATION,
        projection,
        dimensions,
        sums: {},
      };
      for (const [name, value] of Object.entries(sums))
        document.sums[name] = (document.sums[name] ?? 0) + value;
      if (followed === true) document.touched = new Date(endedAt);
      into.set(_id, document);
    }
    if (documents.size >= BATCH) await flush();
    if (unwritten.length >= BATCH || task === TASKS - 1) await addToDocuments(store, unwritten.splice(0));
    if ((task + 1) % 25_000 === 0) tell(`Past: ${task + 1} of ${TASKS} tasks`);
  }
  for (const [_id, document] of arms) {
    documents.set(_id, document);
    if (documents.size >= BATCH) await flush();
  }
  if (documents.size > 0) await flush();
}

/** Times the first choice of a process that is connected. */
async function coldChoice(uri: string, task: PastTask, at: number): Promise<Time> {
  const store = openStore({ uri });
  try {
    await store.run((options) => counters(store).findOne({}, options));
    const strategy = new AdaptiveStrategy(store, TENANT, offer);
    return await timed(() => strategy.selectStrategy(requestFor(task, at)));
  } finally {
    await store.close();
  }
}

async function warmChoices(store: Store, past: Iterator<PastTask, never>): Promise<Omit<OnStore, 'cold'>> {
  const strategy = new AdaptiveStrategy(store, TENANT, offer);
  await strategy.selectStrategy(requestFor(past.next().value, 0));
  const times = { ours: [] as Time[], counters: [] as Time[], documents: [] as Time[] };
  for (let at = 0; at < CHOICES; at++) {
    const task = past.next().value;
    await store.transaction((session) =>
      applyIncrements(store, TENANT, [FIRST_GENERATION], task.increments, session),
    );
    await addToDocuments(store, [task]);
    const turns = [
      async () => times.ours.push(await timed(() => strategy.selectStrategy(requestFor(task, at)))),
      async () => times.counters.push(await timed(() => thompsonOnCounters(store, task.category, at))),
      async () => times.documents.push(await timed(() => thompsonOnDocuments(store, task.category, at))),
    ];
    // Each goes first in every other round.
    for (const turn of at % 2 === 0 ? turns : turns.toReversed()) await turn();
    if ((at + 1) % 100 === 0) tell(`On the store: ${at + 1} of ${CHOICES} choices`);
  }
  return {
    warm: beside(times.ours, times.counters),
    besideOwnDocuments: beside(times.ours, times.documents),
  };
}

/** Thompson sampling from what the product counts by plan, category and day. */
async function thompsonOnCounters(store: Store, category: string, seed: number): Promise<string> {
  const rows = await readLiveCounters(store, ARMS, TENANT, ['plan'], { plan: { $in: [...plans] }, category });
  const counts = rows.map(({ dimensions, sums }): [string, { a: number; b: number }] => [
    dimensions['plan'] ?? '',
    { a: 1 + (sums['successes'] ?? 0), b: 1 + (sums['failures'] ?? 0) },
  ]);
  return thompson(new Map(counts), seed);
}

interface PlanDocument {
  /** `<category>|<plan>` */
  _id: string;
  category: string;
  plan: string;
  successes: number;
  failures: number;
}

const documentsOf = (store: Store) => store.collection<PlanDocument>('plain');

async function addToDocuments(store: Store, tasks: readonly PastTask[]): Promise<void> {
  await documentsOf(store).bulkWrite(
    tasks.map(({ category, plan, success }) => ({
      updateOne: {
        filter: { _id: `${category}|${plan}` },
        update: {
          $inc: { successes: Number(success), failures: Number(!success) },
          $setOnInsert: { category, plan },
        },
        upsert: true,
      },
    })),
    { ordered: false, writeConcern: { w: 1 } },
  );
}

/** Thompson sampling as one would write it for nothing else. */
async function thompsonOnDocuments(store: Store, category: string, seed: number): Promise<string> {
  const found = await documentsOf(store).find({ category }).toArray();
  const counts = found.map(({ plan, successes, failures }): [string, { a: number; b: number }] => [
    plan,
    { a: 1 + successes, b: 1 + failures },
  ]);
  return thompson(new Map(counts), seed);
}
