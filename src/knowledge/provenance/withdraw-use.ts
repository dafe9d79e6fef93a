/**
 * Withdrawing the use of items that came from a bad source, and giving it back. What is withdrawn of one execution or
 * report follows from the retractions that stand and from how the task is known to have gone: working it out again
 * changes nothing, and a later word on the task, or a second retraction of the same, keeps it right.
 */
import type { ClientSession, Filter } from 'mongodb';
import { applyIncrements, difference, sumIncrements } from '../../store/counters.js';
import { type DirectEvent, events, type LogEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { usageEvent } from '../usage/increments.js';
import type { JudgedExecution } from './executions.js';
import { withdrawnUse } from './retractions.js';
import { standingFor } from './standing.js';
import {
  applicationsIn,
  isWithdrawn,
  subjectOfExecution,
  subjectsOfEvents,
  type UseSubject,
} from './use-subjects.js';

export interface UseChange {
  /** Items whose usage changed. */
  items: Set<string>;
  /** Applications that no longer count; negative where they count again. */
  usages: number;
}

export interface UseScope {
  store: Store;
  tenant: string;
  /** Generations to write to, the live one first. */
  generations: readonly string[];
  session: ClientSession;
  /** Who withdraws, for the log. */
  by: string;
  /** A source that is taken as retracted: nothing is written then. */
  asIf?: string;
}

/**
 * Brings what is withdrawn of some shares in line with the retractions that stand, by appended `usage` events.
 *
 * @param subjects some hundreds at most
 */
export async function settleUse(
  { store, tenant, generations, session, by, asIf }: UseScope,
  subjects: readonly UseSubject[],
): Promise<UseChange> {
  const change: UseChange = { items: new Set(), usages: 0 };
  if (subjects.length === 0) return change;
  const keys = subjects.flatMap(({ restsOn, toldBy }) => [...restsOn, ...toldBy.flat()]);
  const standing = await standingFor(store, tenant, keys, { session });
  const keyOf = (id: string): string => `${tenant}|${id}`;
  const known = await withdrawnUse(store)
    .find({ _id: { $in: subjects.map(({ id }) => keyOf(id)) }, tenant }, { session })
    .toArray();
  const before = new Map(known.map((document) => [document._id, document]));
  const appended: DirectEvent[] = [];
  for (const subject of subjects) {
    const { id, increments } = subject;
    const { times = 0, increments: taken = [] } = before.get(keyOf(id)) ?? {};
    const gone = isWithdrawn(subject, (key) => standing.has(key) || key === asIf);
    const wanted = gone ? sumIncrements(increments) : [];
    const moved = difference(wanted, taken);
    if (moved.length === 0) continue;
    for (const { dimensions } of moved) change.items.add(dimensions['id'] ?? '');
    change.usages -= applicationsIn(moved);
    if (asIf !== undefined) continue;
    // Numbered: of two at once, the second meets the first's id and is tried again after it.
    const key = `withdrawn|${id}|${String(times + 1).padStart(6, '0')}`;
    appended.push(usageEvent(tenant, key, by, moved, { withdraws: id }, [...generations]));
    await withdrawnUse(store).updateOne(
      { _id: keyOf(id), tenant },
      { $set: { increments: wanted }, $inc: { times: 1 } },
      { session, upsert: true },
    );
  }
  if (appended.length === 0) return change;
  await events(store).insertMany(appended, { session, ordered: false });
  const increments = appended.flatMap((event) => event.increments);
  await applyIncrements(store, tenant, generations, increments, session);
  return change;
}

/** Usage events for which conditions hold; those that withdraw others are left out. */
export async function usageEvents(
  { store, tenant, session }: Pick<UseScope, 'store' | 'tenant' | 'session'>,
  where: Record<string, unknown>,
  limit = 0,
): Promise<DirectEvent[]> {
  const filter = { tenant, kind: 'usage', 'detail.withdraws': { $exists: false }, ...where };
  const found = events(store).find(filter as Filter<LogEvent>, { session });
  return (await found.sort({ _id: 1 }).limit(limit).toArray()) as DirectEvent[];
}

/** Reports with all that corrects them, as shares. */
export async function reportedShares(
  scope: Pick<UseScope, 'store' | 'tenant' | 'session'>,
  reports: readonly DirectEvent[],
): Promise<UseSubject[]> {
  const tasks = new Set(reports.flatMap(({ detail }) => detail['taskId'] ?? []));
  const items = new Set(reports.map(({ detail }) => detail['itemId']));
  const ofTasks =
    tasks.size === 0
      ? []
      : await usageEvents(scope, {
          'detail.taskId': { $in: [...tasks] },
          'detail.itemId': { $in: [...items] },
        });
  const alone = reports.filter(({ detail }) => detail['taskId'] === undefined);
  return subjectsOfEvents([...alone, ...ofTasks], new Map());
}

/** The shares of executions: what their records count, and what was applied without having been offered. */
export async function executionShares(
  scope: Pick<UseScope, 'store' | 'tenant' | 'session'>,
  executions: readonly JudgedExecution[],
): Promise<UseSubject[]> {
  const byId = new Map(executions.map((judged) => [judged.execution.executionId, judged]));
  const tasks = [...new Set(executions.map(({ execution }) => execution.taskId))];
  const reported = await usageEvents(scope, {
    'detail.taskId': { $in: tasks },
    'detail.executionId': { $in: [...byId.keys()] },
  });
  return [...executions.map(subjectOfExecution), ...subjectsOfEvents(reported, byId)];
}

/**
 * Takes in executions, or later words on them, of which a source is retracted: they do not count either. For the
 * evolve run, in the transaction that takes the executions in and after it counted their applications.
 *
 * @returns the items whose usage it changed
 */
export async function withdrawUseOf(
  scope: UseScope,
  executions: readonly JudgedExecution[],
): Promise<Set<string>> {
  return (await settleUse(scope, await executionShares(scope, executions))).items;
}

/**
 * Takes in what was reported by hand of some tasks, after it was brought to what their executions say.
 *
 * @returns the items whose usage it changed
 */
export async function withdrawReportsOf(scope: UseScope, taskIds: readonly string[]): Promise<Set<string>> {
  const reports = await usageEvents(scope, {
    'detail.taskId': { $in: [...taskIds] },
    'detail.executionId': { $exists: false },
  });
  return (await settleUse(scope, subjectsOfEvents(reports, new Map()))).items;
}
