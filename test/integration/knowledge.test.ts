import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { knowledgeIndexes } from '../../src/knowledge/collections.js';
import type { ShareInput } from '../../src/knowledge/inputs.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { findRelevantKnowledge } from '../../src/knowledge/search.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/shared/errors.js';
import { events } from '../../src/store/event-log.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';

let store: Store;
/** A connection of its own, as another process has. */
let second: Store;
let folder: string;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;
let base: KnowledgeBase;
let otherHub: KnowledgeHub;
let otherBase: KnowledgeBase;

beforeAll(async () => {
  const connection = { uri: inject('mongoUri'), database: `knowledge_${process.pid}`, deadlineMs: 20_000 };
  store = openStore(connection);
  second = openStore(connection);
  await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
  folder = await mkdtemp(join(tmpdir(), 'journeyman-knowledge-'));
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
  await second.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  tenant = `t${++tenants}`;
  hub = new KnowledgeHub(store, tenant);
  base = new KnowledgeBase(store, tenant);
  otherHub = new KnowledgeHub(store, `${tenant}-other`);
  otherBase = new KnowledgeBase(store, `${tenant}-other`);
});

const sorting: ShareInput = {
  sourceAgent: 'code',
  type: 'SOLUTION',
  title: 'Fast sorting algorithm',
  content: 'Use quicksort for O(n log n) performance',
  context: { language: 'python' },
  tags: ['algorithm', 'sorting'],
};

describe('sharing', () => {
  it('keeps every field and gives positions without gaps', async () => {
    const first = await hub.shareKnowledge(sorting);
    expect(first).toMatchObject({
      ...{ type: 'SOLUTION', title: sorting.title, content: sorting.content, source: 'code' },
      ...{
        channel: 'solutions',
        sequence: 1,
        state: 'EXPERIMENTAL',
        version: 1,
        votes: 0,
        priority: 'MEDIUM',
      },
      ...{ context: { language: 'python' }, tags: ['algorithm', 'sorting'], category: 'general' },
    });
    expect(first).not.toHaveProperty('tenant');
    const away = new KnowledgeHub(second, tenant);
    const many = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        (i % 2 === 0 ? hub : away).shareKnowledge({ ...sorting, title: `Sorting ${i}` }),
      ),
    );
    expect(many.map((item) => item.sequence ?? 0).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 2),
    );
    expect(await base.history(first.id)).toMatchObject([{ version: 1, changes: 'created', by: 'code' }]);
  });

  it('is idempotent by id and by execution and title', async () => {
    const byExecution = { ...sorting, executionId: `${tenant}/1/r` };
    const hubs = [hub, new KnowledgeHub(second, tenant), hub];
    const shares = await Promise.all(hubs.map((each) => each.shareKnowledge(byExecution)));
    const own = { ...sorting, id: 'own-1', title: 'Digits', content: 'Radix passes need no comparison' };
    const byId = [await hub.shareKnowledge(own), await hub.shareKnowledge(own)];
    expect(new Set(shares.map((item) => item.id)).size).toBe(1);
    expect(byId.map((item) => item.id)).toEqual(['own-1', 'own-1']);
    expect(await base.list()).toHaveLength(2);
    await expect(hub.shareKnowledge({ ...own, title: 'Else' })).rejects.toThrow(ConflictError);
  });

  it('takes secrets out', async () => {
    const item = await hub.shareKnowledge({ ...sorting, content: 'set password=hunter2secret first' });
    expect(JSON.stringify(item)).not.toContain('hunter2secret');
  });

  it.each([
    [{ ...sorting, title: '' }, 'title'],
    [{ ...sorting, title: { $ne: null } }, 'title'],
    [{ ...sorting, type: 'RUMOUR' }, 'type'],
    [{ ...sorting, priority: 'URGENT' }, 'priority'],
    [{ ...sorting, tags: [{ $gt: '' }] }, 'tags[0]'],
    [{ ...sorting, channel: 'no-such' }, 'channel'],
    [{ ...sorting, colour: 'red' }, 'colour'],
    [{ ...sorting, content: [] }, 'content'],
  ])('refuses %j, naming the field', async (input, field) => {
    const refused = hub.shareKnowledge(input as ShareInput);
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toMatchObject({ field });
    expect(await base.list()).toEqual([]);
  });

  it('shares solutions and broadcasts', async () => {
    const solution = await hub.shareSolution({
      sourceAgent: 'code',
      problem: 'Slow\nquery',
      solution: 'Index',
    });
    expect(solution).toMatchObject({
      ...{ type: 'SOLUTION', title: 'Solution: Slow', channel: 'solutions' },
      content: { problem: 'Slow\nquery', solution: 'Index' },
    });
    const news = await hub.broadcastDiscovery({ sourceAgent: 'review', title: 'Hole', content: 'Sanitize' });
    expect(news).toMatchObject({ type: 'DISCOVERY', priority: 'HIGH', channel: 'general' });
  });
});

