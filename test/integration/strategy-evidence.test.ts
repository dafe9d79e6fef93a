/** What selection knows, as it is read from a store that goes on being written to. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { recordStrategyOutcome } from '../../src/recording/direct.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import type { ExecutionRecord } from '../../src/shared/task.js';
import { applyIncrements, counters } from '../../src/store/counters.js';
import { readTouched } from '../../src/store/followed-counters.js';
import { ensureLedger } from '../../src/store/ledger.js';
import { openStore, type Store, StoreUnavailableError } from '../../src/store/store.js';
import { AdaptiveStrategy } from '../../src/strategy/adaptive-strategy.js';
import { EvidenceCache } from '../../src/strategy/evidence-cache.js';
import { executionIncrement } from '../../src/strategy/evidence-rows.js';
import type { TenantEvidence } from '../../src/strategy/tenant-evidence.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { offerOf } from '../unit/strategy/plan-offers.js';

let store: Store;
const database = `evidence-${randomUUID().slice(0, 8)}`;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
/** A task of an agent alone that a verifier judged. */
function judged(tenant: string, agent: string, index: number, success: boolean): ExecutionRecord {
  const made = attempt([], agent);
  return {
    ...executionRecord({
      tenant,
      id: `${agent}-${index}`,
      category: 'c',
      success,
      plan: `single(${agent})`,
      endedAt: START + index * MINUTE,
      attempts: [{ ...made, success, source: 'verifier', report: { ...made.report, success, cost: 0.01 } }],
    }),
    outcome: { success, source: 'verifier' },
  };
}
const record = (tenant: string, agent: string, index: number, success: boolean) =>
  recordExecution(store, judged(tenant, agent, index, success));
const fill = async (tenant: string, agent: string, outcomes: string, from = 0): Promise<void> => {
  for (const [index, outcome] of outcomes.split('').entries())
    await record(tenant, agent, from + index, outcome === '1');
};
const figuresOf = ({ table }: TenantEvidence) => ({
  tasks: table.tasks,
  spent: Number(table.spent.toFixed(6)),
  plans: [...table.plans].map(([plan, { cells }]) => `${plan} ${cells.get('c')?.reward.toFixed(2)}`).sort(),
});
const limits = {
  rows: 20_000,
  firstRows: 3_000,
  held: 200_000,
  tenants: 1_000,
  reloadMs: 60 * MINUTE,
  sweepMs: 10_000,
};
const strategyOf = (tenant: string) => new AdaptiveStrategy(store, tenant, offerOf(['a', 'b']));
const asked = { analysis: null, executionId: 'x', learning: 'full' } as const;

