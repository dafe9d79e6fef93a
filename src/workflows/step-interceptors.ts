/**
 * Notes the activities and children that a workflow calls within `withLearning`, so that lessons are learned
 * from a platform's own steps. Calls made elsewhere pass untouched. An interceptor module of Temporal's; the
 * plugin adds it to a worker and to a bundle.
 */
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { activeSteps } from './active-steps.js';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) => noted(input, next(input)),
      scheduleLocalActivity: (input, next) => noted(input, next(input)),
      startChildWorkflowExecution(input, next) {
        const log = activeSteps();
        const starting = next(input);
        if (log === null) return starting;
        return starting.then(([started, completed]) => {
          const followed = log.follow(input.workflowType, input.options.args, completed);
          // Nobody has to wait for a child; the SDK gives its own promise the same.
          followed.catch(() => {});
          return [started, followed];
        });
      },
    },
  ],
});

interface Call {
  activityType: string;
  args: unknown[];
}

function noted({ activityType, args }: Call, running: Promise<unknown>): Promise<unknown> {
  const log = activeSteps();
  return log === null ? running : log.follow(activityType, args, running);
}
