import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { seededUniform } from '../../src/evidence/random.js';
import { foldStatistics } from '../../src/performance/statistics/fold.js';
import { statisticsDimensions } from '../../src/performance/statistics/projections.js';
import { readStatistics } from '../../src/performance/statistics/read.js';
import { views } from '../../src/performance/statistics/views.js';
import { recordPerformance } from '../../src/recording/direct.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { blocks } from '../../src/store/counter-blocks.js';
import { counters, dayOf } from '../../src/store/counters.js';
import { foldCounters } from '../../src/store/fold-counters.js';
import { FIRST_GENERATION, StaleGenerationsError } from '../../src/store/ledger.js';
import { openStore, type Store } from '../../src/store/store.js';
import {
  BEGAN,
  contributed,
  counted,
  countedOf,
  counterNames,
  DAYS,
  everything,
  madeRecord,
  read,
  STATISTICS,
  STEPS,
} from './performance-world.js';

const DEADLINE = 60_000;
const DAY = 86_400_000;
let store: Store;

beforeAll(async () => {
  const database = `performance-statistics-${randomUUID().slice(0, 8)}`;
  store = openStore({ uri: inject('mongoUri'), database, deadlineMs: DEADLINE });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

async function recordAll(tenant: string, indices: readonly number[], atOnce = 4): Promise<void> {
  const queue = [...indices];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift())
        await recordExecution(store, madeRecord(tenant, index), undefined, DEADLINE);
    }),
  );
}

const correct = (tenant: string, index: number, success: boolean) =>
  addOutcome(store, {
    ...{ tenant, executionId: madeRecord(tenant, index).executionId, by: 'ann' },
    outcome: { success, source: 'human' },
  });

/** Counters of days that are over which are in no block. */
const unfolded = (tenant: string) =>
  counters(store).countDocuments({ tenant, projection: { $in: Object.keys(statisticsDimensions) } });

async function expectTrue(tenant: string): Promise<void> {
  for (const name of counterNames) {
    const by = statisticsDimensions[name];
    expect(await read(store, tenant, name, { by })).toEqual(await counted(store, tenant, name, { by }));
  }
}

describe('statistics in blocks', { timeout: 120_000 }, () => {
  const tenant = 'windows';
  const uniform = seededUniform('windows');
  const someDay = () => dayOf(BEGAN + Math.floor((DAYS + 10) * uniform() - 5) * DAY);

  beforeAll(async () => {
    await recordAll(tenant, range(0, 120));
    await foldStatistics(store, tenant);
    // Some that come late, and words on days that are in blocks already.
    await recordAll(tenant, range(120, 150));
    for (const index of range(0, 20)) await correct(tenant, index, index % 2 === 0);
  }, 120_000);

  it('give any window as a direct count over the interactions does', async () => {
    const truth = await contributed(store, tenant);
    for (let round = 0; round < 60; round += 1) {
      const name = counterNames[round % counterNames.length] ?? STATISTICS;
      const dimensions: readonly string[] = statisticsDimensions[name];
      const by = dimensions.filter(() => uniform() < 0.5);
      const [from, to] = [someDay(), someDay()].sort();
      const where = uniform() < 0.5 ? { category: 'review | odd=name' } : {};
      const asked = {
        ...{ by, where },
        ...(uniform() < 0.8 ? { from } : {}),
        ...(uniform() < 0.8 ? { to } : {}),
      };
      expect(await read(store, tenant, name, asked), JSON.stringify(asked)).toEqual(
        countedOf(truth, name, asked),
      );
      if (round === 30) expect(await foldStatistics(store, tenant)).toBeGreaterThan(0);
    }
  });

  it('leave out the bins of sketches where they are not asked for, and nothing else', async () => {
    const by = ['agentType', 'category', 'complexity'];
    const [whole, bare] = [
      await read(store, tenant, STATISTICS, { by }),
      await read(store, tenant, STATISTICS, { by, bins: false }),
    ];
    for (const sums of Object.values(whole))
      for (const name of Object.keys(sums)) if (/^[tcqy]\d+$/.test(name)) delete sums[name];
    expect(bare).toEqual(whole);
    expect(Object.keys(bare).length).toBeGreaterThan(20);
  });

  it('give steps of the task, of agents and of tools, each as it was measured', async () => {
    const rows = await readStatistics(store, tenant, STEPS, { by: ['step'] });
    const bySteps = new Map(rows.map(({ dimensions, sums }) => [dimensions['step'], sums]));
    const records = range(0, 150).map((index) => madeRecord(tenant, index));
    expect(bySteps.get('lookUp')).toMatchObject({ executions: 150, ms: 150 * 40, timed: 150 });
    const approvals = records.filter(({ steps }) => steps.approval !== undefined);
    expect(bySteps.get('approval')).toMatchObject({ executions: approvals.length });
    const codes = records.flatMap(({ attempts }) => attempts.filter(({ agentType }) => agentType === 'code'));
    const total = (of: (attempt: (typeof codes)[number]) => number): number =>
      codes.reduce((sum, attempt) => sum + of(attempt), 0);
    expect(bySteps.get('agent:code')).toMatchObject({
      ...{ executions: codes.length, ms: total(({ durationMs }) => durationMs) },
    });
    expect(bySteps.get('queue:code')?.['ms']).toBe(
      total(({ durationMs, elapsedMs }) => elapsedMs - durationMs),
    );
    const measured = records
      .flatMap(({ attempts }) => attempts)
      .flatMap(({ report: { actions, results } }) =>
        results.filter(({ seconds }, index) => seconds !== undefined && actions[index]?.type === 'run.tests'),
      );
    const ms = measured.reduce((sum, { seconds = 0 }) => sum + Math.round(seconds * 1_000), 0);
    expect(bySteps.get('tool:run.tests')).toMatchObject({ executions: measured.length, ms });
    const one = await readStatistics(store, tenant, STEPS, { by: ['step'], where: { step: 'lookUp' } });
    expect(one).toMatchObject([{ dimensions: { step: 'lookUp' }, sums: { executions: 150 } }]);
  });

  it('are refused for days that are none', async () => {
    const asking = (query: object) => readStatistics(store, tenant, STATISTICS, { by: [], ...query });
    await expect(asking({ from: 'yesterday' })).rejects.toMatchObject({ field: 'from' });
    await expect(asking({ to: '2026-1-1' })).rejects.toMatchObject({ field: 'to' });
    await expect(asking({ where: { day: '2026-01-01' } })).rejects.toMatchObject({ field: 'where.day' });
  });
});

