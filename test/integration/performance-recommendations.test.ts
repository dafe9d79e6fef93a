import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findCategories } from '../../src/learning/interactions.js';
import { generateRecommendationsBatch } from '../../src/performance/life/generate-batch.js';
import { recommendations } from '../../src/performance/life/recommendation.js';
import { PerformanceOptimizer } from '../../src/performance/performance-optimizer.js';
import { recordPerformance } from '../../src/recording/direct.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/shared/errors.js';
import { events } from '../../src/store/event-log.js';
import { pending } from '../../src/store/pending.js';
import type { Store } from '../../src/store/store.js';
import { AdaptiveStrategy } from '../../src/strategy/adaptive-strategy.js';
import { planPreferences, preferencesOf } from '../../src/strategy/stored-preferences.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { offerOf } from '../unit/strategy/plan-offers.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

const DAY = 86_400_000;
const NOW = Date.now();
const ADVICE = 'AGENT_SELECTION:weak:parsing';
let store: Store;
let tenants = 0;
let tasks = 0;
let tenant: string;
let optimizer: PerformanceOptimizer;

beforeAll(async () => {
  store = await openOwnStore('recommendations');
});
afterAll(() => dropOwnStore(store));
beforeEach(() => {
  tenant = `t${++tenants}`;
  optimizer = new PerformanceOptimizer(store, tenant, planPreferences);
});

async function record(agentType: string, success: boolean, at = NOW, category = 'parsing'): Promise<string> {
  const execution = executionRecord({
    ...{ id: `task-${++tasks}`, tenant, category, success },
    attempts: [{ ...attempt([], agentType), success }],
  });
  await recordExecution(store, { ...execution, startedAt: at - 1_000, endedAt: at });
  return execution.executionId;
}
const several = async (n: number, agentType: string, success: boolean, at?: number): Promise<string[]> =>
  Promise.all(Array.from({ length: n }, () => record(agentType, success, at)));
const generate = (limit = 100, now = new Date(NOW)) =>
  generateRecommendationsBatch(store, tenant, limit, findCategories, planPreferences, now);
const weakAgainstGood = async (at?: number): Promise<string[]> => {
  await several(20, 'good', true, at);
  return several(20, 'weak', false, at);
};
const left = () => pending(store).countDocuments({ tenant, consumer: 'recommendations' });

describe('recommendations', () => {
  it('are opened, renewed and closed as the statistics say', async () => {
    const failed = await weakAgainstGood();
    expect(await generate()).toEqual({ consumed: 40, written: { 'recommendations open': 1 } });
    const [advice, ...rest] = await optimizer.getRecommendations();
    expect(rest).toEqual([]);
    expect(advice).toMatchObject({
      ...{ id: ADVICE, type: 'AGENT_SELECTION', subject: 'good', state: 'open', round: 1 },
      expectedImprovement: { metric: 'successRate' },
    });
    expect(advice?.expectedImprovement.low).toBeGreaterThan(0.3);
    expect(advice?.action).toMatch(/good/);
    expect(advice).not.toHaveProperty('tenant');
    expect(await optimizer.getRecommendations({ agentType: 'good' })).toEqual([]);
    expect(await new PerformanceOptimizer(store, `${tenant}-other`).getRecommendations()).toEqual([]);

    await record('weak', true);
    await generate();
    const [renewed] = await optimizer.getRecommendations();
    expect(renewed?.expectedImprovement.value).toBeLessThan(advice?.expectedImprovement.value ?? 0);

    for (const executionId of failed)
      await addOutcome(store, {
        ...{ tenant, executionId, by: 'ann', outcome: { success: true, source: 'human' } },
      });
    expect(await generate()).toEqual({ consumed: 20, written: { 'recommendations closed': 1 } });
    expect(await optimizer.getRecommendations()).toEqual([]);
    expect(await optimizer.getRecommendation(ADVICE)).toMatchObject({ state: 'closed' });
    expect(await generate()).toEqual({ consumed: 0, written: {} });
  });

  it('are the same in whatever batches executions are taken in, and after a rebuild', async () => {
    await weakAgainstGood();
    while ((await generate(7)).consumed > 0);
    const inParts = await optimizer.getRecommendations();
    expect(inParts).toHaveLength(1);
    await rebuild(store, tenant);
    await record('good', true);
    await generate();
    const [after] = await optimizer.getRecommendations();
    expect(after?.evidence).not.toEqual(inParts[0]?.evidence);
    expect(after).toMatchObject({ id: ADVICE, round: 1, openedAt: inParts[0]?.openedAt });
  });

  it('are taken in once by two runs at once, and not at all by one that fails', async () => {
    await weakAgainstGood();
    const broken = () => Promise.reject(new Error('the interactions cannot be read'));
    await expect(generateRecommendationsBatch(store, tenant, 10, broken, planPreferences)).rejects.toThrow(
      /cannot be read/,
    );
    expect(await left()).toBe(40);
    const both = await Promise.allSettled([generate(), generate()]);
    const consumed = both.map((one) => (one.status === 'fulfilled' ? one.value.consumed : 0));
    expect(Math.max(...consumed)).toBe(40);
    expect(consumed.reduce((sum, each) => sum + each)).toBe(40);
    expect(await left()).toBe(0);
    expect(await optimizer.getRecommendations()).toHaveLength(1);
  });

  it('take in direct calls that are left to them', async () => {
    const figures = {
      ...{ category: 'parsing', strategy: 'single', iterations: 1, errors: 0, actions: 1, cost: 0 },
      ...{ durationMs: 1_000, tokens: { input: 0, output: 0 }, endedAt: NOW },
    };
    for (let i = 0; i < 20; i++) {
      await recordPerformance(store, tenant, { ...figures, agentType: 'good', success: true });
      await recordPerformance(store, tenant, { ...figures, agentType: 'weak', success: false });
    }
    expect(await generate()).toEqual({ consumed: 40, written: { 'recommendations open': 1 } });
  });
});

