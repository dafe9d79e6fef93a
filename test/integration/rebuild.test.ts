import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { extractPatternsBatch } from '../../src/learning/extract-patterns.js';
import { interactions } from '../../src/learning/interactions.js';
import { learnings } from '../../src/learning/learning.js';
import { statisticsIncrement } from '../../src/performance/statistics/executions.js';
import { contributionsOf } from '../../src/recording/contributions.js';
import { recordPerformance } from '../../src/recording/direct.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { moreTrusted } from '../../src/shared/outcome.js';
import type { Increment } from '../../src/store/counters.js';
import { counters } from '../../src/store/counters.js';
import { liveGeneration } from '../../src/store/ledger.js';
import { openStore, type Store } from '../../src/store/store.js';
import { allCounters, allObserved, asMap, laterOutcome, recordNumber } from './recording-data.js';

let store: Store;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `rebuild-${randomUUID().slice(0, 8)}` });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const DEADLINE = 30_000;
const record = (tenant: string, index: number) =>
  recordExecution(store, recordNumber(tenant, index), undefined, DEADLINE);
async function recordWithOutcome(tenant: string, index: number): Promise<void> {
  await record(tenant, index);
  const outcome = laterOutcome(index);
  if (outcome === null) return;
  const { executionId } = recordNumber(tenant, index);
  await addOutcome(store, { tenant, executionId, outcome, by: 'test' });
}
const figures = (index: number) => ({
  agentType: 'direct',
  category: 'testing',
  strategy: 'single',
  success: index % 2 === 0,
  durationMs: 1_000 + index,
  iterations: 1,
  errors: 0,
  actions: 2,
  cost: 0.25,
  tokens: { input: 0, output: 0 },
  endedAt: 1_700_000_000_000,
});

/** Several at once, but no more than answer within their deadlines on a slow machine. */
async function recordAll(tenant: string, indices: number[], atOnce = 8): Promise<void> {
  const queue = [...indices];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift())
        await recordWithOutcome(tenant, index);
    }),
  );
}

/** What the counters must hold, computed from the records alone. */
async function expected(tenant: string, indices: number[], direct: number[] = []) {
  const all = await interactions(store).find({ tenant }).toArray();
  const byId = new Map(all.map((interaction) => [interaction._id, interaction]));
  return asMap([
    ...indices.flatMap((index): Increment[] => {
      const interaction = byId.get(recordNumber(tenant, index).executionId);
      if (interaction === undefined) throw new Error(`record ${index} is missing`);
      const later = laterOutcome(index);
      return contributionsOf(
        interaction,
        later === null ? interaction.outcome : moreTrusted(interaction.outcome, later),
      );
    }),
    ...direct.map((index) => statisticsIncrement(figures(index))),
  ]);
}
const live = async (tenant: string) => allCounters(store, tenant, await liveGeneration(store, tenant));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
/** Generations that have any counter left. */
async function generations(tenant: string): Promise<string[]> {
  return counters(store).distinct('generation', { tenant });
}

describe('rebuild', () => {
  it('gives what is live: interactions, outcome events, direct calls and observations', async () => {
    const tenant = 'quiet';
    await recordAll(tenant, range(0, 60));
    await Promise.all(
      range(0, 5).map((index) => recordPerformance(store, tenant, figures(index), `d${index}`)),
    );
    while ((await extractPatternsBatch(store, tenant, 100)).consumed > 0);
    const observed = async () => allObserved(store, tenant, await liveGeneration(store, tenant));
    const learned = () => learnings(store).find({ tenant }).sort({ _id: 1 }).toArray();
    const before = { counters: await live(tenant), observed: await observed(), learned: await learned() };
    expect(before.counters).toEqual(await expected(tenant, range(0, 60), range(0, 5)));
    expect(before.observed.rows.length).toBeGreaterThan(60);
    expect(before.learned.length).toBeGreaterThan(3);

    const report = await rebuild(store, tenant);
    expect(report).toMatchObject({ interactions: 60, events: 25, changed: [] });
    expect(await live(tenant)).toEqual(before.counters);
    expect(await observed()).toEqual(before.observed);
    expect(await learned()).toEqual(before.learned);
    expect(await generations(tenant)).toEqual(['g2']);
  });

  it('tells which counter was wrong, and mends it', async () => {
    const tenant = 'wrong';
    await recordAll(tenant, range(0, 10));
    const right = await live(tenant);
    await store.db
      .collection('counters')
      .updateOne({ tenant, projection: 'arms' }, { $inc: { 'sums.successes': 5 } });
    const { changed } = await rebuild(store, tenant);
    expect(changed).toHaveLength(1);
    expect(changed[0]).toMatchObject({ projection: 'arms' });
    expect(await live(tenant)).toEqual(right);
  });

  it('takes in all that is recorded while it runs', { timeout: 120_000 }, async () => {
    const tenant = 'busy';
    await recordAll(tenant, range(0, 100));
    const meanwhile = recordAll(tenant, range(100, 300), 20);
    const directly = range(0, 40).map((index) =>
      recordPerformance(store, tenant, figures(index), `d${index}`),
    );
    const [first] = await Promise.all([rebuild(store, tenant), meanwhile, ...directly]);
    expect(first.changed).toEqual([]);
    const truth = await expected(tenant, range(0, 300), range(0, 40));
    expect(await live(tenant)).toEqual(truth);
    const second = await rebuild(store, tenant);
    expect(second).toMatchObject({ interactions: 300, events: 140, changed: [] });
    expect(await live(tenant)).toEqual(truth);
    expect(await generations(tenant)).toEqual(['g3']);
  });

  it('that was interrupted is begun anew', async () => {
    const tenant = 'interrupted';
    await recordAll(tenant, range(0, 30));
    const crash = new Error('the process ends here');
    await expect(
      rebuild(store, tenant, () => {
        throw crash;
      }),
    ).rejects.toBe(crash);
    // Recordings go to both generations now, and readers see the old one.
    await recordAll(tenant, range(30, 40));
    const truth = await expected(tenant, range(0, 40));
    expect(await live(tenant)).toEqual(truth);
    expect(await generations(tenant)).toEqual(expect.arrayContaining(['g1', 'g2']));
    expect(await rebuild(store, tenant)).toMatchObject({ interactions: 40, changed: [] });
    expect(await live(tenant)).toEqual(truth);
    expect(await generations(tenant)).toEqual(['g3']);
  });

  it('leaves other tenants alone', async () => {
    await record('neighbour', 1);
    const before = await live('neighbour');
    await rebuild(store, 'quiet');
    expect(await live('neighbour')).toEqual(before);
  });
});
