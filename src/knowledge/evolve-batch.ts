/** One batch of EvolveKnowledgeWorkflow: discoveries become items, used items change state, unused ones go. */
import type { ClientSession } from 'mongodb';
import type { BatchResult } from '../shared/maintenance.js';
import { createRedactor } from '../shared/redact.js';
import type { ExecutionRecord } from '../shared/task.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import { clearPending, type FindExecutions, nextPending } from '../store/pending.js';
import type { Store } from '../store/store.js';
import { ensureChannels } from './channels.js';
import { knowledgeItems } from './collections.js';
import { type Draft, derivedItemId, draftOf, insertItems } from './insert-items.js';
import { archiveBefore, LIFECYCLE } from './lifecycle.js';
import { moveItem, settleItems } from './transitions.js';
import { readUsage } from './usage.js';

const BATCH_DEADLINE_MS = 30_000;

/**
 * Consumes pending executions: shares what their agents discovered, and gives every item that they were shown
 * or applied the state that its usage calls for. The last batch of a run also archives EXPERIMENTAL items
 * that nobody used in 90 days. Output and consumption are one transaction.
 *
 * @param limit pending records a batch, at most
 * @returns `consumed` 0 when nothing was pending
 * @throws Error when another run consumed the same records meanwhile; worth a retry
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function evolveKnowledgeBatch(
  store: Store,
  tenant: string,
  limit: number,
  findExecutions: FindExecutions,
): Promise<BatchResult> {
  await ensureLedger(store, tenant);
  await ensureChannels(store, tenant);
  const entries = await nextPending(store, tenant, 'knowledge', limit);
  const written: Record<string, number> = {};
  if (entries.length > 0) {
    const ids = [...new Set(entries.map((entry) => entry.executionId))];
    const executions = await findExecutions(store, tenant, ids);
    const drafts = executions.flatMap(discoveredBy);
    const usedAt = itemsUsedBy(executions);
    const result = await store.transaction(async (session) => {
      const [live = ''] = await enterLedger(store, tenant, session);
      await clearPending(store, entries, session);
      const shared = await insertItems(store, tenant, drafts, session);
      const moved = await settleItems(store, tenant, usedAt, live, session);
      return { shared: shared.length, moved };
    }, BATCH_DEADLINE_MS);
    if (result.shared > 0) written['discoveries shared'] = result.shared;
    for (const [state, count] of result.moved) written[`items ${state}`] = count;
  }
  if (entries.length < limit) {
    const archived = await archiveUnused(store, tenant, limit);
    if (archived > 0) written['unused items archived'] = archived;
  }
  return { consumed: entries.length, written };
}

/** The items that an execution's agents discovered; the same each time it is read. */
function discoveredBy(execution: ExecutionRecord): Draft[] {
  const { executionId, taskId, attempts, analysis } = execution;
  const redactor = createRedactor();
  const titles = new Set<string>();
  return attempts.flatMap(({ agentType, report }) =>
    report.discoveries.map((discovery) => {
      const { title, content, type, priority, tags } = redactor.value(discovery);
      // By title, like a share of the agent's own; by content too where one execution repeats a title.
      const id = titles.has(title)
        ? derivedItemId(executionId, title, content)
        : derivedItemId(executionId, title);
      titles.add(title);
      const draft = draftOf({
        id,
        sourceAgent: agentType,
        type,
        title,
        content,
        context: { taskId },
        category: analysis?.category ?? 'general',
        priority,
        tags,
        executionId,
      });
      return { ...draft, sources: [...draft.sources, { kind: 'task' as const, ref: taskId }] };
    }),
  );
}

/** When each item was last shown or applied. Ids of learnings among the applied match no item. */
function itemsUsedBy(executions: readonly ExecutionRecord[]): Map<string, Date> {
  const usedAt = new Map<string, Date>();
  for (const { knowledge, attempts, endedAt } of executions) {
    const ids = [
      ...knowledge.filter((offered) => offered.shown).map((offered) => offered.id),
      ...attempts.flatMap((attempt) => attempt.report.applied),
    ];
    for (const id of ids)
      usedAt.set(id, new Date(Math.max(endedAt, usedAt.get(id)?.getTime() ?? Number.NEGATIVE_INFINITY)));
  }
  return usedAt;
}

async function archiveUnused(store: Store, tenant: string, limit: number): Promise<number> {
  let archived = 0;
  for (;;) {
    const count = await store.transaction(
      (session) => archiveSome(store, tenant, limit, session),
      BATCH_DEADLINE_MS,
    );
    archived += count.archived;
    if (count.found < limit) return archived;
  }
}

async function archiveSome(store: Store, tenant: string, limit: number, session: ClientSession) {
  const [live = ''] = await enterLedger(store, tenant, session);
  const now = new Date();
  const candidates = await knowledgeItems(store)
    .find(
      { tenant, state: 'EXPERIMENTAL', lastUsedAt: null, createdAt: { $lt: archiveBefore(now) } },
      { session },
    )
    .limit(limit)
    .toArray();
  if (candidates.length === 0) return { found: 0, archived: 0 };
  const ids = candidates.map((item) => item.id);
  const { rows } = await readUsage(store, tenant, live, ids, { session });
  // Used, but the record of it is still pending: noted here, so that it is not looked at again.
  const used = new Set(rows.filter(({ usage }) => usage.views + usage.applied > 0).map(({ id }) => id));
  let archived = 0;
  for (const item of candidates) {
    if (used.has(item.id)) {
      await knowledgeItems(store).updateOne(
        { _id: item._id, tenant },
        { $max: { lastUsedAt: now } },
        { session },
      );
      continue;
    }
    const reason = `nobody was shown it or applied it in ${LIFECYCLE.archiveAfterDays} days`;
    await moveItem(store, item, { to: 'ARCHIVED', reason }, session);
    archived += 1;
  }
  return { found: candidates.length, archived };
}
