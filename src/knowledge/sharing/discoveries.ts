/** What agents report to have discovered, shared to the hub. */
import { MongoBulkWriteError } from 'mongodb';
import { ConflictError } from '../../shared/errors.js';
import type { ExecutionRecord } from '../../shared/task.js';
import { events, type ItemEvent } from '../../store/event-log.js';
import { isUnavailable, type Store } from '../../store/store.js';
import type { KnowledgeContext } from '../context.js';
import { type Draft, derivedItemId, draftOf } from '../insert-items.js';
import { type ShareOptions, shareSettled } from './share.js';

/** How many discoveries went which way. */
export interface ShareCounts {
  shared: number;
  /** Said the same as an item that was there. */
  confirmed: number;
  /** Had been shared before; also what was removed since, which is not brought back. */
  known: number;
  /** Over their agent's limit, or not fit to be stored: they stay in the record of their task, and are logged. */
  refused: number;
}

/**
 * Shares what the agents of executions discovered. Ids follow from the execution, so again changes nothing; what
 * was over its agent's limit gets another chance then.
 *
 * @param executions as they are stored: what was cut or redacted there is not known here
 * @throws StoreUnavailableError when MongoDB is away or too slow; what was shared until then stays
 */
export async function shareDiscoveries(
  context: KnowledgeContext,
  executions: readonly ExecutionRecord[],
  options: ShareOptions = {},
): Promise<ShareCounts> {
  const drafts = executions.flatMap(discoveredBy);
  const settled = await shareSettled(context, drafts, options);
  const counts: ShareCounts = { shared: 0, confirmed: 0, known: 0, refused: 0 };
  const refused: ItemEvent[] = [];
  for (const [index, result] of settled.entries()) {
    const draft = drafts[index];
    if (draft === undefined) continue;
    if (result.status === 'fulfilled') counts[result.value.outcome] += 1;
    // Shared before, and renamed or removed since.
    else if (result.reason instanceof ConflictError) counts.known += 1;
    else if (!isUnavailable(result.reason)) {
      counts.refused += 1;
      refused.push(refusal(context, draft, result.reason));
    }
  }
  await logRefusals(context.store, refused);
  const failure = settled.find(
    (result): result is PromiseRejectedResult => result.status === 'rejected' && isUnavailable(result.reason),
  );
  if (failure !== undefined) throw failure.reason;
  return counts;
}

/** The items that an execution's agents discovered; the same each time it is read. Pure. */
export function discoveredBy({ executionId, taskId, attempts, analysis }: ExecutionRecord): Draft[] {
  const titles = new Set<string>();
  const drafts = attempts.flatMap(({ agentType, report }) =>
    report.discoveries.map(({ title, content, type, priority, tags }): Draft => {
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
      return {
        ...draft,
        sources: [
          { kind: 'agent', ref: agentType },
          { kind: 'task', ref: taskId },
        ],
      };
    }),
  );
  return [...new Map(drafts.map((draft) => [draft.id, draft])).values()];
}

const refusal = (
  { tenant, redactor }: KnowledgeContext,
  { id, title, source, executionId }: Draft,
  reason: unknown,
): ItemEvent => ({
  _id: `${tenant}|item|${id}|refused`,
  ...{ kind: 'item', tenant, itemId: id, act: 'refused', at: new Date(), by: source },
  detail: { title: redactor.text(title), executionId, reason: redactor.text(messageOf(reason)) },
  generations: [],
});

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** Logs each refusal once, however often it is tried. */
async function logRefusals(store: Store, refused: readonly ItemEvent[]): Promise<void> {
  if (refused.length === 0) return;
  try {
    await store.run((options) => events(store).insertMany(refused, { ordered: false, ...options }));
  } catch (error) {
    const isLogged =
      error instanceof MongoBulkWriteError && [error.writeErrors].flat().every(({ code }) => code === 11_000);
    if (!isLogged) throw error;
  }
}
