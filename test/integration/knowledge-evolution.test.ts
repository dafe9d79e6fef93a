import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import type { Discovery } from '../../src/shared/agent-contract.js';
import { defaultKnowledgeSettings, type KnowledgeSettings } from '../../src/shared/knowledge-settings.js';
import { events } from '../../src/store/event-log.js';
import { announceGeneration } from '../../src/store/ledger.js';
import { pending } from '../../src/store/pending.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let tenant: string;
let base: KnowledgeBase;

beforeAll(async () => {
  store = await openOwnStore('evolution');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  base = new KnowledgeBase(store, tenant);
});

interface Told {
  id: string;
  success?: boolean;
  shown?: string[];
  withheld?: string[];
  applied?: string[];
  discoveries?: Discovery[];
}

/** Records an execution that was shown, applied and discovered knowledge. */
async function record(told: Told): Promise<string> {
  const { id, success = true, shown = [], withheld = [], applied = [], discoveries = [] } = told;
  const one = attempt([], 'code');
  const execution = executionRecord({
    id,
    tenant,
    success,
    attempts: [{ ...one, report: { ...one.report, applied, discoveries } }],
  });
  const offer = (item: string, isShown: boolean) => ({
    ...{ id: item, version: 1, score: 1, shown: isShown, probability: 0.95 },
  });
  execution.knowledge = [
    ...shown.map((item) => offer(item, true)),
    ...withheld.map((item) => offer(item, false)),
  ];
  await recordExecution(store, execution);
  return execution.executionId;
}
const reads = { findExecutions: findInteractions, findReportedUse };
const context = (settings: Partial<KnowledgeSettings> = {}, of = tenant) =>
  knowledgeContext(store, of, undefined, { settings: { ...defaultKnowledgeSettings, ...settings } });
const evolve = (limit = 100) => evolveKnowledgeBatch(context(), limit, reads);
const left = () => pending(store).countDocuments({ tenant, consumer: 'knowledge' });
const idea = { category: 'bug_fix', title: 'Look at the diff', content: { hint: 'git diff' } };

