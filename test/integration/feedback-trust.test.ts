/** An agent whose own word is often overruled is trusted less, and chosen less where nobody checks. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { PerformanceOptimizer } from '../../src/performance/performance-optimizer.js';
import { planOffer } from '../../src/plan-offer.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { rebuild } from '../../src/recording/rebuild.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import type { ExecutionRecord } from '../../src/shared/task.js';
import { openStore, type Store } from '../../src/store/store.js';
import { AdaptiveStrategy } from '../../src/strategy/adaptive-strategy.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';

let store: Store;
beforeAll(async () => {
  store = openStore({ uri: inject('mongoUri'), database: `trust-${randomUUID().slice(0, 8)}` });
  await setUpStore(store);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

const tenant = 'acme';
const AGENTS = ['boaster', 'honest'] as const;
const CLAIMS = 20;

/** A task that an agent says it did; without a plan where only its word is to be judged. */
function claimed(agent: string, id: string, success: boolean, planned: boolean): ExecutionRecord {
  const made = attempt([], agent);
  return executionRecord({
    tenant,
    id,
    category: 'testing',
    success,
    attempts: [{ ...made, success, claimed: success, report: { ...made.report, success } }],
    ...(planned ? { plan: `single(${agent})` } : {}),
  });
}

const optimizer = () => new PerformanceOptimizer(store, tenant);
async function choice() {
  const config = parseConfig({ agents: AGENTS.map((type) => ({ type, kind: 'activity' })) }, 'the test');
  const strategy = new AdaptiveStrategy(store, tenant, planOffer(config));
  const { candidates } = await strategy.selectStrategy({
    analysis: claimed('honest', 'x', true, true).analysis,
    executionId: 'some execution',
    learning: 'full',
  });
  return new Map(candidates.map((candidate) => [candidate.key, candidate]));
}
const figures = async () => ({
  agents: await Promise.all(AGENTS.map((agent) => optimizer().getAgentPerformance(agent))),
  trust: await optimizer().trust(),
  choice: [...(await choice())],
});

it('of two that claim as much, selection prefers the one whose word held', { timeout: 120_000 }, async () => {
  // Tasks that nobody checks, with the same claims.
  for (const agent of AGENTS)
    for (let index = 0; index < CLAIMS; index += 1)
      await recordExecution(store, claimed(agent, `${agent}${index}`, index % 5 !== 0, true));
  const unchecked = await choice();
  expect(unchecked.get('single(boaster)')?.mean).toBeCloseTo(unchecked.get('single(honest)')?.mean ?? 0, 9);
  const [before] = (await figures()).agents;
  expect(before).toMatchObject({ successRate: 0.8, ownWordShare: 1, trust: { n: 0, overruled: 0 } });
  expect(before?.trust.mean).toBeCloseTo(0.95);

  // Others that a verifier looks at later: half of the boaster's successes are none.
  for (const agent of AGENTS)
    for (let index = 0; index < CLAIMS; index += 1) {
      const record = claimed(agent, `${agent}-checked${index}`, true, false);
      await recordExecution(store, record);
      await addOutcome(store, {
        tenant,
        executionId: record.executionId,
        outcome: { success: agent === 'honest' || index % 2 === 0, source: 'verifier' },
        by: 'the suite',
      });
    }
  const checked = await figures();
  const [boaster, honest] = checked.agents;
  expect(boaster).toMatchObject({ trust: { n: CLAIMS, overruled: CLAIMS / 2 } });
  expect(boaster?.trust.mean).toBeCloseTo((4.75 + 10) / 25);
  expect(honest?.trust.mean).toBeCloseTo((4.75 + 20) / 25);
  // 16 of its 26 successes are by its own word alone; all that was overruled counts as failed.
  expect(boaster).toMatchObject({ successes: 26, failures: 14, ownWordShare: 16 / 26 });
  expect(boaster?.trust.high).toBeLessThan(honest?.trust.low ?? 0);

  const chosen = new Map(checked.choice);
  const [worse, better] = [chosen.get('single(boaster)'), chosen.get('single(honest)')];
  // 16 claims of success that hold in 59% and in 99%, and 4 of failure that nobody has checked (95%); what is
  // believed leans on the mean of all.
  const [low, high] = [(16 * 0.59 + 4 * 0.05) / 20, (16 * 0.99 + 4 * 0.05) / 20];
  expect(worse?.mean).toBeGreaterThan(low - 0.01);
  expect(better?.mean).toBeLessThan(high + 0.01);
  expect((better?.mean ?? 0) - (worse?.mean ?? 1)).toBeGreaterThan((high - low) / 2);
  expect(better?.propensity).toBeGreaterThan(0.9);
  expect([worse?.executions, better?.executions]).toEqual([CLAIMS, CLAIMS]);

  expect((await rebuild(store, tenant)).changed).toEqual([]);
  const rebuilt = await figures();
  expect({ ...rebuilt, choice: [] }).toEqual({ ...checked, choice: [] });
  // Read at once instead of as it came, the fit to it is a little finer.
  for (const [key, { mean, executions }] of rebuilt.choice) {
    expect(mean).toBeCloseTo(chosen.get(key)?.mean ?? 0, 2);
    expect(executions).toBe(chosen.get(key)?.executions);
  }

  // A person finds that the verifier was wrong about one of them: the trust follows.
  await addOutcome(store, {
    tenant,
    executionId: `${tenant}/boaster-checked1/run`,
    outcome: { success: true, source: 'human' },
    by: 'ann',
  });
  expect((await optimizer().getAgentPerformance('boaster')).trust).toMatchObject({ n: CLAIMS, overruled: 9 });
});