describe('folding', { timeout: 180_000 }, () => {
  it('changes nothing that is read: once, twice, and two at once', async () => {
    const tenant = 'twice';
    await recordAll(tenant, range(0, 60));
    const before = await everything(store, tenant);
    expect(Object.keys(before[STATISTICS] ?? {}).length).toBeGreaterThan(50);
    const moved = await Promise.all([foldStatistics(store, tenant), foldStatistics(store, tenant)]);
    expect(moved[0] + moved[1]).toBeGreaterThan(100);
    expect(await everything(store, tenant)).toEqual(before);
    expect(await foldStatistics(store, tenant)).toBe(0);
    expect(await everything(store, tenant)).toEqual(before);
    expect(await unfolded(tenant)).toBe(0);
    await expectTrue(tenant);
  });

  it('that is killed at any point leaves the same, and is finished by the next', async () => {
    const tenant = 'killed';
    await recordAll(tenant, range(0, 25));
    const before = await everything(store, tenant);
    const killed = new Error('the process ends here');
    for (let kill = 1; ; kill += 1) {
      let transactions = 0;
      const dying: Store = {
        ...store,
        transaction: (operation, deadlineMs) =>
          store.transaction(async (session) => {
            const result = await operation(session);
            transactions += 1;
            if (transactions === kill) throw killed;
            return result;
          }, deadlineMs),
      };
      const ended = await foldStatistics(dying, tenant).catch((error: unknown) => error);
      expect(await everything(store, tenant)).toEqual(before);
      if (ended !== killed) break;
      await recordAll(tenant, [100 + kill]);
      Object.assign(before, await everything(store, tenant));
    }
    expect(await unfolded(tenant)).toBe(0);
    await expectTrue(tenant);
  });

  it('takes in today so far, and leaves other tenants and generations that nobody reads alone', async () => {
    const [tenant, neighbour] = ['today', 'today|g1'];
    const today = {
      ...{ agentType: 'code', category: 'parsing', strategy: 'single', success: true, durationMs: 15 },
      ...{ iterations: 1, errors: 0, actions: 0, cost: 0, tokens: { input: 0, output: 0 } },
    };
    await recordPerformance(store, tenant, { ...today, endedAt: Date.now() });
    await recordPerformance(store, tenant, { ...today, endedAt: Date.now() - 3 * DAY });
    await recordPerformance(store, neighbour, { ...today, endedAt: Date.now() - 3 * DAY });
    expect(await foldStatistics(store, tenant)).toBe(2);
    await recordPerformance(store, tenant, { ...today, endedAt: Date.now() });
    expect(await unfolded(tenant)).toBe(1);
    expect(await unfolded(neighbour)).toBe(1);
    const by = ['agentType'];
    const own = await readStatistics(store, tenant, STATISTICS, { by });
    expect(own).toMatchObject([{ sums: { executions: 3, durationMs: 45 } }]);
    const theirs = await readStatistics(store, neighbour, STATISTICS, { by });
    expect(theirs).toMatchObject([{ sums: { executions: 1 } }]);
    await counters(store).insertOne({
      ...{ _id: `${tenant}|g0|x`, tenant, generation: 'g0', projection: STATISTICS },
      ...{ dimensions: { agentType: 'a', day: '2026-01-01' }, sums: { executions: 1 } },
    });
    await expect(foldCounters(store, tenant, 'g0', views[STATISTICS], '2026-02-01')).rejects.toThrow(
      StaleGenerationsError,
    );
    expect(await counters(store).countDocuments({ tenant, generation: 'g0', projection: STATISTICS })).toBe(
      1,
    );
  });

  it('reads what earlier versions counted as unknown', async () => {
    const tenant = 'earlier';
    await recordAll(tenant, [1]);
    await counters(store).insertOne({
      ...{ _id: `${tenant}|${FIRST_GENERATION}|old|0`, tenant, generation: FIRST_GENERATION },
      projection: STATISTICS,
      dimensions: { agentType: 'old', category: 'parsing', strategy: 'single', day: '2026-02-01' },
      sums: { executions: 4, successes: 3, failures: 1, durationMs: 4_000 },
    });
    const asked = { by: ['agentType', 'complexity'], where: { agentType: 'old' } };
    const before = await readStatistics(store, tenant, STATISTICS, asked);
    expect(before).toEqual([
      {
        dimensions: { agentType: 'old', complexity: 'unknown' },
        sums: { executions: 4, successes: 3, failures: 1, durationMs: 4_000 },
      },
    ]);
    await foldStatistics(store, tenant);
    expect(await readStatistics(store, tenant, STATISTICS, asked)).toEqual(before);
  });

  it('keeps documents small where one day has very many different errors', async () => {
    const tenant = 'many';
    const made = range(0, 12_000).map((index) => ({
      ...{ _id: `${tenant}|${FIRST_GENERATION}|errors|${index}`, tenant, generation: FIRST_GENERATION },
      projection: 'errors',
      dimensions: {
        ...{ agentType: 'code', category: 'parsing', day: '2026-02-01' },
        signature: `${'é'.repeat(100)} ${index}`,
      },
      sums: { executions: 1, failures: index % 2, durationMs: index },
    }));
    await counters(store).insertMany(made);
    expect(await foldStatistics(store, tenant)).toBe(12_000);
    const found = await blocks(store).find({ tenant, view: 'errors', block: '1:2026-02-01' }).toArray();
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter(({ parts }) => parts === found.length)).toHaveLength(1);
    const rows = await readStatistics(store, tenant, 'errors', { by: ['signature'], from: '2026-02-01' });
    expect(rows).toHaveLength(12_000);
    const by = ['agentType'];
    const [total] = await readStatistics(store, tenant, 'errors', { by, to: '2026-02-01' });
    expect(total?.sums).toEqual({ executions: 12_000, failures: 6_000, durationMs: 71_994_000 });
  });
});

