/** The interceptors for platforms, were they to write what they see into a file. */
import { appendFileSync } from 'node:fs';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        appendFileSync('steps.log', input.activityType);
        return next(input);
      },
    },
  ],
});
