/** An interceptor that tells the records which workflows hand over, also while they are replayed. */
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import type { ExecutionRecord } from '../../src/shared/task.js';

export interface RecordSinks extends Sinks {
  records: { tell(record: ExecutionRecord): void };
}

const { records } = proxySinks<RecordSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleLocalActivity(input, next) {
        if (input.activityType === 'recordExecution') records.tell(input.args[0] as ExecutionRecord);
        return next(input);
      },
    },
  ],
});
