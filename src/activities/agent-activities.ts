/** Agents as activities: one `runAgent` on the queue of each agent that this worker hosts. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { type AgentRunner, CallCancelled } from '../agents/agent-runner.js';
import type { AgentActivities } from '../shared/activities.js';
import { type AgentHeartbeat, agentHeartbeatSchema } from '../shared/agent-contract.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import type { Redactor } from '../shared/redact.js';
import { MAX_REASON_CHARS } from '../shared/sizes.js';

/** Makes the activity of one agent type; what it returns is redacted before it enters a history. */
export function agentActivities(run: AgentRunner, redactor: Redactor): AgentActivities {
  return {
    async runAgent(task, call) {
      const context = Context.current();
      const { attempt, heartbeatDetails, workflowExecution: caller } = context.info;
      const last = agentHeartbeatSchema.safeParse(heartbeatDetails);
      const interrupted = attempt > 1 && last.success ? last.data : undefined;
      try {
        const outcome = await run(
          task,
          {
            signal: context.cancellationSignal,
            heartbeat: (details) => context.heartbeat(redactedHeartbeat(details, redactor)),
            attempt,
            ...(caller === undefined ? {} : { workflow: { tenant: task.tenant, ...caller } }),
            ...(interrupted === undefined ? {} : { interrupted }),
          },
          call,
        );
        return redactor.value(outcome);
      } catch (error) {
        if (error instanceof CallCancelled) {
          const known = redactor.value(error.outcome);
          // A cancellation that nobody asked for would be replaced by a failure that says nothing of the work.
          if (context.cancellationDetails?.workerShutdown === true)
            throw ApplicationFailure.retryable(
              "the agent's worker was shut down",
              ErrorType.workerShutdown,
              known,
            );
          throw new CancelledFailure('cancelled', [known]);
        }
        if (error instanceof CancelledFailure) throw error;
        const isMistake = error instanceof InvalidInputError;
        const { message, name } = error instanceof Error ? error : new Error(String(error));
        throw ApplicationFailure.create({
          message: redactor.text(message).slice(0, MAX_REASON_CHARS),
          type: isMistake ? ErrorType.invalidInput : name,
          nonRetryable: isMistake,
          // Nothing was done now; what was spent before would be forgotten.
          details: interrupted === undefined ? [] : [{ spent: interrupted.spent }],
        });
      }
    },
  };
}

/** A later attempt finds its session and its workspace by their names, so these stay as they are. */
function redactedHeartbeat(details: AgentHeartbeat, redactor: Redactor): AgentHeartbeat {
  const { session, workspace, ...told } = details;
  return {
    ...redactor.value(told),
    ...(session === undefined ? {} : { session }),
    ...(workspace === undefined ? {} : { workspace }),
  };
}
