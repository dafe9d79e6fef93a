/** Agents as activities: one `runAgent` on the queue of each agent that this worker hosts. */
import { Context } from '@temporalio/activity';
import type { AgentRunner } from '../agents/agent-runner.js';
import type { AgentActivities } from '../shared/activities.js';
import type { Redactor } from '../shared/redact.js';

/** Makes the activity of one agent type; what it returns is redacted before it enters a history. */
export function agentActivities(run: AgentRunner, redactor: Redactor): AgentActivities {
  return {
    async runAgent(task) {
      const context = Context.current();
      const outcome = await run(task, {
        signal: context.cancellationSignal,
        heartbeat: (details) => context.heartbeat(details),
        attempt: context.info.attempt,
      });
      return redactor.value(outcome);
    },
  };
}
