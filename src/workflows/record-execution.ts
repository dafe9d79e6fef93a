/** RecordExecutionWorkflow: holds the record of a finished task until the store takes it. */
import { proxyActivities } from '@temporalio/workflow';
import type { CoreActivities } from '../shared/activities.js';
import type { ExecutionRecord } from '../shared/task.js';

const { recordExecution } = proxyActivities<CoreActivities>({
  startToCloseTimeout: '15 seconds',
  // For as long as it takes: nothing that was done may go unrecorded.
  retry: { initialInterval: '1 second', backoffCoefficient: 1.5, maximumInterval: '20 seconds' },
});

/** Detached from the task that started it; idempotent by execution id. */
export async function RecordExecutionWorkflow(record: ExecutionRecord): Promise<void> {
  await recordExecution(record);
}
