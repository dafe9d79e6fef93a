import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import { type KnowledgeContext, knowledgeContext } from '../../src/knowledge/context.js';
import { learnedItemId } from '../../src/knowledge/evolve/learned.js';
import {
  type EvolveOptions,
  type EvolveReads,
  evolveKnowledgeBatch,
} from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { prune } from '../../src/knowledge/lifecycle/prune.js';
import { purge } from '../../src/knowledge/lifecycle/purge.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { type Learning, learnings } from '../../src/learning/learning.js';
import { LearningEngine } from '../../src/learning/learning-engine.js';
import { learningsAsWords, sureLearnings } from '../../src/learning/sure-learnings.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import { defaultKnowledgeSettings, type KnowledgeSettings } from '../../src/shared/knowledge-settings.js';
import { pending } from '../../src/store/pending.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { madeLearning } from '../unit/learning/made-learning.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

let store: Store;
let tenants = 0;
let tenant: string;
let base: KnowledgeBase;
let engine: LearningEngine;

beforeAll(async () => {
  store = await openOwnStore('learned');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  base = new KnowledgeBase(store, tenant);
  engine = new LearningEngine(store, tenant);
});

const context = (settings: Partial<KnowledgeSettings> = {}): KnowledgeContext =>
  knowledgeContext(store, tenant, undefined, { settings: { ...defaultKnowledgeSettings, ...settings } });
const reads: EvolveReads = {
  findExecutions: findInteractions,
  findReportedUse,
  learnings: { sure: sureLearnings, byId: learningsAsWords },
};
const evolve = (options: EvolveOptions = {}, with_: Partial<EvolveReads> = {}) =>
  evolveKnowledgeBatch(context(), 100, { ...reads, ...with_ }, options);
const learn = async (over: Partial<Learning> = {}): Promise<string> => {
  const learning = madeLearning({ tenant, id: 'aa', confidence: 'VERY_HIGH', ...over });
  await learnings(store).replaceOne({ _id: learning._id }, learning, { upsert: true });
  return learning.id;
};
const change = (id: string, set: Partial<Learning>) =>
  learnings(store).updateOne({ _id: `${tenant}|${id}` }, { $set: set, $inc: { version: 1 } });
const itemOf = (id: string) => base.get(learnedItemId(id));
const who = { by: 'ann', reason: 'because' };

