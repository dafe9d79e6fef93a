/** The least that a platform would write itself: a workflow that calls the agent and returns its answer. */
import { proxyActivities } from '@temporalio/workflow';
import type { AgentActivities } from '../src/shared/activities.js';
import type { AgentOutcome } from '../src/shared/agent-call.js';
import type { AgentReport, AgentTask } from '../src/shared/agent-contract.js';
import type { PlannedAgent } from '../src/shared/task.js';
import { agentActivityOptions } from '../src/workflows/agent-task.js';

/** Calls the same activity on the same queue with the same options as ExecuteTaskWorkflow does. */
export async function BareWorkflow(
  task: AgentTask,
  agent: PlannedAgent,
): Promise<AgentOutcome | AgentReport> {
  const { runAgent } = proxyActivities<AgentActivities>(agentActivityOptions(agent));
  return runAgent(task);
}