describe('rebuilt statistics', { timeout: 180_000 }, () => {
  it('equal live ones, folded, with corrections on folded days', async () => {
    const tenant = 'rebuilt';
    await recordAll(tenant, range(0, 40));
    await foldStatistics(store, tenant);
    for (const index of range(0, 15)) await correct(tenant, index, index % 3 === 0);
    const before = await everything(store, tenant);
    expect((await rebuild(store, tenant)).changed).toEqual([]);
    expect(await everything(store, tenant)).toEqual(before);
    await expectTrue(tenant);
    expect(await counters(store).distinct('generation', { tenant })).toEqual(['g2']);
    expect(await unfolded(tenant)).toBe(0);
    expect(await blocks(store).countDocuments({ tenant, view: STATISTICS })).toBeGreaterThan(50);
  });

  it('equal live ones while recordings, corrections and folds go on', async () => {
    const tenant = 'ongoing';
    await recordAll(tenant, range(0, 30));
    await foldStatistics(store, tenant);
    const work = new AbortController();
    const folding = (async () => {
      while (!work.signal.aborted) await foldStatistics(store, tenant);
    })();
    const recording = (async () => {
      await recordAll(tenant, range(30, 90), 3);
      for (const index of range(0, 20)) await correct(tenant, index, index % 2 === 0);
    })();
    const first = await rebuild(store, tenant);
    await recording;
    const second = await rebuild(store, tenant);
    work.abort();
    await folding;
    expect(first.changed).toEqual([]);
    expect(second.changed).toEqual([]);
    await expectTrue(tenant);
    expect(await counters(store).distinct('generation', { tenant })).toEqual(['g3']);
  });
});
