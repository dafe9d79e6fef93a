/** What all `withLearning` of one workflow share: the ids they took, and the news that came. Workflow code only. */
import { ApplicationFailure, setHandler, workflowInfo } from '@temporalio/workflow';
import type { KnowledgeExcerpt } from '../shared/agent-contract.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import { executionIdOf, TASK_ID_PATTERN, TENANT_PATTERN, taskWorkflowId } from '../shared/ids.js';
import { newsSignal, takesNewsQuery } from '../shared/messages.js';
import { takeNews } from './news.js';

interface Shared {
  taken: Set<string>;
  news: KnowledgeExcerpt[] | null;
}

const KEY = Symbol.for('journeyman.workflow');

/** On the sandbox's global, which each workflow has to itself; a module may be shared, if it is preloaded. */
function shared(): Shared {
  const holder = globalThis as { [KEY]?: Shared };
  holder[KEY] ??= { taken: new Set(), news: null };
  return holder[KEY];
}

/** Leaves room for a number behind it. */
const MAX_DERIVED_CHARS = 180;

export interface Identity {
  taskId: string;
  executionId: string;
  /** The first `withLearning` of a workflow has 1. */
  ordinal: number;
}

/**
 * The ids of one more `withLearning` of this workflow, none like that of another.
 *
 * @param taskId default: the workflow's id without the tenant before it, fitted to what task ids allow, and
 *   numbered from the second on
 * @throws ApplicationFailure (InvalidInput), not retryable, when tenant or task id do not fit
 */
export function takeIdentity(tenant: string, taskId: string | undefined): Identity {
  if (!TENANT_PATTERN.test(tenant)) throw invalid('tenant', tenant, TENANT_PATTERN);
  if (taskId !== undefined && !TASK_ID_PATTERN.test(taskId)) throw invalid('taskId', taskId, TASK_ID_PATTERN);
  const { taken } = shared();
  const { workflowId, runId } = workflowInfo();
  const wanted = taskId ?? derivedTaskId(tenant, workflowId);
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted}#${number}`;
  taken.add(id);
  return {
    taskId: taskId ?? id,
    executionId: executionIdOf(taskWorkflowId(tenant, id), runId),
    ordinal: taken.size,
  };
}

/** CRITICAL items that arrived as signals, those included that came before the first question. */
export function receivedNews(): readonly KnowledgeExcerpt[] {
  const own = shared();
  if (own.news === null) {
    const news: KnowledgeExcerpt[] = [];
    own.news = news;
    setHandler(takesNewsQuery, () => true);
    setHandler(newsSignal, (item) => {
      takeNews(news, item);
    });
  }
  return own.news;
}

/** A workflow's id is data of the platform's: one that task ids do not allow must not fail its workflow. */
function derivedTaskId(tenant: string, workflowId: string): string {
  const own = workflowId.startsWith(`${tenant}/`) ? workflowId.slice(tenant.length + 1) : workflowId;
  const fitted = own.replace(/[^A-Za-z0-9_.:@#/+-]/g, '-').slice(0, MAX_DERIVED_CHARS);
  return TASK_ID_PATTERN.test(fitted) ? fitted : `task-${fitted}`;
}

function invalid(field: string, value: string, pattern: RegExp): ApplicationFailure {
  const { message } = new InvalidInputError(`withLearning: ${field}`, value, `text matching ${pattern}`);
  return ApplicationFailure.nonRetryable(message, ErrorType.invalidInput);
}
