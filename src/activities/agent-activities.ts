/** Agents as activities: one `runAgent` on the queue of each agent that this worker hosts. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type AgentRunner, CallCancelled } from '../agents/agent-runner.js';
import type { AgentActivities } from '../shared/activities.js';
import { agentHeartbeatSchema } from '../shared/agent-contract.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import type { Redactor } from '../shared/redact.js';

/** Makes the activity of one agent type; what it returns is redacted before it enters a history. */
export function agentActivities(run: AgentRunner, redactor: Redactor): AgentActivities {
  return {
    async runAgent(task, call) {
      const context = Context.current();
      const { attempt, heartbeatDetails } = context.info;
      const last = agentHeartbeatSchema.safeParse(heartbeatDetails);
      try {
        const outcome = await run(
          task,
          {
            signal: context.cancellationSignal,
            heartbeat: (details) => context.heartbeat(redactor.value(details)),
            attempt,
            ...(attempt > 1 && last.success ? { interrupted: last.data } : {}),
          },
          call,
        );
        return redactor.value(outcome);
      } catch (error) {
        if (error instanceof CallCancelled)
          throw new CancelledFailure('cancelled', [redactor.value(error.outcome)]);
        if (error instanceof InvalidInputError)
          throw ApplicationFailure.nonRetryable(redactor.text(error.message), ErrorType.invalidInput);
        throw error;
      }
    },
  };
}
