import '../quiet-workers.js';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, expect, inject, it } from 'vitest';
import { evaluateReplay } from '../../src/evaluate/evaluate-replay.js';
import { replayThroughCore } from '../../src/evaluate/replay-core.js';
import { replayThroughWorkflow } from '../../src/evaluate/replay-workflow.js';
import { listInteractions } from '../../src/learning/interactions.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import type { ExecutionRecord } from '../../src/shared/task.js';
import { openStore } from '../../src/store/store.js';
import { AdaptiveStrategy } from '../../src/strategy/adaptive-strategy.js';
import { syntheticReplay } from '../unit/evaluate/synthetic-replay.js';

const store = openStore({ uri: inject('mongoUri'), database: `evaluate-${randomUUID()}` });
const address = inject('temporalAddress');
const connection = await Connection.connect({ address });
const native = await NativeConnection.connect({ address });
await setUpStore(store);
afterAll(async () => {
  await store.db.dropDatabase();
  await Promise.all([store.close(), connection.close(), native.close()]);
});

const connections = {
  client: new Client({ connection }),
  worker: { connection: native, namespace: 'default' },
  store,
};

it('runs each task through the workflow and records each once', async () => {
  const replay = syntheticReplay(
    10,
    3,
    (task, agent) => (agent === task % 2 ? 1 : 0.4),
    (_, agent) => 0.25 * agent,
  );
  const done: number[] = [];
  const tenant = `replay-${randomUUID().slice(0, 8)}`;
  const { evaluation, tenants } = await evaluateReplay(replay, {
    seeds: 1,
    costWeight: 0,
    run: (seed) =>
      replayThroughWorkflow(replay, connections, { tenant, seed, onTask: (count) => done.push(count) }),
  });
  expect(evaluation).toMatchObject({ tasks: 10, completed: 10, recorded: 10, sd: null });
  // What was predicted is taken from the record.
  expect(evaluation.calibration).toMatchObject({ n: 10, unpredicted: 0 });
  expect(tenants).toEqual([tenant]);
  expect(done.at(-1)).toBe(10);
  const recorded = await listInteractions(store, tenant);
  expect(recorded.map(({ taskId }) => taskId).sort()).toEqual(replay.tasks.map(({ id }) => id).sort());
  expect(
    recorded.every(({ choice, attempts }) => choice?.source === 'posterior' && attempts.length === 1),
  ).toBe(true);
  // What was measured is what the chosen agents were worth, and what they cost is in the record.
  const outputs = recorded.map(({ attempts }) => attempts[0]?.report.output as { reward: number });
  expect(evaluation.mean).toBeCloseTo(outputs.reduce((sum, { reward }) => sum + reward, 0) / 10);
  const costs = recorded.map(({ attempts }) => attempts[0]?.report.cost ?? 0);
  expect(evaluation.cost).toBeCloseTo(costs.reduce((sum, cost) => sum + cost, 0) / 10);

  const again = replayThroughWorkflow(replay, connections, { tenant, seed: 1 });
  await expect(again).rejects.toThrow(/^tenant: .*no record yet/);
});

it('core chooses what selection on the store chooses after the same records', async () => {
  const replay = syntheticReplay(40, 3, (task, agent) => ((task + agent) % 3 === 0 ? 1 : 0.3));
  const onRecord = async (record: ExecutionRecord): Promise<void> => {
    const { tenant, executionId, analysis, choice, endedAt } = record;
    const agents = ['agent-1', 'agent-2', 'agent-3'].map((type) => ({
      type,
      capabilities: [],
      taskQueue: type,
      hosted: false,
      idempotent: false,
      startToCloseSeconds: 1,
      scheduleToStartSeconds: 1,
      heartbeatSeconds: 1,
    }));
    const strategy = new AdaptiveStrategy(store, tenant, { agents, plans: [] });
    const onStore = await strategy.selectStrategy(
      { analysis, executionId, learning: 'full' },
      undefined,
      endedAt,
    );
    expect([onStore.plan.key, onStore.propensity, onStore.candidates]).toEqual([
      choice?.plan.key,
      choice?.propensity,
      choice?.candidates,
    ]);
    await recordExecution(store, record);
  };
  await replayThroughCore(replay, 1, { onRecord });
});
