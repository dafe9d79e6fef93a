import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import type { PlanRequest } from '../../src/shared/task.js';
import { readFollowed } from '../../src/store/followed-counters.js';
import { liveGeneration } from '../../src/store/ledger.js';
import { openStore, type Store } from '../../src/store/store.js';
import { HandoverTable } from '../../src/strategy/composition/handover-table.js';
import { HANDOVERS } from '../../src/strategy/composition/handovers.js';
import { planRecord } from '../unit/strategy/composition/chains.js';

let store: Store;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `composition-${randomUUID().slice(0, 8)}` });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const fallback: PlanRequest = { strategy: 'sequential', agents: ['a', 'b'] };
const chain = (tenant: string, index: number) =>
  planRecord(
    fallback,
    [
      { agent: 'a', success: false, cost: 0.5 },
      { agent: 'b', success: index % 4 !== 0, cost: 0.25 },
    ],
    { tenant, id: `n${index}`, category: index % 2 === 0 ? 'bug_fix' : 'testing' },
  );

async function readOf(tenant: string) {
  const generation = await liveGeneration(store, tenant);
  return readFollowed(store, tenant, generation, HANDOVERS);
}
async function sumOf(tenant: string, name: string): Promise<number> {
  const rows = await readOf(tenant);
  return rows.reduce((sum, { sums }) => sum + (sums[name] ?? 0), 0);
}
async function chanceOf(tenant: string): Promise<number> {
  const table = new HandoverTable(await readOf(tenant));
  table.learn(
    () => ({ mean: 0.5, cost: 0.25, seconds: 1 }),
    () => true,
  );
  return table.after([{ agent: 'a', mean: 0.5 }], { agent: 'b', mean: 0.5 }).mean;
}

it('what executions tell of fallbacks is kept with them, follows later words, and is rebuilt the same', async () => {
  const tenant = 'fallbacks';
  const indices = Array.from({ length: 40 }, (_, index) => index);
  for (const index of indices) await recordExecution(store, chain(tenant, index), undefined, 30_000);
  await recordExecution(store, chain(tenant, 0));
  expect(await sumOf(tenant, 'tries')).toBe(40);
  expect(await sumOf(tenant, 'successes')).toBe(30);
  expect(await sumOf(tenant, 'costMicroUsd')).toBe(10_000_000);
  const learned = await chanceOf(tenant);
  expect(learned).toBeGreaterThan(0.45);
  for (const index of indices.slice(1, 4)) {
    const { executionId } = chain(tenant, index);
    await addOutcome(store, { tenant, executionId, outcome: { success: false, source: 'human' }, by: 'eve' });
  }
  expect(await sumOf(tenant, 'successes')).toBe(27);
  const corrected = await chanceOf(tenant);
  expect(corrected).toBeLessThan(learned);
  await rebuild(store, tenant);
  expect(await sumOf(tenant, 'tries')).toBe(40);
  expect(await sumOf(tenant, 'successes')).toBe(27);
  expect(await chanceOf(tenant)).toBeCloseTo(corrected);
  expect(await readOf('another')).toEqual([]);
}, 60_000);