describe('evolveKnowledgeBatch', () => {
  it('shares discoveries once, in their order, to the channels of their types', async () => {
    const found = (title: string, content: string, type: Discovery['type']): Discovery => ({
      ...{ title, content, type, priority: 'HIGH', tags: ['x'] },
    });
    const discoveries = [
      found('Off by one', 'i <= n', 'WARNING'),
      found('Off by one', 'i < 0', 'WARNING'),
      found('Cache it', 'memoize with token=abcd3fgh1jkl', 'OPTIMIZATION'),
    ];
    const executionId = await record({ id: 'a', discoveries });
    expect(await evolve()).toEqual({ consumed: 1, written: { 'discoveries shared': 3 } });
    expect(await evolve()).toEqual({ consumed: 0, written: { 'items compared': 3 } });
    expect(await evolve()).toEqual({ consumed: 0, written: {} });
    await addOutcome(store, { tenant, executionId, outcome: { success: false, source: 'human' }, by: 'ann' });
    expect(await evolve()).toEqual({ consumed: 1, written: {} });
    const hub = new KnowledgeHub(store, tenant);
    const warnings = await hub.queryKnowledge({ channel: 'warnings' });
    expect(Object.fromEntries(warnings.map((item) => [item.sequence, item.content]))).toEqual({
      1: 'i <= n',
      2: 'i < 0',
    });
    expect(warnings.find(({ sequence }) => sequence === 1)).toMatchObject({
      ...{ source: 'code', category: 'bug_fix', priority: 'HIGH', executionId, state: 'EXPERIMENTAL' },
      ...{ context: { taskId: 'a' }, tags: ['x'] },
    });
    const [cached] = await hub.queryKnowledge({ channel: 'optimizations' });
    expect(JSON.stringify(cached)).not.toContain('abcd3fgh1jkl');
    // The agent's own share of the same discovery is the same item.
    const share = { sourceAgent: 'code', type: 'WARNING' as const, title: 'Off by one', content: 'i <= n' };
    expect((await hub.shareKnowledge({ ...share, executionId })).sequence).toBe(1);
  });

  it('moves items by what executions that applied them showed', async () => {
    const good = await base.addKnowledge(idea);
    const bad = await base.addKnowledge({ ...idea, state: 'VALIDATED' });
    const seen = await base.addKnowledge(idea);
    for (let i = 0; i < 5; i++) {
      const shown = [good.id, seen.id];
      await record({ id: `s${i}`, shown, applied: [good.id, 'some-learning'] });
      await record({ id: `f${i}`, success: false, shown: [bad.id], withheld: [seen.id], applied: [bad.id] });
    }
    const moved = { 'items VALIDATED': 1, 'items DEPRECATED': 1 };
    expect(await evolve()).toEqual({ consumed: 10, written: moved });
    expect(await base.get(good.id)).toMatchObject({ state: 'VALIDATED', usage: { shown: 5, successes: 5 } });
    expect(await base.get(bad.id)).toMatchObject({ state: 'DEPRECATED', usage: { failures: 5 } });
    expect(await base.get(seen.id)).toMatchObject({ state: 'EXPERIMENTAL', usage: { shown: 5, applied: 0 } });
    expect((await base.get(good.id)).lastUsedAt).toEqual(new Date(1_700_000_000_000));
    expect(await events(store).find({ tenant, act: 'moved' }).sort({ itemId: 1 }).toArray()).toHaveLength(2);
  });

  it('lets a deprecated item recover when later words correct its failures', async () => {
    const { id } = await base.addKnowledge(idea);
    const executions = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => record({ id: `e${n}`, success: false, shown: [id], applied: [id] })),
    );
    await evolve();
    expect(await base.get(id)).toMatchObject({ state: 'DEPRECATED' });
    for (const executionId of executions)
      await addOutcome(store, {
        tenant,
        executionId,
        outcome: { success: true, source: 'human' },
        by: 'ann',
      });
    expect(await evolve()).toMatchObject({ consumed: 5, written: { 'items VALIDATED': 1 } });
    expect(await base.get(id)).toMatchObject({ state: 'VALIDATED', usage: { successes: 5, failures: 0 } });
  });

  it('consumes in batches, each entry once even with two runs at a time', async () => {
    const titles = ['tests run alone', 'locks expire', 'files are utf-8', 'ports are random', 'caches lie'];
    const found = [...titles, 'clocks drift', 'paths have spaces'].map(
      (title): Discovery => ({
        ...{ title, content: `We saw that ${title}`, type: 'DISCOVERY', priority: 'LOW', tags: [] },
      }),
    );
    for (const discovery of found) await record({ id: discovery.title, discoveries: [discovery] });
    expect(await evolve(3)).toMatchObject({ consumed: 3 });
    const runs = await Promise.allSettled([evolve(4), evolve(4)]);
    const consumed = runs.map((run) => (run.status === 'fulfilled' ? run.value.consumed : 0));
    expect(Math.max(...consumed)).toBe(4);
    expect(consumed.reduce((a, b) => a + b)).toBe(4);
    expect(await left()).toBe(0);
    expect(await base.list()).toHaveLength(7);
  });

  it('writes nothing and consumes nothing when it fails midway', async () => {
    await record({ id: 'x' });
    const broken = async () => {
      throw new Error('the interactions cannot be read');
    };
    await expect(evolveKnowledgeBatch(context(), 10, { ...reads, findExecutions: broken })).rejects.toThrow(
      /cannot be read/,
    );
    expect(await left()).toBe(1);
  });

  it('keeps to its tenant', async () => {
    const own = await base.addKnowledge(idea);
    for (let i = 0; i < 5; i++) await record({ id: `o${i}`, shown: [own.id], applied: [own.id] });
    const other = `${tenant}-other`;
    expect(await evolveKnowledgeBatch(context({}, other), 10, reads)).toEqual({
      consumed: 0,
      written: {},
    });
    expect(await left()).toBe(5);
    expect(await base.get(own.id)).toMatchObject({ state: 'EXPERIMENTAL' });
  });

  it('records usage by hand into a generation that is being built, too', async () => {
    const { id } = await base.addKnowledge(idea);
    await base.recordUsage(id, true);
    const { building } = await announceGeneration(store, tenant);
    await base.recordUsage(id, true);
    const logged = await events(store).find({ tenant, kind: 'usage' }).sort({ at: 1 }).toArray();
    expect(logged.map(({ generations }) => generations)).toEqual([['g1'], ['g1', building]]);
    const built = await store.db
      .collection('counters')
      .find({ tenant, projection: 'knowledgeUsage', generation: building })
      .toArray();
    expect(built.map((counter) => counter['sums'] as unknown)).toEqual([{ applied: 1, appliedSuccesses: 1 }]);
  });
});
