/** Two months of work with something to find: a change, a better agent, an odd day, stages that wait for nothing. */
import { seededUniform } from '../../src/evidence/random.js';
import { findCategories } from '../../src/learning/interactions.js';
import { generateRecommendationsBatch } from '../../src/performance/life/generate-batch.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import type { Attempt, ExecutionRecord } from '../../src/shared/task.js';
import type { Store } from '../../src/store/store.js';
import { planPreferences } from '../../src/strategy/stored-preferences.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';

const DAY = 86_400_000;
export const DAYS = 60;
/** Days ago that coder became slower. */
export const SLOWER = 20;
/** Days ago on which tester failed. */
export const ODD_DAY = 2;
/** A name that would be a table, code and HTML, were it taken for such. */
export const HOSTILE = 'a|b`c`<img src=x>[d](http://e.test) @f';

/** A day so many days ago, `YYYY-MM-DD`. */
export const dayAgo = (days: number, now = Date.now()): string =>
  new Date(now - days * DAY).toISOString().slice(0, 10);

interface Work {
  agentType: string;
  success: boolean;
  seconds: number;
  cost?: number;
}

const attemptOf = ({ agentType, success, seconds, cost = 0.01 }: Work): Attempt => {
  const made = attempt([], agentType, success ? 1 : 3);
  const errors = success ? [] : ['TypeError: x is not a function'];
  return {
    ...made,
    success,
    durationMs: Math.round(1_000 * seconds),
    elapsedMs: Math.round(1_000 * seconds) + 20,
    report: { ...made.report, success, errors, cost, output: `work of ${agentType}` },
  };
};

/** Records two months of work, and has advice made of it. @returns executions recorded */
export async function recordWorld(store: Store, tenant: string, now = Date.now()): Promise<number> {
  const uniform = seededUniform('performance');
  const around = (middle: number): number => middle * Math.exp(0.6 * (uniform() + uniform() - 1));
  const records: ExecutionRecord[] = [];
  const add = (ago: number, category: string, works: readonly Work[]): void => {
    // The UTC day so many days ago, whenever the test is run.
    const endedAt = Math.floor(now / DAY) * DAY - ago * DAY + 1_000 + records.length;
    const success = works.every((work) => work.success);
    const plan = works.length === 1 ? 'single(x)' : 'sequential(x>y)';
    const record = executionRecord({
      ...{ id: `w${records.length}`, tenant, category, success, endedAt, plan },
      attempts: works.map(attemptOf),
    });
    if (record.choice !== null && works.length > 1) record.choice.plan.strategy = 'sequential';
    const worked = works.reduce((sum, work) => sum + work.seconds, 0);
    record.steps = { analyse: 2, lookUp: 15, execute: Math.round(1_000 * worked) };
    records.push(record);
  };
  for (let ago = DAYS - 1; ago >= 1; ago -= 1) {
    // Nobody works on every seventh day.
    if (ago % 7 === 0) continue;
    for (let n = 0; n < 4; n += 1) {
      const slow = ago <= SLOWER ? 2 : 1;
      add(ago, 'parsing', [{ agentType: 'coder', success: uniform() < 0.9, seconds: around(4 * slow) }]);
    }
    for (let n = 0; n < 2; n += 1)
      add(ago, 'parsing', [{ agentType: 'weak', success: uniform() < 0.4, seconds: around(5) }]);
    add(ago, 'review', [
      { agentType: 'tester', success: true, seconds: around(20) },
      { agentType: 'coder', success: true, seconds: around(15) },
    ]);
    if (ago % 5 === 0) add(ago, 'review', [{ agentType: HOSTILE, success: true, seconds: around(9) }]);
    for (let n = 0; n < (ago === ODD_DAY ? 8 : 3); n += 1)
      add(ago, 'database', [{ agentType: 'tester', success: ago !== ODD_DAY, seconds: around(30) }]);
  }
  for (let from = 0; from < records.length; from += 20)
    await Promise.all(records.slice(from, from + 20).map((record) => recordExecution(store, record)));
  await generate(store, tenant, new Date(now));
  return records.length;
}

/** One run of the maintenance that makes advice. */
export async function generate(store: Store, tenant: string, now = new Date()): Promise<void> {
  const batch = () =>
    generateRecommendationsBatch(store, tenant, 1_000, findCategories, planPreferences, now);
  while ((await batch()).consumed > 0);
}
