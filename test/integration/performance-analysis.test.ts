import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PerformanceOptimizer } from '../../src/performance/performance-optimizer.js';
import { statisticsIncrement } from '../../src/performance/statistics/executions.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { applyIncrements, dayOf } from '../../src/store/counters.js';
import { ensureLedger, liveGeneration } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { type Made, makeWorld } from '../unit/performance/made-days.js';
import { dropOwnStore, openOwnStore } from './own-store.js';

const DAY_MS = 86_400_000;
const DAYS = 97;
const TENANT = 'analysed';
let store: Store;
let optimizer: PerformanceOptimizer;

/** Day 0 of a world is so long ago that its last is today. */
const at = (day: number): number => Date.now() - (DAYS - 1 - day) * DAY_MS;

async function write(executions: readonly Made[]): Promise<void> {
  const increments = executions.map((made) =>
    statisticsIncrement({
      ...{ agentType: made.agentType ?? 'code', category: made.category ?? 'api', strategy: 'single' },
      ...{ complexity: made.complexity ?? 'SIMPLE', success: made.success ?? null },
      ...{
        durationMs: 1_000 * (made.seconds ?? 0),
        cost: made.cost ?? 0,
        tokens: { input: 100, output: 10 },
      },
      ...{ iterations: made.iterations ?? 0, errors: made.errors ?? 0, actions: 1, endedAt: at(made.day) },
    }),
  );
  await ensureLedger(store, TENANT);
  const live = await store.run((options) => liveGeneration(store, TENANT, options));
  await store.transaction((session) => applyIncrements(store, TENANT, [live], increments, session));
}

beforeAll(async () => {
  store = await openOwnStore('analysis');
  optimizer = new PerformanceOptimizer(store, TENANT);
  const slower = (day: number) => ({
    seconds: (day >= 60 ? 2 : 1) * (day === DAYS - 3 ? 5 : 1),
  });
  await write([
    ...makeWorld('code', { days: DAYS, pace: 14, agentType: 'code' }),
    ...makeWorld('slow', { days: DAYS, pace: 14, agentType: 'slow', shift: slower }),
  ]);
});
afterAll(() => dropOwnStore(store));

describe('analyses of what is stored', () => {
  it('compares agents over the window asked for', async () => {
    const compared = await optimizer.compareAgents('code', 'slow', { days: 30 });
    expect(compared.window).toEqual({ from: dayOf(Date.now() - 29 * DAY_MS), to: dayOf(Date.now()) });
    expect(compared.categories).toEqual(['api', 'tests']);
    expect(compared.verdict).toMatch(/^code is faster than slow by \d+-\d+%; no difference shown in success/);
    expect(compared.a).toMatchObject({ agentType: 'code', executions: compared.comparable.a.executions });
    const before = await optimizer.compareAgents('code', 'slow', {
      from: dayOf(at(0)),
      to: dayOf(at(59)),
      category: 'api',
    });
    expect(before.categories).toEqual(['api']);
    expect(before.metrics.find(({ metric }) => metric === 'seconds')).toMatchObject({ better: null });
    const nobody = await optimizer.compareAgents('code', 'nobody');
    expect(nobody.verdict).toMatch(
      /^nothing is comparable: code and nobody have worked in no category in common$/,
    );
  });

  it('dates the change of one agent, and none of the other', async () => {
    const { changes, days } = await optimizer.trends({ agentType: 'slow' });
    expect(days.length).toBeGreaterThan(80);
    expect(changes.map(({ metric }) => metric)).toEqual(['seconds']);
    expect(Math.abs(Date.parse(changes[0]?.day ?? '') - Date.parse(dayOf(at(60))))).toBeLessThanOrEqual(
      3 * DAY_MS,
    );
    expect(await optimizer.trends({ agentType: 'code' })).toMatchObject({
      changes: [],
      verdict: 'no change of code shown',
    });
  });

  it('tells of the day that was out of the way', async () => {
    const { anomalies, window } = await optimizer.anomalies();
    expect(window).toEqual({ from: dayOf(Date.now() - 6 * DAY_MS), to: dayOf(Date.now()) });
    expect(anomalies.map(({ agentType, day, metric }) => [agentType, day, metric])).toEqual([
      ['slow', dayOf(at(DAYS - 3)), 'seconds'],
      ['slow', dayOf(at(DAYS - 3)), 'seconds'],
    ]);
    expect((await optimizer.anomalies({ agentType: 'code' })).anomalies).toEqual([]);
  });

  it('shares the time out over the steps of tasks as they are recorded', async () => {
    const tenant = 'steps';
    for (let task = 0; task < 6; task += 1)
      await recordExecution(
        store,
        executionRecord({ id: `task-${task}`, tenant, category: 'api', attempts: [attempt([], 'code')] }),
      );
    const { steps, agents, totalSeconds } = await new PerformanceOptimizer(store, tenant).bottlenecks({
      from: '2020-01-01',
    });
    expect(steps.map(({ step }) => step)).toContain('agent:code');
    const own = steps.filter(({ kind }) => kind !== 'retry' && kind !== 'tool');
    expect(own.reduce((sum, { timeShare }) => sum + timeShare, 0)).toBeCloseTo(1, 8);
    expect(totalSeconds).toBeGreaterThanOrEqual(agents[0]?.totalSeconds ?? Number.POSITIVE_INFINITY);
    expect(agents).toMatchObject([{ agentType: 'code', timeShare: 1, executions: 6 }]);
  });

  it('crosses no tenant', async () => {
    const other = new PerformanceOptimizer(store, 'other');
    expect(await other.compareAgents('code', 'slow')).toMatchObject({ categories: [], metrics: [] });
    expect(await other.trends()).toMatchObject({ days: [], changes: [] });
    expect(await other.bottlenecks()).toMatchObject({ steps: [], agents: [] });
    expect(await other.anomalies()).toMatchObject({ lookedAt: 0, anomalies: [] });
  });

  it('refuses what does not fit, naming the field', async () => {
    const refusals: [Promise<unknown>, string][] = [
      [optimizer.compareAgents('code', 'code'), 'b'],
      [optimizer.compareAgents('code', 'slow', { from: '2026-02-30' }), 'from'],
      [optimizer.trends({ from: '2026-02-02', to: '2026-02-01' }), 'from'],
      [optimizer.bottlenecks({ days: 0 }), 'days'],
      [optimizer.anomalies({ past: 6 }), 'past'],
      [optimizer.anomalies({ days: 91 }), 'days'],
    ];
    for (const [refused, field] of refusals) {
      await expect(refused).rejects.toThrow(InvalidInputError);
      await expect(refused).rejects.toMatchObject({ field });
    }
  });
});
