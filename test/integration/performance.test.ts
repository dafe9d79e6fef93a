import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { performanceIndexes } from '../../src/performance/indexes.js';
import { PerformanceOptimizer } from '../../src/performance/performance-optimizer.js';
import type { ExecutionFigures } from '../../src/performance/statistics/executions.js';
import { recordPerformance } from '../../src/recording/direct.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { dayOf } from '../../src/store/counters.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';

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
    const { days } = await optimizer.trends();
    expect(days.map(({ day, executions }) => [day, executions])).toEqual([
      [dayOf(Date.now() - 2 * DAY), 1],
      [dayOf(Date.now()), 10],
    ]);
    expect((await optimizer.trends({ agentType: 'slow', days: 1 })).days).toMatchObject([{ executions: 8 }]);
    expect((await optimizer.trends({ category: 'review', days: 1 })).days).toEqual([]);
    const [first, second] = (await optimizer.bottlenecks()).agents;
    expect(first).toMatchObject({ agentType: 'slow', totalSeconds: 160 });
    expect(first?.timeShare).toBeCloseTo(160 / 190, 10);
    expect(second).toMatchObject({ agentType: 'code' });
    expect((await optimizer.bottlenecks({ limit: 1, category: 'review' })).agents).toMatchObject([
      { agentType: 'code' },
    ]);
  });

  it('reads nothing of another tenant', async () => {
    expect(await other.getAgentPerformance('code')).toMatchObject({ executions: 0 });
    expect((await other.compareAgents('code', 'slow')).categories).toEqual([]);
    expect(await other.statistics('agentType')).toEqual([]);
    expect((await other.trends()).days).toEqual([]);
    expect(await other.bottlenecks()).toMatchObject({ steps: [], agents: [] });
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