describe('what selection knows', () => {
  it('is read at first, and then what has changed since', async () => {
    const cache = new EvidenceCache(store);
    expect((await cache.of('first')).table.tasks).toBe(0);
    await fill('first', 'a', '1101');
    const known = await cache.of('first');
    expect(figuresOf(known)).toMatchObject({ tasks: 4, spent: 0.04 });
    await fill('first', 'b', '10', 4);
    expect(await cache.of('first')).toBe(known);
    expect(figuresOf(known)).toMatchObject({ tasks: 6 });
    expect(known.table.plans.get('single(b)')?.executions).toBe(2);
    // Another process reads all of it at once.
    expect(figuresOf(await new EvidenceCache(store).of('first'))).toEqual(figuresOf(known));
  });

  it('is read by an index that ends with what changed, however much there is', async () => {
    await fill('first', 'a', '1', 90);
    const plan = await counters(store)
      .find({ tenant: 'first', generation: 'g1', touched: { $gte: new Date() } })
      .explain('executionStats');
    expect(JSON.stringify(plan)).toContain('"indexName":"touched"');
    expect(plan['executionStats']).toMatchObject({ totalDocsExamined: 0 });
    const newest = await counters(store)
      .find({ tenant: 'first', generation: 'g1', projection: 'evidence' })
      .sort({ 'dimensions.slot': -1 })
      .limit(2)
      .explain('executionStats');
    expect(JSON.stringify(newest)).toContain('"indexName":"evidence"');
    expect(newest['executionStats']).toMatchObject({ totalDocsExamined: 2 });
    const marked = await counters(store)
      .find({
        tenant: 'first',
        generation: 'g1',
        projection: 'evidence',
        'sums.introduced': { $gt: 0 },
      })
      .explain('executionStats');
    expect(JSON.stringify(marked)).toContain('"indexName":"introduced"');
  });

  it('takes in a correction of an old task, and the trust in its agent', async () => {
    const cache = new EvidenceCache(store);
    await fill('corrected', 'a', '1'.repeat(30));
    const known = await cache.of('corrected');
    expect(known.table.plans.get('single(a)')?.cells.get('c')?.reward).toBeCloseTo(30, 0);
    for (const index of [0, 1, 2])
      await addOutcome(store, {
        tenant: 'corrected',
        executionId: judged('corrected', 'a', index, true).executionId,
        outcome: { success: false, source: 'human' },
        by: 'ann',
      });
    await cache.of('corrected');
    expect(known.table.tasks).toBe(30);
    expect(figuresOf(known)).toEqual(figuresOf(await new EvidenceCache(store).of('corrected')));
    expect(known.table.plans.get('single(a)')?.cells.get('c')?.reward).toBeCloseTo(27, 0);
  });

  it('sees what a slow transaction changed, once it commits', async () => {
    const tenant = 'late';
    await ensureLedger(store, tenant);
    await fill(tenant, 'a', '1');
    const cache = new EvidenceCache(store, { ...limits, sweepMs: 0 });
    const hasty = new EvidenceCache(store);
    await hasty.of(tenant);
    await hasty.of(tenant);
    const known = await cache.of(tenant);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let changed = (): void => {};
    const isChanged = new Promise<void>((resolve) => {
      changed = resolve;
    });
    const slow = store.transaction(async (session) => {
      const increment = executionIncrement({
        plan: 'single(late)',
        category: 'c',
        outcome: { success: true, source: 'verifier' },
        durationMs: null,
        cost: null,
        endedAt: START,
        expected: null,
      });
      await applyIncrements(store, tenant, ['g1'], [increment], session);
      changed();
      await held;
    }, 20_000);
    await isChanged;
    // Others record and choose meanwhile, for longer than each read looks back.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await fill(tenant, 'a', '11', 1);
    expect((await cache.of(tenant)).table.tasks).toBe(3);
    await hasty.of(tenant);
    release();
    await slow;
    expect((await cache.of(tenant)).table.tasks).toBe(4);
    expect(known.table.plans.get('single(late)')?.executions).toBe(1);
    expect((await hasty.of(tenant)).table.tasks).toBe(3);
  });

  it('is that of the new generation once a rebuild has switched, and the same', async () => {
    const cache = new EvidenceCache(store);
    await fill('rebuilt', 'a', '110');
    await recordStrategyOutcome(
      store,
      'rebuilt',
      'single(b)@c',
      { success: true, durationMs: 1_000, iterations: 1, errors: 0, cost: null, endedAt: START },
      { taskId: 'direct', whatWorked: [], improvements: [] },
    );
    const old = await cache.of('rebuilt');
    // A counter that nothing accounts for.
    await counters(store).updateOne(
      { tenant: 'rebuilt', projection: 'evidence', 'dimensions.plan': 'single(a)' },
      { $inc: { 'sums.executions': 5 }, $currentDate: { touched: true } },
    );
    expect((await cache.of('rebuilt')).table.tasks).toBe(9);
    const { changed } = await rebuild(store, 'rebuilt');
    expect(changed.map(({ projection }) => projection)).toEqual(['evidence']);
    const now = await cache.of('rebuilt');
    expect(now).not.toBe(old);
    expect(figuresOf(now)).toMatchObject({ tasks: 4, spent: 0.03 });
    expect(now.table.plans.get('single(b)')).toMatchObject({ executions: 1 });
    await fill('rebuilt', 'a', '1', 20);
    expect((await cache.of('rebuilt')).table.tasks).toBe(5);
  });

  it('is shared by choices at once, and read anew by those that come later', async () => {
    await fill('busy', 'a', '1');
    const cache = new EvidenceCache(store);
    await cache.of('busy');
    const reads = { count: 0 };
    const counting: Store = {
      ...store,
      run: (operation, deadlineMs) => {
        reads.count += 1;
        return store.run(operation, deadlineMs);
      },
    };
    const counted = new EvidenceCache(counting);
    await counted.of('busy');
    reads.count = 0;
    await Promise.all(Array.from({ length: 50 }, () => counted.of('busy')));
    // Each asks for the generation, which is remembered; of the reads, one is under way and one follows it.
    expect(reads.count).toBeLessThanOrEqual(50 + 3);
  });

  it('keeps the newest of a tenant with more than there is room for, and the tenants used last', async () => {
    await fill('long', 'a', '0011111');
    const newest = new EvidenceCache(store, { ...limits, rows: 5 });
    expect(figuresOf(await newest.of('long'))).toMatchObject({ tasks: 5, plans: ['single(a) 5.00'] });
    const small = new EvidenceCache(store, { ...limits, held: 12 });
    for (const tenant of ['first', 'long', 'busy', 'first']) await small.of(tenant);
    expect(small.held()).toEqual(['busy', 'first']);
    await small.of('busy');
    await small.of('long');
    expect(small.held()).toEqual(['busy', 'long']);
    const few = new EvidenceCache(store, { ...limits, tenants: 2 });
    for (const tenant of ['nobody', 'first', 'nothing']) await few.of(tenant);
    expect(few.held()).toEqual(['first', 'nothing']);
  });

  it('is the newest for a start, and soon the rest', async () => {
    await fill('cold', 'a', '000111');
    const cache = new EvidenceCache(store, { ...limits, firstRows: 3 });
    cache.readAhead('cold', 1_000);
    expect(figuresOf(await cache.of('cold'))).toMatchObject({ plans: ['single(a) 3.00'], tasks: 3 });
    for (let tries = 0; (await cache.of('cold')).table.tasks < 6; tries += 1) expect(tries).toBeLessThan(200);
    const all = await cache.of('cold');
    expect(figuresOf(all)).toEqual(figuresOf(await new EvidenceCache(store).of('cold')));
    // That is all there is: nothing is read a third time.
    expect(await cache.of('cold')).toBe(all);
  });

  it('begins with the statistics by day where an earlier version kept no evidence', async () => {
    await fill('upgraded', 'a', '1101');
    const known = figuresOf(await new EvidenceCache(store).of('upgraded'));
    await counters(store).deleteMany({ tenant: 'upgraded', projection: 'evidence' });
    const cache = new EvidenceCache(store);
    expect(figuresOf(await cache.of('upgraded'))).toEqual(known);
    // A day later: new evidence goes with the old statistics, here and in a process that begins then.
    await fill('upgraded', 'b', '1', 24 * 60);
    for (const each of [cache, new EvidenceCache(store)]) {
      const evidence = await each.of('upgraded');
      expect(figuresOf(evidence)).toMatchObject({ tasks: 5, spent: 0.05 });
      expect(evidence.table.plans.get('single(a)')?.executions).toBe(4);
      expect(evidence.table.isNewcomer('single(a)')).toBe(false);
    }
    await rebuild(store, 'upgraded');
    expect(figuresOf(await new EvidenceCache(store).of('upgraded'))).toMatchObject({ tasks: 5, spent: 0.05 });
  });

  it('is of a fallback and of its first agent, live as rebuilt, also once a person has corrected it', async () => {
    const key = 'sequential(a>b)';
    const tried = judged('fallback', 'a', 0, false);
    const second = judged('fallback', 'b', 0, true).attempts[0];
    const { choice } = tried;
    if (choice === null || second === undefined) throw new Error('The record has no plan');
    const plan = { ...choice.plan, strategy: 'sequential', onFailure: 'next', key } as const;
    const outcome = { success: true, source: 'verifier' } as const;
    const attempts = [...tried.attempts.map((first) => ({ ...first, decisive: false })), second];
    await recordExecution(store, { ...tried, choice: { ...choice, plan }, attempts, outcome });
    const cache = new EvidenceCache(store);
    const expected = { tasks: 1, spent: 0.02, plans: ['sequential(a>b) 1.00', 'single(a) 0.00'] };
    expect(figuresOf(await cache.of('fallback'))).toEqual(expected);
    await addOutcome(store, {
      tenant: 'fallback',
      executionId: tried.executionId,
      outcome: { success: false, source: 'human' },
      by: 'someone',
    });
    const corrected = { ...expected, plans: ['sequential(a>b) 0.00', 'single(a) 0.00'] };
    expect(figuresOf(await cache.of('fallback'))).toEqual(corrected);
    expect((await rebuild(store, 'fallback')).changed).toEqual([]);
    expect(figuresOf(await cache.of('fallback'))).toEqual(corrected);
  });

  it('is read anew in the background now and then', async () => {
    await fill('again', 'a', '11');
    const cache = new EvidenceCache(store, { ...limits, reloadMs: 0 });
    const old = await cache.of('again');
    // A change that no stamp tells of.
    await counters(store).updateOne(
      { tenant: 'again', projection: 'evidence' },
      { $inc: { 'sums.executions': 1 }, $unset: { touched: '' } },
    );
    for (let tries = 0; (await cache.of('again')).table.tasks < 3; tries += 1)
      expect(tries).toBeLessThan(200);
    expect(await cache.of('again')).not.toBe(old);
  });
});

