/** Names for the calls of a task. Workflow code only. */
import { patched, uuid4, workflowInfo } from '@temporalio/workflow';
import type { PlannedAgent } from '../shared/task.js';
import { isolationOf } from './agent-task.js';
import type { TaskRun } from './task-run.js';

/**
 * The idempotency key of the call that begins now.
 *
 * Where commands are named by it, namely an agent's own workflow and the steps around a workspace, a replay
 * has to find it again. A reset replays under another run id, and what it then does anew must not bear the old
 * names: the workflow's random ids keep to both.
 */
export function callKey(run: TaskRun, agent: PlannedAgent): string {
  const named = agent.workflow !== undefined || (!agent.hosted && isolationOf(run.input) !== undefined);
  return named && patched('journeyman: calls keep their names')
    ? `${workflowInfo().workflowId}/${uuid4()}`
    : `${run.executionId}/${run.calls}`;
}
