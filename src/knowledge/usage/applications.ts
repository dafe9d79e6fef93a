/**
 * Applications that no look-up offered, tied to their tasks: they follow how the task is known to have gone.
 *
 * An item is counted once a task. Where the record of an execution names it as applied, it counts there: by the
 * record itself if the look-up had offered it, else here. A mark by hand counts only for a task of which no record
 * names it, as the task's latest execution went, and as unknown until there is one.
 *
 * All is events: what was counted for an item and task is the sum of their increments, and a correction appends
 * the difference. So a rebuild gives the same, and taking a task in again changes nothing.
 */
import type { ClientSession } from 'mongodb';
import { applyIncrements, difference, type Increment } from '../../store/counters.js';
import { type DirectEvent, events } from '../../store/event-log.js';
import { enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, knowledgeItems, knowledgeVersions } from '../collections.js';
import { withdrawReportsOf } from '../provenance/withdraw-use.js';
import { oneApplication, usageEvent } from './increments.js';

/** What one execution says of the items that its agents applied, and how it is known to have gone. */
export interface ReportedUse {
  executionId: string;
  taskId: string;
  /** Epoch milliseconds. */
  endedAt: number;
  /** Success as it is known now, later words included. */
  success: boolean | null;
  /** Ids of items that its look-up offered. */
  offered: readonly string[];
  /** Ids that the reports of its agents name as applied: items and learnings. Empty where no agent ran. */
  applied: readonly string[];
}

/** Reads what all executions of some tasks say, inside the caller's transaction. Recording brings it along. */
export type FindReportedUse = (
  store: Store,
  tenant: string,
  taskIds: readonly string[],
  session: ClientSession,
) => Promise<ReportedUse[]>;

/** What an application is counted for: an execution, or a task by hand. */
type Kind = 'execution' | 'task';

interface Line {
  itemId: string;
  kind: Kind;
  /** Execution id or task id. */
  of: string;
  taskId: string;
}

const lineKey = ({ itemId, kind, of }: Omit<Line, 'taskId'>): string => JSON.stringify([itemId, kind, of]);

/** What the log holds of one line. */
interface Counted {
  line: Line;
  increments: Increment[];
  /** Corrections so far. */
  settlements: number;
  version: number;
}

/**
 * Brings the usage of all that was applied in some tasks, without a look-up having offered it, to what the tasks'
 * executions say now. Call it for each execution that is taken in, and again when its outcome was corrected.
 *
 * @param taskIds some hundreds at most
 * @returns when the items whose usage changed were used, for `settleItems`
 */
export async function settleApplications(
  store: Store,
  tenant: string,
  taskIds: readonly string[],
  findUse: FindReportedUse,
  session: ClientSession,
): Promise<Map<string, Date>> {
  const tasks = [...new Set(taskIds)];
  const changed = new Map<string, Date>();
  if (tasks.length === 0) return changed;
  const counted = await countedFor(store, tenant, tasks, session);
  const uses = await findUse(store, tenant, tasks, session);
  const wanted = await wantedLines(store, tenant, uses, counted, session);
  const generations = await enterLedger(store, tenant, session);
  const appended: DirectEvent[] = [];
  for (const { line, success, at, version } of wanted) {
    const known = counted.get(lineKey(line));
    const target = success === undefined ? [] : [oneApplication(line.itemId, version, success)];
    const increments = difference(known?.increments ?? [], target);
    if (increments.length === 0) continue;
    const { itemId, kind, of, taskId } = line;
    const number = String((known?.settlements ?? 0) + 1).padStart(6, '0');
    appended.push(
      usageEvent(
        tenant,
        // Numbered: of two at once, the second meets the first's id and is tried again after it.
        `${itemId}|${kind}|${encodeURIComponent(of)}|${number}`,
        'system',
        increments,
        {
          itemId,
          version,
          success: success ?? null,
          taskId,
          ...(kind === 'execution' ? { executionId: of } : {}),
          settles: kind,
        },
        generations,
      ),
    );
    const before = changed.get(itemId);
    if (before === undefined || before < at) changed.set(itemId, at);
  }
  if (appended.length === 0) return changed;
  await events(store).insertMany(appended, { session });
  await applyIncrements(
    store,
    tenant,
    generations,
    appended.flatMap(({ increments }) => increments),
    session,
  );
  // What a retraction had withdrawn of it follows.
  await withdrawReportsOf({ store, tenant, generations, session, by: 'system' }, tasks);
  return changed;
}

interface Wanted {
  line: Line;
  /** Undefined where it counts for nothing. */
  success: boolean | null | undefined;
  at: Date;
  version: number;
}

