/** The tasks that wait for a person, as Temporal knows them. */
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { taskOfWorkflowId } from '../shared/ids.js';
import { searchAttributes } from '../shared/search-attributes.js';
import type { TaskProgress } from '../shared/task.js';

/** Milliseconds in which a worker tells what a task asks. */
const QUERY_MS = 5_000;
const ASKED_AT_ONCE = 20;
/** The gRPC status by which a server refuses to search for what it does not know. */
const INVALID_ARGUMENT = 3;

/** A task that waits, and what it asks; the question is null when no worker tells it. */
export interface WaitingTask {
  taskId: string;
  plan: string | null;
  approval: TaskProgress['approval'] | null;
}

/**
 * All running tasks of a tenant that wait for a person.
 *
 * @throws Error when the namespace lacks what such tasks are found by
 */
export async function waitingTasks(client: Client, tenant: string): Promise<WaitingTask[]> {
  const waiting = await running(client, tenant);
  const told: WaitingTask[] = [];
  for (let start = 0; start < waiting.length; start += ASKED_AT_ONCE)
    told.push(
      ...(
        await Promise.all(waiting.slice(start, start + ASKED_AT_ONCE).map((task) => ask(client, task)))
      ).flat(),
    );
  return told;
}

async function running(client: Client, tenant: string): Promise<{ workflowId: string; taskId: string }[]> {
  const { name } = searchAttributes.awaitingApproval;
  const found = client.workflow.list({
    query:
      `WorkflowType = 'ExecuteTaskWorkflow' AND ExecutionStatus = 'Running' ` +
      `AND ${searchAttributes.tenant.name} = '${tenant}' AND ${name} = true`,
  });
  const tasks: { workflowId: string; taskId: string }[] = [];
  try {
    for await (const { workflowId } of found) {
      const taskId = taskOfWorkflowId(workflowId)?.taskId;
      if (taskId !== undefined) tasks.push({ workflowId, taskId });
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new Error(
      `the namespace ${client.options.namespace} has no search attribute ${name}: run "journeyman setup" and start ` +
        'its workers again',
      { cause: error },
    );
  }
  return tasks;
}

/** What a task asks; nothing, when it was answered since it was listed. */
async function ask(
  client: Client,
  { workflowId, taskId }: { workflowId: string; taskId: string },
): Promise<WaitingTask[]> {
  const workflow = client.workflow.getHandle(workflowId);
  try {
    const { plan, approval } = await client.withDeadline(Date.now() + QUERY_MS, () =>
      workflow.query<TaskProgress>('progress'),
    );
    return approval === undefined ? [] : [{ taskId, plan, approval }];
  } catch {
    return [{ taskId, plan: null, approval: null }];
  }
}

function isRefusal(error: unknown): boolean {
  const status = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!isGrpcServiceError(status)) return false;
  const code: number = status.code;
  return code === INVALID_ARGUMENT;
}