describe('a choice', () => {
  it('does without where the first read takes longer than it may, and has it later', async () => {
    await fill('slow', 'a', '1');
    const slow: Store = {
      ...store,
      run: async (operation, deadlineMs) => {
        if ((deadlineMs ?? 0) > 1_000) await new Promise((resolve) => setTimeout(resolve, 400));
        return store.run(operation, deadlineMs);
      },
    };
    const strategy = new AdaptiveStrategy(slow, 'slow', offerOf(['a', 'b']));
    const began = performance.now();
    await expect(strategy.selectStrategy(asked, 100)).rejects.toThrow(StoreUnavailableError);
    expect(performance.now() - began).toBeLessThan(300);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await strategy.selectStrategy(asked, 100)).candidates).toHaveLength(2);
  });

  it('says that the store is away, with and without what is remembered', async () => {
    const away = openStore({ uri: 'mongodb://127.0.0.1:9/?directConnection=true', database });
    const strategy = new AdaptiveStrategy(away, 'first', offerOf(['a', 'b']));
    await expect(strategy.selectStrategy(asked, 200)).rejects.toThrow(StoreUnavailableError);
    await away.close();
    const gone = openStore({ uri: inject('mongoUri'), database });
    const remembering = new AdaptiveStrategy(gone, 'first', offerOf(['a', 'b']));
    await remembering.selectStrategy(asked, 2_000);
    await gone.close();
    const broken: Store = { ...gone, run: () => Promise.reject(new StoreUnavailableError('away')) };
    await expect(new EvidenceCache(broken).of('first', 200)).rejects.toThrow(StoreUnavailableError);
  });

  it('of two processes rests on the same', async () => {
    await fill('both', 'a', '1101110111');
    await fill('both', 'b', '0010010001', 10);
    const own = await strategyOf('both').selectStrategy(asked);
    const elsewhere = openStore({ uri: inject('mongoUri'), database });
    try {
      const other = new AdaptiveStrategy(elsewhere, 'both', offerOf(['a', 'b']));
      expect(await other.selectStrategy(asked)).toEqual(own);
      for (let index = 0; index < 8; index += 1) {
        await record('both', index % 2 === 0 ? 'a' : 'b', 20 + index, index % 3 === 0);
        expect(await other.selectStrategy(asked)).toEqual(await strategyOf('both').selectStrategy(asked));
      }
    } finally {
      await elsewhere.close();
    }
  });

  it('introduces a plan once, with a record that was offered it', async () => {
    const choose = () => strategyOf('new').selectStrategy(asked);
    const first = await choose();
    expect(first.introduced?.toSorted()).toEqual(['single(a)', 'single(b)']);
    await recordExecution(store, { ...judged('new', 'a', 0, true), choice: first });
    const next = await choose();
    expect(next.introduced).toBeUndefined();
    const more = new AdaptiveStrategy(store, 'new', offerOf(['a', 'b', 'c']));
    expect((await more.selectStrategy(asked)).introduced).toEqual(['single(c)']);
    const marks = await readTouched(store, 'new', 'g1', 0, 100);
    expect(marks.filter(({ sums }) => sums['introduced'] === 1)).toHaveLength(2);
  });
});
