/** Records executions that ended without running their own code: terminated, or timed out as a whole. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { interactions } from '../learning/interactions.js';
import { executionIdOf, recorderWorkflowId } from '../shared/ids.js';
import type { BatchResult } from '../shared/maintenance.js';
import type { Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import { keepRecord } from './keep-record.js';
import { recordFromHistory } from './record-from-history.js';

/**
 * One pass over a tenant's closed tasks that have no record: reads what was decided and done from each one's
 * history, and records it. Idempotent; leaves alone those whose recorder workflow still holds the record.
 *
 * It looks at ExecuteTaskWorkflow only. A platform's own workflow that was terminated within `withLearning`
 * stays unrecorded: nothing that visibility could search for marks it as the tenant's, since its search
 * attributes, its memo and its id belong to the platform, and to read every closed history of the namespace
 * would cost more than the record is worth.
 *
 * @param limit most executions to record in this pass
 * @param redactor takes out what agents of other workers put into their reports
 * @returns how many were recorded; 0 when none is left
 */
export async function reconcileExecutions(
  store: Store,
  client: Client,
  tenant: string,
  limit: number,
  redactor: Redactor,
): Promise<BatchResult> {
  const closed = client.workflow.list({
    query: `WorkflowType = 'ExecuteTaskWorkflow' AND WorkflowId STARTS_WITH '${tenant}/' AND ExecutionStatus IN ('Terminated', 'TimedOut')`,
  });
  let recorded = 0;
  for await (const { workflowId, runId, status, closeTime } of closed) {
    const executionId = executionIdOf(workflowId, runId);
    const known = await store.run((options) =>
      interactions(store).findOne({ _id: executionId }, { projection: { _id: 1 }, ...options }),
    );
    if (known !== null || (await isHeld(client, executionId))) continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const ending = status.name === 'TIMED_OUT' ? 'timeout' : 'terminated';
    const record = recordFromHistory(history, { workflowId, runId, ending, endedAt: closeTime?.getTime() });
    if (record === null || record.learning === 'off') continue;
    const { applied } = await keepRecord(store, record, redactor);
    if (applied) recorded += 1;
    if (recorded >= limit) break;
  }
  return { consumed: recorded, written: { 'executions recorded': recorded } };
}

/** Whether a detached recorder has the record and will bring it. */
async function isHeld(client: Client, executionId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(recorderWorkflowId(executionId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
