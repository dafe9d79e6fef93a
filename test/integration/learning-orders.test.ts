/** Whatever order records and words come in, and however they are taken in: what is observed and learned is the same. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { extractPatternsBatch } from '../../src/learning/extract-patterns.js';
import { learnings } from '../../src/learning/learning.js';
import { learningVersions } from '../../src/learning/learning-versions.js';
import { observationGroups, observations, SAMPLE_ROWS } from '../../src/learning/observations.js';
import { takeObservations } from '../../src/learning/take-observations.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { FIRST_GENERATION, liveGeneration } from '../../src/store/ledger.js';
import { openStore, type Store } from '../../src/store/store.js';
import { executionRecord, failing, step } from '../unit/learning/execution-records.js';
import { allObserved } from './recording-data.js';

let store: Store;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `orders-${randomUUID().slice(0, 8)}` });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const TASKS = 12;
const TRIALS = 4;
const RECORDS = TASKS * TRIALS;
const numbers = Array.from({ length: RECORDS }, (_, index) => index);

/** Trials of tasks, half of them careful; some of unknown outcome, some whose outcome is corrected later. */
function numbered(tenant: string, index: number) {
  const careful = index % 2 === 0;
  return executionRecord({
    tenant,
    id: `n${index}`,
    description: `task ${Math.floor(index / TRIALS)}`,
    category: index < RECORDS / 2 ? 'bug_fix' : 'docs',
    success: index % 7 === 3 ? null : careful,
    plan: careful ? 'single(careful)' : 'single(hasty)',
    endedAt: 1_700_000_000_000 + index * 60_000,
    steps: [
      failing('run', 'TypeError: x is not a function'),
      step(careful ? 'check' : 'guess'),
      careful ? step('run') : failing('run', 'TypeError: x is not a function'),
    ],
  });
}

/** What is found out later of some. */
const laterOf = (index: number): boolean | null =>
  index % 7 === 3 ? index % 2 === 0 : index % 11 === 5 ? index % 2 === 1 : null;

const drain = async (tenant: string, limit: number) => {
  while ((await extractPatternsBatch(store, tenant, limit)).consumed > 0);
};

/** Records and corrects in an order, taking in after each so many of them. */
async function live(
  tenant: string,
  order: readonly number[],
  limit: number,
  drainEvery: number,
): Promise<void> {
  for (const [at, index] of order.entries()) {
    const record = numbered(tenant, index);
    await recordExecution(store, record);
    const success = laterOf(index);
    if (success !== null)
      await addOutcome(store, {
        tenant,
        executionId: record.executionId,
        outcome: { success, source: 'human' },
        by: 'ann',
      });
    if ((at + 1) % drainEvery === 0) await drain(tenant, limit);
  }
  await drain(tenant, limit);
}

/** Without what differs between tenants, and the versions that an eventful life leaves. */
async function learned(tenant: string) {
  const found = await learnings(store).find({ tenant }).sort({ id: 1 }).toArray();
  return found.map(({ _id, tenant: _tenant, version: _version, ...rest }) => rest);
}

async function observed(tenant: string) {
  const all = await allObserved(store, tenant, await liveGeneration(store, tenant));
  return JSON.parse(JSON.stringify(all).replaceAll(`${tenant}/`, '')) as typeof all;
}