describe('channels', () => {
  it('has the default ones and takes more', async () => {
    await hub.createChannel({ name: 'infra', description: 'Machines' });
    await hub.createChannel({ name: 'infra', description: 'Other' });
    const channels = await hub.channels();
    expect(channels.map(({ name }) => name)).toEqual([
      'code',
      'debugging',
      'general',
      'infra',
      'optimizations',
      'solutions',
      'testing',
      'warnings',
    ]);
    expect(channels[3]).toEqual({ name: 'infra', description: 'Machines', sequence: 0 });
    expect(await otherHub.channels()).toHaveLength(7);
    expect(await hub.shareKnowledge({ ...sorting, channel: 'infra' })).toMatchObject({ sequence: 1 });
    await expect(otherHub.shareKnowledge({ ...sorting, channel: 'infra' })).rejects.toThrow(
      /expected one of code/,
    );
  });

  it('hands subscribers what they missed until they acknowledge it', async () => {
    await hub.shareKnowledge({ ...sorting, title: 'before', content: 'Sorted input needs no sorting' });
    await hub.subscribeToChannel('test', 'solutions');
    const a = await hub.shareKnowledge({
      ...sorting,
      title: 'a',
      content: 'Merge sort keeps the order of equals',
    });
    const b = await hub.shareKnowledge({
      ...sorting,
      title: 'b',
      content: 'Heap sort takes no further memory',
    });
    await hub.shareKnowledge({ ...sorting, title: 'elsewhere', channel: 'code' });
    await hub.broadcastDiscovery({ sourceAgent: 'review', title: 'to all', content: 'x' });
    const titles = async () => (await hub.missed('test')).map(({ title }) => title);
    expect(await titles()).toEqual(['to all', 'a', 'b']);
    await hub.acknowledge('test', 'solutions', a.sequence ?? 0);
    expect(await titles()).toEqual(['to all', 'b']);
    await hub.subscribeToChannel('test', 'solutions');
    await hub.acknowledge('test', 'solutions', 0);
    expect(await titles()).toEqual(['to all', 'b']);
    await expect(hub.acknowledge('test', 'solutions', (b.sequence ?? 0) + 1)).rejects.toThrow(/at most 3/);
    await expect(hub.acknowledge('test', 'code', 1)).rejects.toThrow(/subscribes to/);
    expect(await otherHub.missed('test')).toEqual([]);
    expect(await hub.missed('nobody')).toEqual([]);
  });
});

