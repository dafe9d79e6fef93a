/** What a tenant's past tells the analysis of its next task, read from the store. */

import { parseStrategyId } from '../shared/plan-key.js';
import { readLiveCounters } from '../store/counters.js';
import { type DirectEvent, events } from '../store/event-log.js';
import type { CollectionIndexes } from '../store/indexes.js';
import { Remembered } from '../store/remembered.js';
import type { Store } from '../store/store.js';
import { MOST_OF_ONE } from './analysis/experience.js';
import type { AgentPast, DurationSums, Experience, TaskHistory } from './analysis/history.js';
import { noHistory } from './analyze-task.js';
import { DURATIONS, LOG_SCALE, monthOf } from './durations.js';
import { readTaskKinds } from './task-kinds.js';

/** Milliseconds that a tenant's past is remembered for: every task asks for it, and a few tasks change little. */
const FRESH_MS = 5_000;
/** Months, the current one included, that durations and outcomes are taken from. */
const MONTHS = 4;
/** Remarks of this many tasks are looked at, the newest. */
const MAX_EXPERIENCE = 200;

/** The index by which remarks are found. */
export const historyIndexes: CollectionIndexes[] = [
  {
    collection: 'events',
    indexes: [
      { name: 'noted', key: { tenant: 1, at: -1 }, partialFilterExpression: { 'detail.noted': true } },
    ],
  },
];

const remembered = new Remembered<TaskHistory>(FRESH_MS);

/**
 * A tenant's past, as it was at most five seconds ago; empty when it cannot be read, so that no task waits longer than
 * the deadline.
 */
export async function taskHistoryOf(store: Store, tenant: string, deadlineMs: number): Promise<TaskHistory> {
  try {
    return await remembered.of(store, tenant, () => readHistory(store, tenant, deadlineMs));
  } catch {
    // Whatever is wrong with the past, the task goes on without it.
    return { ...noHistory, unread: true };
  }
}

async function readHistory(store: Store, tenant: string, deadlineMs: number): Promise<TaskHistory> {
  const since = new Date();
  since.setUTCMonth(since.getUTCMonth() - (MONTHS - 1), 1);
  const [rows, kinds, experience] = await store.run(
    (options) =>
      Promise.all([
        readLiveCounters(
          store,
          DURATIONS,
          tenant,
          ['agentType', 'category', 'complexity'],
          { month: { $gte: monthOf(since.getTime()) } },
          options,
        ),
        readTaskKinds(store, tenant, options),
        readExperience(store, tenant, options),
      ]),
    deadlineMs,
  );
  const durations = rows.map(({ dimensions, sums }): DurationSums => {
    const { category = '', complexity = '' } = dimensions;
    const { tasks = 0, logSum = 0, logSquares = 0 } = sums;
    return { category, complexity, tasks, logSum: logSum / LOG_SCALE, logSquares: logSquares / LOG_SCALE };
  });
  const agents = rows.flatMap(({ dimensions, sums }): AgentPast[] => {
    const { agentType = '', category = '' } = dimensions;
    const { successes = 0, failures = 0 } = sums;
    return agentType === '' ? [] : [{ agentType, category, successes, failures }];
  });
  return { durations, agents, kinds, experience };
}

/** No more remarks than an analysis would give on: there may be hundreds, each of them long. */
const NOTED = {
  kind: 1,
  at: 1,
  'detail.taskId': 1,
  'detail.strategyId': 1,
  'detail.success': 1,
  'detail.keywords': 1,
  'detail.whatWorked': { $slice: MOST_OF_ONE },
  'detail.improvements': { $slice: MOST_OF_ONE },
};

async function readExperience(
  store: Store,
  tenant: string,
  options: { timeoutMS: number },
): Promise<Experience[]> {
  const found = await events(store)
    .find({ tenant, 'detail.noted': true }, { projection: NOTED, ...options })
    .sort({ at: -1 })
    .limit(MAX_EXPERIENCE)
    .toArray();
  return found.flatMap((event) => (event.kind === 'strategy-outcome' ? [experienceOf(event)] : []));
}

function experienceOf({ detail, at }: DirectEvent): Experience {
  const strategyId = String(detail['strategyId']);
  const success = detail['success'];
  return {
    about: JSON.stringify([detail['taskId'], strategyId]),
    category: parseStrategyId(strategyId)?.category ?? 'unknown',
    keywords: textsOf(detail['keywords']),
    success: typeof success === 'boolean' ? success : null,
    whatWorked: textsOf(detail['whatWorked']),
    improvements: textsOf(detail['improvements']),
    at: at.getTime(),
  };
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
