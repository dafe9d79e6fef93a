/** Feedback on tasks as callers give it: checked, without secrets, and with Temporal asked where the store does not know. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { isWorkflowExecution } from './recording/direct.js';
import { takeFeedback } from './recording/feedback.js';
import { checkField, checkInput } from './shared/check-input.js';
import { type Feedback, feedbackSchema } from './shared/feedback.js';
import { taskWorkflowId } from './shared/ids.js';
import type { Redactor } from './shared/redact.js';
import type { Outcome, TaskResult } from './shared/task.js';
import type { Store } from './store/store.js';

/** What became of a word on a task. */
export interface FeedbackResult {
  taskId: string;
  /** `applied` to a recorded execution, or `waiting` for the task's record, with which it will be applied. */
  state: 'applied' | 'waiting';
  /** Whether the same delivery was taken in before; all else is then of that one. */
  repeated: boolean;
  executionId: string | null;
  at: Date;
  by: string;
  said: Outcome;
  comment?: string;
  /** How the execution was believed to have gone before and after the word; null while it waits. */
  before: Outcome | null;
  after: Outcome | null;
}

export interface FeedbackConnections {
  store: Store;
  redactor: Redactor;
  /** Asked for only when the store has no record of the task. */
  temporal: () => Promise<Client>;
}

/**
 * Takes in a word on a task.
 *
 * @throws InvalidInputError naming the field, the value and what is allowed
 * @throws NotFoundError when neither the store nor Temporal knows the task
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function taskFeedback(
  { store, redactor, temporal }: FeedbackConnections,
  tenant: string,
  taskId: string,
  feedback: Feedback,
): Promise<FeedbackResult> {
  const id = checkField('taskId', z.string().min(1).max(500), taskId);
  const { success, score, source, precedence, by, comment, executionId, at, deliveryId } = checkInput(
    feedbackSchema,
    feedback,
  );
  const outcome: Outcome = {
    success: success ?? null,
    source,
    ...(score === undefined ? {} : { score }),
    ...(precedence === undefined ? {} : { precedence }),
  };
  const word = {
    tenant,
    taskId: id,
    outcome,
    by: redactor.text(by.trim()),
    ...(comment === undefined ? {} : { comment: redactor.text(comment) }),
    ...(executionId === undefined ? {} : { executionId }),
    ...(at === undefined ? {} : { foundAt: new Date(at) }),
    ...(deliveryId === undefined ? {} : { deliveryId }),
  };
  const { event, repeated } = await takeFeedback(store, word, async () =>
    isComing(await temporal(), tenant, id, executionId),
  );
  return {
    taskId: event.taskId,
    state: event.kind === 'outcome' ? 'applied' : 'waiting',
    repeated,
    executionId: event.executionId,
    at: event.at,
    by: event.by,
    said: event.outcome,
    ...(event.comment === undefined ? {} : { comment: event.comment }),
    before: event.kind === 'outcome' ? event.before : null,
    after: event.kind === 'outcome' ? event.after : null,
  };
}

/**
 * Whether Temporal has the task, so that its record is still to come. Workflows that do not have the tenant in
 * their id are not looked at: they may be anybody's.
 */
async function isComing(
  temporal: Client,
  tenant: string,
  taskId: string,
  executionId: string | undefined,
): Promise<boolean> {
  const workflowId = taskWorkflowId(tenant, taskId);
  if (
    executionId !== undefined &&
    !(executionId.startsWith(`${workflowId}/`) && isWorkflowExecution(executionId))
  )
    return false;
  const handle = temporal.workflow.getHandle<() => Promise<TaskResult>>(
    workflowId,
    executionId?.slice(workflowId.length + 1),
  );
  try {
    const { status, type } = await handle.describe();
    // One that ran without learning is never recorded; of platforms' own workflows that is not known.
    if (status.name !== 'COMPLETED' || type !== 'ExecuteTaskWorkflow') return true;
    return (await handle.result()).recording !== 'off';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