describe('querying', () => {
  beforeEach(async () => {
    await hub.shareKnowledge({ ...sorting, priority: 'LOW' });
    await hub.shareKnowledge({
      ...{ sourceAgent: 'review', type: 'WARNING', priority: 'CRITICAL', tags: ['security'] },
      ...{ title: 'SQL injection', content: 'Use parameterized queries, never sort by user input' },
    });
    await hub.shareKnowledge({ ...sorting, title: 'Merge sort', channel: 'code', tags: ['sorting'] });
  });
  const titles = async (query: Parameters<KnowledgeHub['queryKnowledge']>[0]) =>
    (await hub.queryKnowledge(query)).map(({ title }) => title);

  it('filters by priority, type, tags, channel and subscription', async () => {
    expect(await titles({ minPriority: 'HIGH' })).toEqual(['SQL injection']);
    expect(await titles({ type: 'WARNING' })).toEqual(['SQL injection']);
    expect(await titles({ tags: ['sorting', 'algorithm'] })).toEqual(['Fast sorting algorithm']);
    expect(await titles({ channel: 'code' })).toEqual(['Merge sort']);
    await hub.subscribeToChannel('test', 'warnings');
    expect(await titles({ agent: 'test' })).toEqual(['SQL injection']);
    expect(await titles({ agent: 'nobody' })).toEqual([]);
    expect(await titles({ limit: 2 })).toHaveLength(2);
  });

  it('ranks by words, whatever marks they stand between', async () => {
    expect((await titles({ query: 'fast sorting algorithm' }))[0]).toBe('Fast sorting algorithm');
    expect((await titles({ query: '"parameterized" -queries $where' }))[0]).toBe('SQL injection');
    expect(await titles({ query: '!?' })).toEqual([]);
    expect(await titles({ query: 'sort', type: 'WARNING' })).toEqual(['SQL injection']);
  });

  it('stays within the tenant', async () => {
    expect(await otherHub.queryKnowledge()).toEqual([]);
    expect(await otherHub.queryKnowledge({ query: 'sorting' })).toEqual([]);
    const request = { text: 'sorting', category: 'general', limit: 5, timeoutMS: 5_000 };
    expect(await findRelevantKnowledge(store, `${tenant}-other`, request)).toEqual([]);
  });

  it('refuses query operators', async () => {
    const evil = { channel: { $ne: '' } } as unknown as { channel: string };
    await expect(hub.queryKnowledge(evil)).rejects.toMatchObject({ field: 'channel' });
    await expect(base.get({ $ne: '' } as unknown as string)).rejects.toMatchObject({ field: 'id' });
  });

  it('finds what fits a task: active items only, its category first', async () => {
    const [a, b] = await Promise.all([
      hub.shareKnowledge({
        ...sorting,
        title: 'Bubble trouble',
        content: 'bubble sorts',
        category: 'tidying',
      }),
      hub.shareKnowledge({
        ...sorting,
        title: 'Bubble trouble',
        content: 'bubble parses',
        category: 'parsing',
      }),
    ]);
    const request = { text: 'a bubble', category: 'tidying', limit: 5, timeoutMS: 5_000 };
    const found = await findRelevantKnowledge(store, tenant, request);
    expect(found.map(({ item }) => item.id)).toEqual([a.id, b.id]);
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 0);
    for (let use = 0; use < 5; use++) await base.recordUsage(a.id, false);
    expect((await findRelevantKnowledge(store, tenant, request)).map(({ item }) => item.id)).toEqual([b.id]);
  });
});

describe('votes and applications', () => {
  it('counts one vote an agent, however often and at once', async () => {
    const { id } = await hub.shareKnowledge(sorting);
    const hubs = [hub, new KnowledgeHub(second, tenant), hub, new KnowledgeHub(second, tenant)];
    const votes = await Promise.all(hubs.map((each) => each.voteUseful(id, 'code')));
    expect(votes.filter(({ counted }) => counted)).toHaveLength(1);
    expect(await hub.voteUseful(id, 'test')).toEqual({ votes: 2, downvotes: 0, counted: true });
    expect((await base.get(id)).votes).toBe(2);
    await expect(otherHub.voteUseful(id, 'code')).rejects.toThrow(NotFoundError);
  });

  it('counts one application an agent and task', async () => {
    const { id } = await hub.shareKnowledge(sorting);
    expect(await hub.markAsApplied(id, 'test', 'task-1')).toBe(true);
    expect(await hub.markAsApplied(id, 'test', 'task-1')).toBe(false);
    expect(await hub.markAsApplied(id, 'test')).toBe(true);
    expect((await base.get(id)).usage).toEqual({
      ...{ shown: 0, applied: 2, successes: 0, failures: 0, successRate: null },
    });
    await expect(otherHub.markAsApplied(id, 'test')).rejects.toThrow(NotFoundError);
  });

  it('ranks by what is sure, not by counts', async () => {
    const proven = await hub.shareKnowledge({ ...sorting, title: 'proven' });
    const mixed = await hub.shareKnowledge({ ...sorting, title: 'mixed' });
    await hub.shareKnowledge({ ...sorting, title: 'silent' });
    for (let i = 0; i < 4; i++) await hub.voteUseful(proven.id, `a${i}`);
    for (let i = 0; i < 6; i++) await hub.voteUseful(mixed.id, `a${i}`);
    for (let i = 0; i < 4; i++) await base.recordUsage(mixed.id, false);
    const popular = await hub.getPopularKnowledge(5);
    expect(popular.map(({ title }) => title)).toEqual(['proven', 'mixed']);
    expect(popular[0]?.popularity).toBeCloseTo(0.51, 2);
    expect(await otherHub.getPopularKnowledge()).toEqual([]);
  });
});

const tdd = {
  category: 'patterns',
  title: 'Test-Driven Development',
  content: { description: 'Write tests first', benefits: ['Quality'] },
  tags: ['testing'],
};