describe('records and corrections', () => {
  it('lead to the same observations and learnings in any order and parts, live and rebuilt', {
    timeout: 240_000,
  }, async () => {
    const straight = `straight-${randomUUID().slice(0, 8)}`;
    await live(straight, numbers, 1_000, RECORDS);
    const [rows, lessons] = [await observed(straight), await learned(straight)];
    expect(rows.rows.length).toBeGreaterThan(2 * RECORDS);
    expect(lessons.some(({ state }) => state === 'asserted')).toBe(true);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(numbers, { minLength: RECORDS }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 5, max: RECORDS }),
        async (order, limit, drainEvery) => {
          const id = randomUUID().slice(0, 8);
          await live(`whole-${id}`, order, limit, RECORDS);
          expect(await observed(`whole-${id}`)).toEqual(rows);
          expect(await learned(`whole-${id}`)).toEqual(lessons);
          // Taken in bit by bit, some of what was learned of little may outlive it; the observations do not differ.
          await live(`parts-${id}`, order, limit, drainEvery);
          expect(await observed(`parts-${id}`)).toEqual(rows);
          const before = await learnings(store)
            .find({ tenant: `parts-${id}` })
            .toArray();
          await rebuild(store, `parts-${id}`);
          expect(await observed(`parts-${id}`)).toEqual(rows);
          expect(
            await learnings(store)
              .find({ tenant: `parts-${id}` })
              .toArray(),
          ).toEqual(before);
        },
      ),
      { numRuns: 4 },
    );
  });

  it('taken in by several at once lead to the same', { timeout: 120_000 }, async () => {
    const tenant = 'several';
    for (const index of numbers) await recordExecution(store, numbered(tenant, index));
    const alone = 'alone';
    for (const index of numbers) await recordExecution(store, numbered(alone, index));
    await drain(alone, 1_000);
    for (let left = 1; left > 0; ) {
      const batches = await Promise.allSettled([1, 2, 3].map(() => extractPatternsBatch(store, tenant, 7)));
      left = Math.max(...batches.map((batch) => (batch.status === 'fulfilled' ? batch.value.consumed : 1)));
    }
    expect(await observed(tenant)).toEqual(await observed(alone));
  });

  it('keep every version of what they taught, word by word', async () => {
    const tenant = 'versions';
    await live(tenant, numbers, 10, 6);
    const current = await learnings(store).find({ tenant }).toArray();
    expect(Math.max(...current.map(({ version }) => version))).toBeGreaterThan(1);
    for (const { id, version, title, advice, state, stated } of current) {
      const kept = await learningVersions(store).find({ tenant, id }).sort({ version: 1 }).toArray();
      expect(kept.map((one) => one.version)).toEqual(
        Array.from({ length: version }, (_, index) => index + 1),
      );
      expect(kept.at(-1)).toMatchObject({ title, advice, state, stated });
    }
  });
});

describe('a large group', () => {
  it('keeps a sample of bounded size, the same in any order', { timeout: 120_000 }, async () => {
    const count = SAMPLE_ROWS + 3_000;
    const taken = Array.from({ length: count }, (_, index) => ({
      kind: 'action' as const,
      group: 'bug_fix',
      executionId: `e${index}`,
      category: 'bug_fix',
      isFirst: true,
      observation: {
        id: `e${index}`,
        task: `task ${Math.floor(index / 3)}`,
        agent: 'coder',
        features: [`f${index % 5}`],
        success: index % 2 === 0,
        length: 1,
        iterations: 1,
        durationMs: 1,
        cost: null,
        at: 1_700_000_000_000 + index * 1_000_000,
      },
    }));
    const keptOf = async (tenant: string, rows: typeof taken) => {
      for (let start = 0; start < rows.length; start += 1_000)
        await store.transaction(
          (session) =>
            takeObservations(store, tenant, FIRST_GENERATION, rows.slice(start, start + 1_000), session),
          30_000,
        );
      const [group] = await observationGroups(store).find({ tenant }).toArray();
      expect(group).toMatchObject({ seen: count });
      const stored = await observations(store).find({ tenant }).sort({ rank: 1 }).toArray();
      expect(stored).toHaveLength(group?.stored ?? 0);
      expect(stored.length).toBeLessThanOrEqual(1.25 * SAMPLE_ROWS);
      return stored.slice(0, SAMPLE_ROWS).map(({ executionId }) => executionId);
    };
    expect(await keptOf('backwards', taken.toReversed())).toEqual(await keptOf('forwards', taken));
  });
});
