/** One pass of an announcement: signals the item to the tenant's running tasks. */
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { bulkhead } from 'cockatiel';
import type { KnowledgeExcerpt } from '../../shared/agent-contract.js';
import { type AnnouncePass, type AnnounceRequest, LISTED_WITHIN_MS } from '../../shared/announcement.js';
import { taskOfWorkflowId } from '../../shared/ids.js';
import { newsSignal, takesNewsQuery } from '../../shared/messages.js';
import { searchAttributes } from '../../shared/search-attributes.js';
import { jsonBytes } from '../../shared/sizes.js';
import type { Store } from '../../store/store.js';
import { excerptOf, itemKey, type KnowledgeDocument, knowledgeItems, publicItem } from '../collections.js';
import { activeStates } from '../search.js';
import { noteBegun, ring } from './announcements.js';

const TASK_WORKFLOW = 'ExecuteTaskWorkflow';
const PAGE = 200;
const QUESTION_DEADLINE_MS = 3_000;
const SIGNALS_AT_ONCE = 20;
/** Ids that one pass hands to the next; any more tasks are signalled again, and take the item once. */
const MAX_RECENT = 500;
/** Of content that each running task's history keeps; the whole is read by the item's id. */
const MAX_CONTENT_CHARS = 20_000;
/** gRPC: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. The server's trouble, not the task's. */
const OF_THE_SERVER: ReadonlySet<unknown> = new Set([1, 4, 8, 14]);

/** Where a pass stands, for a later attempt to go on from. */
export interface PassCursor extends Omit<AnnouncePass, 'over'> {
  /** The page that comes next, in base64; empty after the last. */
  page: string;
}

export interface PassOptions {
  /** Names of our search attributes that the namespace has. */
  searchAttributes: readonly string[];
  /** Told after each page. */
  onPage: (cursor: PassCursor) => void;
  from?: PassCursor;
}

/**
 * Lists the tasks by visibility and signals each. Tasks are known by type and id, which every one has from its
 * start on; they set the search attribute `Tenant` only once they were analysed. A platform's own workflow that
 * was started with that attribute is asked first whether it takes news: a signal that none of its code awaits
 * would stand in its history all the same.
 *
 * @throws Error when Temporal cannot be reached; worth a retry from the last cursor
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function tellRunningTasks(
  store: Store,
  client: Client,
  request: AnnounceRequest,
  { searchAttributes: known, onPage, from }: PassOptions,
): Promise<AnnouncePass> {
  const { tenant, itemId, startedBefore, startedFrom } = request;
  await noteBegun(store, tenant, itemId);
  const { over, excerpt } = await newsOf(store, tenant, itemId);
  const pass = { signalled: 0, ended: 0, refused: 0, recent: [], page: '', ...from };
  if (excerpt === null) return resultOf(pass, over);
  // The attempt before came to the end of the list, and no further.
  if (from?.page === '') return resultOf(pass, null);
  const told = new Set(request.told);
  const turns = bulkhead(SIGNALS_AT_ONCE, Number.POSITIVE_INFINITY);
  const ours = `WorkflowType = '${TASK_WORKFLOW}' AND WorkflowId STARTS_WITH '${tenant}/'`;
  const { name } = searchAttributes.tenant;
  const query = [
    known.includes(name) ? `((${ours}) OR (${name} = '${tenant}'))` : ours,
    "ExecutionStatus = 'Running'",
    `StartTime <= '${new Date(startedBefore).toISOString()}'`,
    ...(startedFrom === undefined ? [] : [`StartTime >= '${new Date(startedFrom).toISOString()}'`]),
  ].join(' AND ');
  do {
    const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query,
      pageSize: PAGE,
      nextPageToken: Buffer.from(pass.page, 'base64'),
    });
    const listed = (executions ?? []).flatMap(({ execution, type, startTime }) => {
      const workflowId = execution?.workflowId ?? '';
      const runId = execution?.runId ?? '';
      const isTask = type?.name === TASK_WORKFLOW;
      if (told.has(workflowId) || (isTask && taskOfWorkflowId(workflowId)?.tenant !== tenant)) return [];
      return [{ workflowId, runId, isTask, startedAt: Number(startTime?.seconds ?? 0) * 1_000 }];
    });
    const before = pass.signalled;
    const recent: string[] = [];
    await Promise.all(
      listed.map(({ workflowId, runId, isTask, startedAt }) =>
        turns.execute(async () => {
          if (!isTask && !(await takesNews(client, workflowId, runId))) return;
          pass[await signal(client, workflowId, excerpt)] += 1;
          if (startedAt >= startedBefore - LISTED_WITHIN_MS - 1_000) recent.push(workflowId);
        }),
      ),
    );
    pass.recent = [...pass.recent, ...recent].slice(0, MAX_RECENT);
    if (pass.signalled > before) await ring(store, tenant, itemId);
    pass.page = Buffer.from(nextPageToken ?? []).toString('base64');
    onPage({ ...pass });
  } while (pass.page !== '');
  return resultOf(pass, null);
}

const resultOf = ({ signalled, ended, refused, recent }: PassCursor, over: string | null): AnnouncePass => ({
  over,
  signalled,
  ended,
  refused,
  recent,
});

/** What tasks are told of an item, or why they are not any more. */
async function newsOf(
  store: Store,
  tenant: string,
  itemId: string,
): Promise<{ over: string; excerpt: null } | { over: null; excerpt: KnowledgeExcerpt }> {
  const item = await store.run((options) =>
    knowledgeItems(store).findOne({ _id: itemKey(tenant, itemId), tenant }, options),
  );
  const over = reasonAgainst(item);
  if (item === null || over !== null) return { over: over ?? '', excerpt: null };
  const { content, ...excerpt } = excerptOf(publicItem(item));
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const isLong = jsonBytes(content) > MAX_CONTENT_CHARS;
  // Not between the halves of a surrogate pair.
  const begins = text.slice(0, MAX_CONTENT_CHARS).replace(/[\ud800-\udbff]$/, '');
  const shown = isLong ? `${begins}\n[cut: ${text.length} characters in all]` : content;
  return { over: null, excerpt: { ...excerpt, content: shown } };
}

function reasonAgainst(item: KnowledgeDocument | null): string | null {
  if (item === null) return 'it is gone';
  if (!activeStates.some((state) => state === item.state)) return `it is ${item.state}`;
  return item.priority === 'CRITICAL' ? null : `its priority is ${item.priority}`;
}

/** No answer, in time or at all, counts as no. */
async function takesNews(client: Client, workflowId: string, runId: string): Promise<boolean> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    return await client.withDeadline(Date.now() + QUESTION_DEADLINE_MS, () => handle.query(takesNewsQuery));
  } catch {
    return false;
  }
}

async function signal(
  client: Client,
  workflowId: string,
  excerpt: KnowledgeExcerpt,
): Promise<'signalled' | 'ended' | 'refused'> {
  try {
    await client.workflow.getHandle(workflowId).signal(newsSignal, excerpt);
    return 'signalled';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'ended';
    const cause = error instanceof Error ? error.cause : undefined;
    if (isGrpcServiceError(cause) && !OF_THE_SERVER.has(cause.code)) return 'refused';
    throw error;
  }
}
