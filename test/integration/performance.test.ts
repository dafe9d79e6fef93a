import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { findInteractions } from '../../src/learning/interactions.js';
import { PerformanceOptimizer } from '../../src/performance/performance-optimizer.js';
import { generateRecommendationsBatch } from '../../src/performance/recommendation-batch.js';
import {
  performanceIndexes,
  type RecommendationDocument,
  recommendations,
} from '../../src/performance/recommendations.js';
import type { ExecutionFigures } from '../../src/performance/statistics.js';
import { recordPerformance } from '../../src/recording/direct.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { dayOf } from '../../src/store/counters.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { pending } from '../../src/store/pending.js';
import { openStore, type Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';

const DAY = 86_400_000;
let store: Store;
let tenants = 0;
let tenant: string;
let optimizer: PerformanceOptimizer;
let other: PerformanceOptimizer;

beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `performance_${process.pid}`, deadlineMs: 20_000 });
  await ensureIndexes(store, [...storeIndexes, ...performanceIndexes]);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});
beforeEach(() => {
  tenant = `t${++tenants}`;
  optimizer = new PerformanceOptimizer(store, tenant);
  other = new PerformanceOptimizer(store, `${tenant}-other`);
});

const figures: ExecutionFigures = {
  ...{ agentType: 'code', category: 'api_development', strategy: 'single', success: true },
  ...{ durationMs: 15_300, iterations: 3, errors: 1, actions: 5, cost: 0.02 },
  ...{ tokens: { input: 100, output: 10 }, endedAt: Date.now() },
};
const direct = (over: Partial<ExecutionFigures>) => recordPerformance(store, tenant, { ...figures, ...over });

describe('reading', () => {
  beforeEach(async () => {
    await direct({});
    await direct({ success: false, durationMs: 4_700, iterations: 1, errors: 3 });
    await direct({ success: null, category: 'review', durationMs: 10_000, endedAt: Date.now() - 2 * DAY });
    for (let i = 0; i < 8; i++) await direct({ agentType: 'slow', success: i > 0, durationMs: 20_000 });
  });

  it('gives an agent its figures, over all or one category', async () => {
    expect(await optimizer.getAgentPerformance('code')).toMatchObject({
      ...{ agentType: 'code', category: null, executions: 3, successes: 1, failures: 1, unknown: 1 },
      ...{ successRate: 0.5, meanSeconds: 10, meanActions: 5, totalSeconds: 30 },
      ...{ inputTokens: 300, outputTokens: 30 },
    });
    const one = await optimizer.getAgentPerformance('code', { category: 'api_development' });
    expect(one).toMatchObject({ executions: 2, meanSeconds: 10, meanIterations: 2, meanErrors: 2 });
    expect(one.meanCost).toBeCloseTo(0.02, 10);
    expect(one.successInterval.low).toBeCloseTo(0.0945, 4);
    expect(await optimizer.getAgentPerformance('nobody')).toMatchObject({
      ...{ executions: 0, successRate: null, meanSeconds: null, successInterval: { low: 0, high: 1 } },
    });
  });

  it('compares agents over what both did', async () => {
    const compared = await optimizer.compareAgents('code', 'slow');
    expect(compared.categories).toEqual(['api_development']);
    expect(compared.a).toMatchObject({ agentType: 'code', executions: 2 });
    expect(compared.verdict).toMatch(/^no difference shown in success between code and slow/);
    const apart = await optimizer.compareAgents('code', 'slow', { category: 'review' });
    expect(apart.verdict).toMatch(/no category in common/);
    expect(apart.success).toBeNull();
  });

  it('groups by any dimensions', async () => {
    expect(await optimizer.statistics('agentType', 'category')).toMatchObject([
      { agentType: 'code', category: 'api_development', executions: 2 },
      { agentType: 'code', category: 'review', executions: 1 },
      { agentType: 'slow', category: 'api_development', executions: 8 },
    ]);
    expect(await optimizer.statistics('strategy')).toMatchObject([{ strategy: 'single', executions: 11 }]);
  });

  it('shows days and who takes the time', async () => {
    const days = await optimizer.trends();
    expect(days.map(({ day, executions }) => [day, executions])).toEqual([
      [dayOf(Date.now() - 2 * DAY), 1],
      [dayOf(Date.now()), 10],
    ]);
    expect(await optimizer.trends({ agentType: 'slow', days: 1 })).toMatchObject([{ executions: 8 }]);
    expect(await optimizer.trends({ category: 'review', days: 1 })).toEqual([]);
    const [first, second] = await optimizer.bottlenecks();
    expect(first).toMatchObject({ agentType: 'slow', totalSeconds: 160 });
    expect(first?.timeShare).toBeCloseTo(160 / 190, 10);
    expect(second).toMatchObject({ agentType: 'code' });
    expect(await optimizer.bottlenecks({ limit: 1, category: 'review' })).toMatchObject([
      { agentType: 'code' },
    ]);
  });

  it('reads nothing of another tenant', async () => {
    expect(await other.getAgentPerformance('code')).toMatchObject({ executions: 0 });
    expect((await other.compareAgents('code', 'slow')).categories).toEqual([]);
    expect(await other.statistics('agentType')).toEqual([]);
    expect(await other.trends()).toEqual([]);
    expect(await other.bottlenecks()).toEqual([]);
    expect(await other.getRecommendations()).toEqual([]);
  });

  it('refuses what does not fit, naming the field', async () => {
    const evil = { $ne: '' } as unknown as string;
    const refusals: [Promise<unknown>, string][] = [
      [optimizer.getAgentPerformance(evil), 'agentType'],
      [optimizer.getAgentPerformance('code', { category: evil }), 'category'],
      [optimizer.compareAgents('code', ''), 'b'],
      [optimizer.getRecommendations({ minPriority: 11 }), 'minPriority'],
      [optimizer.statistics('colour' as 'day'), 'groupBy[0]'],
      [optimizer.trends({ days: 0 }), 'days'],
      [optimizer.bottlenecks({ limit: 1.5 }), 'limit'],
    ];
    for (const [refused, field] of refusals) {
      await expect(refused).rejects.toThrow(InvalidInputError);
      await expect(refused).rejects.toMatchObject({ field });
    }
  });
});