/** What was counted so far of applications in some tasks, by line. */
async function countedFor(
  store: Store,
  tenant: string,
  taskIds: readonly string[],
  session: ClientSession,
): Promise<Map<string, Counted>> {
  const counted = new Map<string, Counted>();
  for (const { detail, increments } of await usageEventsOf(store, tenant, taskIds, session)) {
    const { itemId, taskId, executionId, settles, version } = detail;
    const line: Line = { itemId, kind: settles ?? 'task', of: executionId ?? taskId, taskId };
    const known = counted.get(lineKey(line)) ?? { line, increments: [], settlements: 0, version };
    known.increments.push(...increments);
    if (settles !== undefined) known.settlements += 1;
    counted.set(lineKey(line), known);
  }
  return counted;
}

/** What the events of usage say that are tied to tasks. */
interface UsageDetail {
  itemId: string;
  /** That it was counted under. */
  version: number;
  taskId: string;
  executionId?: string;
  /** Of what is brought to what a task's records say; absent in what was marked by hand. */
  settles?: Kind;
}

/** The events of usage that are tied to some tasks, oldest first. */
export async function usageEventsOf(
  store: Store,
  tenant: string,
  taskIds: readonly string[],
  session: ClientSession,
): Promise<(Omit<DirectEvent, 'detail'> & { detail: UsageDetail })[]> {
  const found = await store
    .collection<Omit<DirectEvent, 'detail'> & { detail: UsageDetail }>(events(store).collectionName)
    .find({ tenant, kind: 'usage', 'detail.taskId': { $in: [...taskIds] } }, { session })
    .sort({ at: 1, _id: 1 })
    .toArray();
  return found;
}

async function wantedLines(
  store: Store,
  tenant: string,
  uses: readonly ReportedUse[],
  counted: ReadonlyMap<string, Counted>,
  session: ClientSession,
): Promise<Wanted[]> {
  const ofTask = new Map<string, ReportedUse[]>();
  for (const use of uses) ofTask.set(use.taskId, [...(ofTask.get(use.taskId) ?? []), use]);
  const unoffered = uses.flatMap(({ executionId, taskId, applied, offered, success, endedAt }) => {
    const known = new Set(offered);
    return [...new Set(applied)]
      .filter((id) => !known.has(id))
      .map((itemId) => ({
        line: { itemId, kind: 'execution' as const, of: executionId, taskId },
        success,
        at: new Date(endedAt),
      }));
  });
  const versions = await versionsAt(
    store,
    tenant,
    unoffered.map(({ line, at }) => ({ id: line.itemId, at })),
    session,
  );
  const byExecution = unoffered.flatMap(({ line, ...rest }): Wanted[] => {
    const version = counted.get(lineKey(line))?.version ?? versions(line.itemId, rest.at);
    return version === null ? [] : [{ line, ...rest, version }];
  });
  const byHand = [...counted.values()].flatMap(({ line, version }): Wanted[] => {
    if (line.kind !== 'task') return [];
    const executions = ofTask.get(line.taskId) ?? [];
    const latest = executions.reduce<ReportedUse | null>(
      (last, use) => (isLater(use, last) ? use : last),
      null,
    );
    if (latest === null) return [];
    const named = executions.some(({ applied }) => applied.includes(line.itemId));
    return [{ line, success: named ? undefined : latest.success, at: new Date(latest.endedAt), version }];
  });
  return [...byExecution, ...byHand];
}

const isLater = (use: ReportedUse, last: ReportedUse | null): boolean =>
  last === null ||
  use.endedAt > last.endedAt ||
  (use.endedAt === last.endedAt && use.executionId > last.executionId);

/**
 * The version that an item had at a time: what its agents could know when they applied it. The first where it is
 * younger; null where the tenant has no such item, such as a learning's id.
 */
async function versionsAt(
  store: Store,
  tenant: string,
  wanted: readonly { id: string; at: Date }[],
  session: ClientSession,
): Promise<(id: string, at: Date) => number | null> {
  const ids = [...new Set(wanted.map(({ id }) => id))];
  if (ids.length === 0) return () => null;
  const items = await knowledgeItems(store)
    .find(
      { _id: { $in: ids.map((id) => itemKey(tenant, id)) }, tenant },
      { session, projection: { id: 1, version: 1 } },
    )
    .toArray();
  const current = new Map(items.map(({ id, version }) => [id, version]));
  const edited = items.filter(({ version }) => version > 1).map(({ id }) => id);
  const made =
    edited.length === 0
      ? []
      : await knowledgeVersions(store)
          .find({ tenant, id: { $in: edited } }, { session, projection: { id: 1, version: 1, at: 1 } })
          .toArray();
  return (id, at) => {
    if (!current.has(id)) return null;
    return made.reduce(
      (last, each) => (each.id === id && each.at <= at ? Math.max(last, each.version) : last),
      1,
    );
  };
}
