/** What executions say of knowledge: what their agents discovered, were handed and applied. */
import { startedAttempts } from '../../shared/attempt.js';
import type { ExecutionRecord } from '../../shared/task.js';
import { enterLedger } from '../../store/ledger.js';
import { clearPending, type FindExecutions, type PendingEntry } from '../../store/pending.js';
import type { KnowledgeContext } from '../context.js';
import { settleItems } from '../lifecycle/transitions.js';
import type { JudgeExecutions } from '../provenance/executions.js';
import { withdrawUseOf } from '../provenance/withdraw-use.js';
import { shareDiscoveries } from '../sharing/discoveries.js';
import { type Mark, putMarks } from '../sharing/marks.js';
import { toSpeakers } from '../sharing/views.js';
import { type FindReportedUse, settleApplications } from '../usage/applications.js';

const BATCH_DEADLINE_MS = 30_000;

/** Reads of executions, which other components offer. */
export interface ExecutionReads {
  findExecutions: FindExecutions;
  findReportedUse: FindReportedUse;
  /** Left out: what is recorded of retracted tasks and agents from now on counts. */
  judge?: JudgeExecutions;
}

/**
 * Takes in pending executions: shares what was discovered, and in one transaction with their removal from what is
 * pending counts who was handed what and what was applied without having been offered, and gives every item that was
 * shown or applied the state that its usage calls for.
 *
 * @returns what was written, by kind
 * @throws Error when another run consumed the same records meanwhile
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function takeIn(
  context: KnowledgeContext,
  entries: readonly PendingEntry[],
  { findExecutions, findReportedUse, judge }: ExecutionReads,
): Promise<Record<string, number>> {
  const { store, tenant } = context;
  const ids = [...new Set(entries.map((entry) => entry.executionId))];
  const executions = await findExecutions(store, tenant, ids);
  // On its own, as sharing has transactions of its own; it shares nothing twice.
  const shared = await shareDiscoveries(context, executions);
  const usedAt = itemsUsedBy(executions);
  const judged = judge === undefined ? [] : await judge(store, tenant, executions);
  const moved = await store.transaction(async (session) => {
    const generations = await enterLedger(store, tenant, session);
    const [live = ''] = generations;
    await clearPending(store, entries, session);
    await putMarks(
      store,
      tenant,
      'views',
      await toSpeakers(store, tenant, viewsOf(executions), session),
      session,
    );
    const tasks = executions.map(({ taskId }) => taskId);
    const settled = await settleApplications(store, tenant, tasks, findReportedUse, session);
    const times = latest(usedAt, settled);
    if (judged.length > 0) {
      const scope = { store, tenant, generations, session, by: 'system' };
      for (const id of await withdrawUseOf(scope, judged)) note(times, id, earliest(executions));
    }
    return settleItems(store, tenant, times, live, session);
  }, BATCH_DEADLINE_MS);
  const counts: [string, number][] = [
    ['discoveries shared', shared.shared],
    ['discoveries that confirmed items', shared.confirmed],
    ['discoveries over the limit', shared.refused],
    ...[...moved].map(([state, count]): [string, number] => [`items ${state}`, count]),
  ];
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

const earliest = (executions: readonly ExecutionRecord[]): Date =>
  new Date(Math.min(...executions.map(({ endedAt }) => endedAt)));

/** Which agents were handed which items by their tasks. */
function viewsOf(executions: readonly ExecutionRecord[]): Mark[] {
  return executions.flatMap((execution) => {
    const agents = [...new Set(startedAttempts(execution).map(({ agentType }) => agentType))];
    const shown = execution.knowledge.filter((offered) => offered.shown);
    return shown.flatMap(({ id }) =>
      agents.map((key): Mark => ({ id, key, at: new Date(execution.endedAt) })),
    );
  });
}

/** When each item was last shown or applied. Ids of learnings among the applied match no item. */
function itemsUsedBy(executions: readonly ExecutionRecord[]): Map<string, Date> {
  const usedAt = new Map<string, Date>();
  for (const { knowledge, attempts, endedAt } of executions) {
    const ids = [
      ...knowledge.filter((offered) => offered.shown).map((offered) => offered.id),
      ...attempts.flatMap((attempt) => attempt.report.applied),
    ];
    for (const id of ids) note(usedAt, id, new Date(endedAt));
  }
  return usedAt;
}

/** The later of two times by item. */
function latest(one: ReadonlyMap<string, Date>, other: ReadonlyMap<string, Date>): Map<string, Date> {
  const times = new Map(one);
  for (const [id, at] of other) note(times, id, at);
  return times;
}

function note(times: Map<string, Date>, id: string, at: Date): void {
  const before = times.get(id);
  if (before === undefined || before < at) times.set(id, at);
}