describe('the base', () => {
  it('keeps every version', async () => {
    const { id } = await base.addKnowledge({ ...tdd, state: 'VALIDATED' });
    const newContent = { ...tdd.content, benefits: ['Quality', 'Documentation'] };
    const updated = await base.updateKnowledge(id, { newContent, changes: 'one more', by: 'ann' });
    expect(updated).toMatchObject({ version: 2, content: newContent, state: 'EXPERIMENTAL' });
    expect(await base.updateKnowledge(id, { newContent, changes: 'again' })).toMatchObject({ version: 2 });
    expect(await base.history(id)).toMatchObject([
      { version: 1, content: tdd.content },
      { version: 2, content: newContent, changes: 'one more', by: 'ann' },
    ]);
    expect((await hub.queryKnowledge({ query: 'documentation' })).map((item) => item.id)).toEqual([id]);
    await expect(
      base.updateKnowledge(id, { newContent: { a: 1 }, changes: 'late', expectedVersion: 1 }),
    ).rejects.toThrow(ConflictError);
  });

  it('loses no version of edits at once, and lets one of those that expect a version win', async () => {
    const { id } = await base.addKnowledge(tdd);
    await Promise.all(
      [1, 2, 3].map((n) => base.updateKnowledge(id, { newContent: { n }, changes: `to ${n}` })),
    );
    expect((await base.history(id)).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    const results = await Promise.allSettled(
      [5, 6].map((n) => base.updateKnowledge(id, { newContent: { n }, changes: 'x', expectedVersion: 4 })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('moves items as their usage calls for, with the reason in the log', async () => {
    const { id } = await base.addKnowledge(tdd);
    for (let i = 0; i < 4; i++)
      expect(await base.recordUsage(id, true, { usageId: `u${i}` })).toMatchObject({ state: 'EXPERIMENTAL' });
    expect(await base.recordUsage(id, true, { usageId: 'u3' })).toMatchObject({ state: 'EXPERIMENTAL' });
    const validated = await base.recordUsage(id, false);
    expect(validated).toMatchObject({
      state: 'VALIDATED',
      usage: { applied: 5, successes: 4, failures: 1, successRate: 0.8 },
    });
    expect((await base.getValidatedKnowledge()).map((item) => item.id)).toEqual([id]);
    const moves = await events(store).find({ tenant, itemId: id, act: 'moved' }).toArray();
    expect(moves).toMatchObject([
      {
        detail: {
          ...{ from: 'EXPERIMENTAL', to: 'VALIDATED', version: 1 },
          reason: '4 of 5 applications succeeded: at least 80%',
        },
      },
    ]);
  });

  it('sees the fifth of usages at once', async () => {
    const { id } = await base.addKnowledge(tdd);
    const away = new KnowledgeBase(second, tenant);
    await Promise.all([base, away, base, away, base].map((each) => each.recordUsage(id, true)));
    expect(await base.get(id)).toMatchObject({ state: 'VALIDATED', usage: { successes: 5 } });
  });

  it('ranks best practices by what is sure', async () => {
    const sure = await base.addKnowledge({ ...tdd, title: 'sure', state: 'VALIDATED' });
    const lucky = await base.addKnowledge({ ...tdd, title: 'lucky', state: 'VALIDATED' });
    await base.addKnowledge({ ...tdd, title: 'unused', state: 'VALIDATED' });
    for (let i = 0; i < 10; i++) await base.recordUsage(sure.id, i > 0);
    await base.recordUsage(lucky.id, true);
    const best = await base.getBestPractices(5);
    expect(best.map(({ title }) => title)).toEqual(['sure', 'lucky']);
    expect(best[0]?.successAtLeast).toBeCloseTo(0.596, 3);
    expect(await base.getBestPractices(1)).toHaveLength(1);
  });

  it('reads nothing of another tenant', async () => {
    const { id } = await base.addKnowledge({ ...tdd, state: 'VALIDATED' });
    await base.recordUsage(id, true);
    await expect(otherBase.get(id)).rejects.toThrow(NotFoundError);
    await expect(otherBase.history(id)).rejects.toThrow(NotFoundError);
    await expect(otherBase.recordUsage(id, true)).rejects.toThrow(NotFoundError);
    await expect(otherBase.updateKnowledge(id, { newContent: {}, changes: 'x' })).rejects.toThrow(
      NotFoundError,
    );
    expect(await otherBase.list()).toEqual([]);
    expect(await otherBase.getValidatedKnowledge()).toEqual([]);
    expect(await otherBase.getBestPractices()).toEqual([]);
    expect((await base.get(id)).usage.applied).toBe(1);
  });
});
