/** The ids that tie a task, its executions and its record together; made in one place only. */

/** Tenants begin every id and every index; no `/`, so that the first slash ends them. */
export const TENANT_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** Task ids are the platform's own. */
export const TASK_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:@#/+-]{0,199}$/;

/** Workflow id of a task: `<tenant>/<taskId>`. */
export const taskWorkflowId = (tenant: string, taskId: string): string => `${tenant}/${taskId}`;

/** The task that a workflow id names, or null when it is not a task's. */
export function taskOfWorkflowId(workflowId: string): { tenant: string; taskId: string } | null {
  const slash = workflowId.indexOf('/');
  if (slash < 1) return null;
  const tenant = workflowId.slice(0, slash);
  const taskId = workflowId.slice(slash + 1);
  return TENANT_PATTERN.test(tenant) && TASK_ID_PATTERN.test(taskId) ? { tenant, taskId } : null;
}

/** Execution id: one run of a task's workflow. A reset makes a new execution of the same task. */
export const executionIdOf = (workflowId: string, runId: string): string => `${workflowId}/${runId}`;

/** Id of the detached workflow that holds a record which could not be written at once. */
export const recorderWorkflowId = (executionId: string): string => `record:${executionId}`;

/** Id of a workflow that serves as an agent; one for each call. */
export const agentWorkflowId = (idempotencyKey: string): string => `agent:${idempotencyKey}`;

/** The idempotency key of the call that a workflow serves as an agent; null when it serves none. */
export const agentCallOf = (workflowId: string): string | null =>
  workflowId.startsWith('agent:') ? workflowId.slice('agent:'.length) : null;

/** Id of a tenant's maintenance workflow; one of each kind runs at a time. */
export const maintenanceWorkflowId = (tenant: string, name: string): string => `maintain:${name}:${tenant}`;

/** Id of the workflow that brings an item to running tasks; one of each item runs at a time. */
export const announceWorkflowId = (tenant: string, itemId: string): string => `${tenant}/announce/${itemId}`;

/** Task queue of an agent type, unless its declaration names another. */
export const agentTaskQueue = (agentType: string): string => `journeyman-agent-${agentType}`;