describe('learnings that become knowledge', () => {
  it('are those of very high confidence in use, once, with a link back', async () => {
    const id = await learn();
    await learn({ id: 'bb', confidence: 'HIGH' });
    await learn({ id: 'cc', state: 'candidate' });
    await learn({ id: 'dd', state: 'retired' });
    await learn({ id: 'ee', control: { disabled: true, pinned: false, edits: null } });
    expect((await evolve()).written).toEqual({ 'learnings made knowledge': 1, 'items compared': 1 });
    expect(await evolve()).toEqual({ consumed: 0, written: {} });
    expect(await base.list()).toHaveLength(1);
    expect(await itemOf(id)).toMatchObject({
      ...{ type: 'BEST_PRACTICE', category: 'bug_fix', title: 'In bug fix tasks, use `run-tests`' },
      ...{ trust: 'derived', learningId: id, source: `learning:${id}`, state: 'EXPERIMENTAL', channel: null },
      content: {
        condition: 'The task is of category bug_fix',
        advice: expect.stringMatching(/^Use `run-tests`/),
      },
    });
    expect(await base.list({ source: `learning:${id}` })).toHaveLength(1);
    expect(await new KnowledgeHub(store, tenant).queryKnowledge({ query: 'run-tests' })).toHaveLength(1);
  });

  it('bear the trust of whose words they are', async () => {
    await learn({ id: 'aa', origin: 'imported' });
    const edits = { title: "A person's title" };
    await learn({ id: 'bb', title: 'Other', control: { disabled: false, pinned: false, edits } });
    await evolve();
    expect(await itemOf('aa')).toMatchObject({ trust: 'untrusted' });
    expect(await itemOf('bb')).toMatchObject({ trust: 'trusted', title: "A person's title" });
  });

  it('take their new words as a new version, but not mere numbers', async () => {
    const id = await learn();
    await evolve();
    for (let n = 0; n < 5; n++) await base.recordUsage(learnedItemId(id), true);
    await change(id, {
      advice: 'Use `run-tests`: it goes with success. 40 of 41 runs with it succeeded, 12 of 30 without it.',
    });
    expect(await evolve()).toEqual({ consumed: 0, written: {} });
    expect(await itemOf(id)).toMatchObject({ version: 1, state: 'VALIDATED' });
    await change(id, { advice: 'Use `run-tests` twice.' });
    expect((await evolve()).written).toMatchObject({ 'items reworded with their learning': 1 });
    expect(await itemOf(id)).toMatchObject({
      ...{ version: 2, state: 'EXPERIMENTAL', trust: 'derived' },
      content: { advice: 'Use `run-tests` twice.' },
    });
    const [, second] = await base.history(learnedItemId(id));
    expect(second).toMatchObject({
      by: `learning:${id}`,
      changes: 'the learning says so since its version 3',
    });
    expect((await evolve()).written).not.toHaveProperty('items reworded with their learning');
  });

  it('leave a person words that took the place of theirs', async () => {
    const id = await learn();
    await evolve();
    await base.updateKnowledge(learnedItemId(id), { newContent: 'My words', changes: 'clearer', by: 'ann' });
    await change(id, { advice: 'Use something else.' });
    await engine.disable(id, who);
    await evolve();
    expect(await itemOf(id)).toMatchObject({ content: 'My words', version: 2, state: 'EXPERIMENTAL' });
  });

  it.each([
    [
      'retired',
      { state: 'retired' as const, retiredBecause: 'it does harm' },
      'its learning was retired: it does harm',
    ],
    [
      'no longer told from chance',
      { state: 'candidate' as const },
      'its learning can no longer be told from chance',
    ],
    [
      'switched off',
      { control: { disabled: true, pinned: false, edits: null } },
      'its learning was switched off',
    ],
  ])('go with their learning when it is %s, and return with it', async (_case, end, reason) => {
    const id = await learn();
    await evolve();
    for (let n = 0; n < 5; n++) await base.recordUsage(learnedItemId(id), true);
    await change(id, end);
    expect((await evolve()).written).toMatchObject({ 'items deprecated with their learning': 1 });
    expect(await itemOf(id)).toMatchObject({
      state: 'DEPRECATED',
      deprecation: { reason, because: 'learning' },
    });
    // Its usage cannot bring it back: that its learning fails is shown by better means.
    for (let n = 0; n < 6; n++) await base.recordUsage(learnedItemId(id), true);
    expect((await itemOf(id)).state).toBe('DEPRECATED');
    await expect(base.restore(learnedItemId(id), who)).rejects.toThrow(/it returns with that/);
    expect(await evolve()).toEqual({ consumed: 0, written: {} });
    await learn();
    expect((await evolve()).written).toMatchObject({ 'items restored with their learning': 1 });
    expect(await itemOf(id)).toMatchObject({ state: 'VALIDATED', deprecation: null });
  });

  it('return from pruning with their learning, and are never removed for good', async () => {
    const id = await learn();
    await evolve();
    await change(id, { state: 'retired', retiredBecause: 'x' });
    await evolve();
    const later = (days: number) => new Date(Date.now() + days * 86_400_000);
    expect(await prune(context(), { by: 'ann', now: later(91) })).toMatchObject({ total: 1 });
    expect(await purge(context(), { by: 'ann', now: later(999) })).toEqual({ removed: 0, finished: true });
    await learn();
    await evolve();
    expect(await itemOf(id)).toMatchObject({ state: 'EXPERIMENTAL', prunedAt: null, prunedIn: null });
  });

  it("stay with a person's ruling, and are not brought back from an archive", async () => {
    const [one, two] = [
      await learn(),
      await learn({ id: 'bb', title: 'Other', advice: 'Read the log first' }),
    ];
    await evolve();
    await base.deprecate(learnedItemId(one), who);
    await base.archive(learnedItemId(two), who);
    for (const id of [one, two]) await engine.disable(id, who);
    await evolve();
    for (const id of [one, two]) await engine.enable(id, who);
    await evolve();
    expect(await itemOf(one)).toMatchObject({ state: 'DEPRECATED', deprecation: { because: 'person' } });
    expect(await itemOf(two)).toMatchObject({ state: 'ARCHIVED' });
  });

  it('are paged through', async () => {
    const many = Array.from({ length: 230 }, (_, n) =>
      madeLearning({
        ...{ tenant, id: `l${String(n).padStart(4, '0')}`, confidence: 'VERY_HIGH' },
        ...{ title: `Rule ${n}`, advice: `Do what rule ${n} says` },
      }),
    );
    await learnings(store).insertMany(many);
    const slow = { budgetMs: 0 };
    const passes: number[] = [];
    for (let consumed = 1; consumed > 0; ) {
      const done = await evolve(slow);
      consumed = done.consumed;
      passes.push(done.written['learnings made knowledge'] ?? 0);
    }
    expect(passes.slice(0, 2)).toEqual([200, 30]);
    expect(passes.reduce((a, b) => a + b)).toBe(230);
    await learnings(store).updateMany({ tenant }, { $set: { state: 'retired', retiredBecause: 'x' } });
    await evolve();
    expect(await knowledgeItems(store).countDocuments({ tenant, state: 'DEPRECATED' })).toBe(230);
  });
});