describe('generateRecommendationsBatch', () => {
  let tasks = 0;
  async function record(agentType: string, success: boolean, category = 'parsing'): Promise<string> {
    const execution = executionRecord({
      ...{ id: `task-${++tasks}`, tenant, category, success },
      attempts: [{ ...attempt([], agentType), success }],
    });
    await recordExecution(store, execution);
    return execution.executionId;
  }
  const generate = (limit = 100) => generateRecommendationsBatch(store, tenant, limit, findInteractions);
  const left = () => pending(store).countDocuments({ tenant, consumer: 'recommendations' });

  it('opens, updates and closes recommendations as the figures say', async () => {
    const failed: string[] = [];
    for (let i = 0; i < 12; i++) {
      await record('good', true);
      failed.push(await record('weak', false));
    }
    expect(await generate()).toEqual({ consumed: 24, written: { 'recommendations open': 1 } });
    const [advice, ...rest] = await optimizer.getRecommendations();
    expect(rest).toEqual([]);
    expect(advice).toMatchObject({
      ...{ id: 'AGENT_SELECTION:weak:parsing', type: 'AGENT_SELECTION', state: 'open', priority: 10 },
      title: 'Prefer good over weak for parsing',
      evidence: { betterAgent: 'good', known: 12 },
      expectedImprovement: { metric: 'successRate', value: 1 },
    });
    expect(advice).not.toHaveProperty('tenant');
    expect(await optimizer.getRecommendations({ agentType: 'good' })).toEqual([]);
    expect(await optimizer.getRecommendations({ agentType: 'weak', minPriority: 7 })).toHaveLength(1);
    expect(await other.getRecommendations()).toEqual([]);

    await record('weak', true);
    await generate();
    expect(await optimizer.getRecommendations()).toMatchObject([{ evidence: { known: 13, successes: 1 } }]);

    for (const executionId of failed)
      await addOutcome(store, {
        tenant,
        executionId,
        outcome: { success: true, source: 'human' },
        by: 'ann',
      });
    expect(await generate()).toEqual({ consumed: 12, written: { 'recommendations closed': 1 } });
    expect(await optimizer.getRecommendations()).toEqual([]);
    expect(await recommendations(store).findOne({ tenant })).toMatchObject({ state: 'closed' });
    expect(await generate()).toEqual({ consumed: 0, written: {} });
  });

  it('decides only on the categories that moved, and only with enough executions', async () => {
    for (let i = 0; i < 4; i++) {
      await record('good', true, 'rare');
      await record('weak', false, 'rare');
    }
    expect(await generate(5)).toEqual({ consumed: 5, written: {} });
    expect(await generate(5)).toEqual({ consumed: 3, written: {} });
    const stale: RecommendationDocument = {
      ...{ _id: `${tenant}|x`, tenant, id: 'x', agentType: 'weak', category: 'elsewhere', title: 't' },
      ...{ reason: 'r', priority: 5, evidence: {}, updatedAt: new Date() },
      type: 'AGENT_SELECTION',
      state: 'open',
      expectedImprovement: { metric: 'successRate', value: 0, low: 0, high: 0 },
    };
    await recommendations(store).insertOne(stale);
    await record('weak', false, 'rare');
    await generate();
    expect((await optimizer.getRecommendations()).map(({ id }) => id)).toEqual([
      'ERROR_REDUCTION:weak:rare',
      'x',
    ]);
  });

  it('takes in direct calls that are left to it', async () => {
    for (let i = 0; i < 10; i++) {
      await direct({ category: 'parsing', agentType: 'a', success: true });
      await direct({ category: 'parsing', agentType: 'b', success: false });
    }
    const eventId = `${tenant}/execution/last`;
    await recordPerformance(store, tenant, { ...figures, category: 'parsing', agentType: 'b' }, 'last');
    await pending(store).deleteMany({ tenant });
    await pending(store).insertOne({
      ...{
        _id: `recommendations|${eventId}`,
        tenant,
        consumer: 'recommendations',
        executionId: 'last',
        eventId,
      },
      generations: ['g1'],
    });
    expect(await generate()).toEqual({ consumed: 1, written: { 'recommendations open': 1 } });
  });

  it('keeps to its tenant and consumes nothing when it fails', async () => {
    await record('good', true);
    const elsewhere = await generateRecommendationsBatch(store, `${tenant}-other`, 10, findInteractions);
    expect(elsewhere).toEqual({ consumed: 0, written: {} });
    const broken = async () => {
      throw new Error('the interactions cannot be read');
    };
    await expect(generateRecommendationsBatch(store, tenant, 10, broken)).rejects.toThrow(/cannot be read/);
    expect(await left()).toBe(1);
  });
});
