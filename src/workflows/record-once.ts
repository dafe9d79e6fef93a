/** Recording a finished execution, exactly once and without making anybody wait. Workflow code only. */
import {
  CancellationScope,
  log,
  ParentClosePolicy,
  proxyLocalActivities,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { CoreActivities } from '../shared/activities.js';
import { boundRecord } from '../shared/bound-record.js';
import { recorderWorkflowId } from '../shared/ids.js';
import { MAX_RECORD_BYTES } from '../shared/sizes.js';
import type { ExecutionRecord } from '../shared/task.js';
import { messageOf } from './failure-message.js';
import type { RecordExecutionWorkflow } from './record-execution.js';

// One quick try: what it misses, the recorder workflow holds and tries until it is done.
const { recordExecution } = proxyLocalActivities<CoreActivities>({
  startToCloseTimeout: '4 seconds',
  // Including the wait of a worker that is busy with other local activities.
  scheduleToCloseTimeout: '8 seconds',
  retry: { maximumAttempts: 1 },
});

/**
 * Records an execution; also when its workflow was cancelled. When the store does not take the record at
 * once, a detached workflow is left holding it, and the caller goes on.
 *
 * @param recorderQueue task queue of the detached workflow; default the caller's own
 */
export function recordOnce(
  record: ExecutionRecord,
  recorderQueue?: string,
): Promise<'recorded' | 'deferred'> {
  return CancellationScope.nonCancellable(async () => {
    try {
      await recordExecution(record);
      return 'recorded';
    } catch (error) {
      log.warn('The record could not be written at once; a recorder workflow holds it', {
        error: messageOf(error),
      });
      await deferRecord(record, recorderQueue);
      return 'deferred';
    }
  });
}

/** Leaves a record with a detached workflow, which tries until the store takes it. */
export async function deferRecord(record: ExecutionRecord, recorderQueue: string | undefined): Promise<void> {
  // Awaited: a child that was not yet started when its parent closes never exists.
  await startChild<typeof RecordExecutionWorkflow>('RecordExecutionWorkflow', {
    workflowId: recorderWorkflowId(record.executionId),
    // A workflow's input has to fit into one payload.
    args: [boundRecord(record, MAX_RECORD_BYTES)],
    ...(recorderQueue === undefined ? {} : { taskQueue: recorderQueue }),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `Holds the record of ${record.taskId} until the store is back`,
  });
}