describe('an evolve run', () => {
  it('does all other steps when one fails, and says which did', async () => {
    await knowledgeItems(store).updateOne(
      { tenant, id: (await base.addKnowledge({ category: 'x', title: 'y', content: { z: 1 } })).id },
      { $set: { trust: 'untrusted' } },
    );
    const problems: string[] = [];
    const broken = async () => {
      throw new Error('the learnings cannot be read');
    };
    const now = new Date(Date.now() + 91 * 86_400_000);
    const done = await evolve(
      { now, onProblem: (what, error) => problems.push(`${what}: ${(error as Error).message}`) },
      { learnings: { sure: broken, byId: learningsAsWords } },
    );
    expect(done).toEqual({
      consumed: 0,
      written: { 'learnings to knowledge failed': 1, 'items compared': 1, 'items pruned: unused': 1 },
    });
    expect(problems).toEqual(['learnings to knowledge: the learnings cannot be read']);
  });

  it('takes in all others when one execution cannot be', async () => {
    for (const id of ['a', 'b', 'c'])
      await recordExecution(store, executionRecord({ id, tenant, attempts: [attempt([], 'code')] }));
    const bad = (await pending(store).find({ tenant, consumer: 'knowledge' }).sort({ _id: 1 }).toArray())[1]
      ?.executionId;
    const problems: string[] = [];
    const findExecutions: EvolveReads['findExecutions'] = async (on, of, ids) => {
      if (ids.includes(bad ?? '')) throw new Error('broken record');
      return findInteractions(on, of, ids);
    };
    const run = () => evolve({ onProblem: (what) => problems.push(what) }, { findExecutions });
    expect(await run()).toMatchObject({ consumed: 2 });
    expect(problems).toEqual([`execution ${bad}`]);
    await expect(run()).rejects.toThrow('broken record');
    expect(await evolve()).toMatchObject({ consumed: 1 });
  });

  it('counts the agents that tasks handed items to, each once, also after corrections', async () => {
    const { id } = await base.addKnowledge({ category: 'x', title: 'y', content: { z: 1 } });
    for (const [n, agent] of ['code', 'code', 'test'].entries()) {
      const record = executionRecord({ id: `v${n}`, tenant, attempts: [attempt([], agent)] });
      const offered = { id, version: 1, score: 1, probability: 0.9 };
      record.knowledge = [{ ...offered, shown: true }];
      await recordExecution(store, record);
    }
    const withheld = executionRecord({ id: 'w', tenant, attempts: [attempt([], 'never')] });
    withheld.knowledge = [{ id, version: 1, score: 1, probability: 0.9, shown: false }];
    await recordExecution(store, withheld);
    await evolve();
    expect(await base.get(id)).toMatchObject({ views: 2, usage: { shown: 3 } });
  });
});