describe('a decision', () => {
  const deciding = { by: 'ana', reason: 'agreed' };
  beforeEach(async () => {
    await weakAgainstGood(NOW - 2 * DAY);
    await generate();
  });

  it('to accept makes selection prefer the better agent, says so, and is measured', async () => {
    const strategy = new AdaptiveStrategy(store, tenant, offerOf(['weak', 'good']));
    const analysis = executionRecord({ id: 'x', category: 'parsing' }).analysis;
    const choose = () => strategy.selectStrategy({ analysis, executionId: 'e', learning: 'full' });
    const before = await choose();
    const accepted = await optimizer.acceptRecommendation(ADVICE, deciding);
    expect(accepted).toMatchObject({ state: 'applied', accepted: { by: 'ana', reason: 'agreed' } });
    expect(accepted.changes?.[0]).toMatch(/9 of 10 times .* weak .* parsing.* good/);
    const after = await choose();
    const chance = (choice: typeof after, key: string) =>
      choice.candidates.find((one) => one.key === key)?.propensity ?? 0;
    expect(chance(after, 'single(weak)')).toBeCloseTo(0.1 * chance(before, 'single(weak)'), 6);
    expect(chance(after, 'single(good)')).toBeGreaterThan(0.89);

    // What follows is days later: the day of the decision is left out.
    await several(9, 'good', true, NOW + 2 * DAY);
    await generate(100, new Date(NOW + 2 * DAY));
    expect(await optimizer.getRecommendation(ADVICE)).toMatchObject({ state: 'applied' });
    await several(6, 'good', true, NOW + 3 * DAY);
    expect(await generate(100, new Date(NOW + 3 * DAY))).toMatchObject({
      written: { 'recommendations verified': 1 },
    });
    const verified = await optimizer.getRecommendation(ADVICE);
    expect(verified).toMatchObject({
      state: 'verified',
      verdict: 'kept',
      measured: { after: 15, before: 20 },
    });
    expect(await optimizer.hitRates()).toMatchObject([{ type: 'AGENT_SELECTION', kept: 1, rate: 1 }]);
    expect((await preferencesOf(store, tenant)).map(({ id }) => id)).toEqual([ADVICE]);
    // The weeks before go on to speak for it, and it is followed already.
    await record('weak', false, NOW + 3 * DAY);
    await generate(100, new Date(NOW + 3 * DAY));
    expect(await optimizer.getRecommendations()).toEqual([]);
    const log = await events(store)
      .find({ tenant, itemId: `recommendation:${ADVICE}` })
      .toArray();
    expect(log.map((event) => (event.kind === 'item' ? event.act : '')).sort()).toEqual([
      'recommendation.accepted',
      'recommendation.verified',
    ]);
  });

  it('that did not help is taken back', async () => {
    await optimizer.acceptRecommendation(ADVICE, deciding);
    await several(15, 'good', false, NOW + 2 * DAY);
    await generate(100, new Date(NOW + 2 * DAY));
    expect(await optimizer.getRecommendation(ADVICE)).toMatchObject({ state: 'verified', verdict: 'broken' });
    expect(await optimizer.hitRates()).toMatchObject([{ broken: 1, rate: 0 }]);
    expect(await preferencesOf(store, tenant)).toEqual([]);
  });

  it('to dismiss takes back what accepting changed, and keeps the advice away', async () => {
    await optimizer.acceptRecommendation(ADVICE, deciding);
    const dismissed = await optimizer.dismissRecommendation(ADVICE, deciding);
    expect(dismissed).toMatchObject({ state: 'dismissed', dismissed: { by: 'ana' } });
    expect(await preferencesOf(store, tenant)).toEqual([]);
    await several(2, 'weak', false);
    await generate();
    expect(await optimizer.getRecommendations()).toEqual([]);
    expect(await optimizer.getRecommendations({ states: ['dismissed'] })).toHaveLength(1);
  });

  it('is made once by two at once, and refused where it does not fit', async () => {
    const both = await Promise.allSettled([
      optimizer.acceptRecommendation(ADVICE, deciding),
      optimizer.acceptRecommendation(ADVICE, { by: 'bob' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(ConflictError);
    await expect(optimizer.applyRecommendation('nothing', deciding)).rejects.toThrow(NotFoundError);
    const stranger = new PerformanceOptimizer(store, `${tenant}-other`, planPreferences);
    await expect(stranger.dismissRecommendation(ADVICE, deciding)).rejects.toThrow(NotFoundError);
    const hostile = { $gt: '' } as never;
    await expect(optimizer.acceptRecommendation(hostile, deciding)).rejects.toThrow(InvalidInputError);
    await expect(optimizer.dismissRecommendation(ADVICE, { by: 'ana', reason: '' })).rejects.toThrow(
      /reason/,
    );
    expect(await recommendations(store).countDocuments({ tenant, state: 'applied' })).toBe(1);
  });
});
