/** Agents that workers of other people run: an activity `runAgent` in any language, or a workflow. */
import {
  CancellationScope,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type {
  AgentActivities,
  VerifyActivities,
  WorkflowAgentActivities,
  WorkspaceActivities,
} from '../shared/activities.js';
import type { AgentOutcome } from '../shared/agent-call.js';
import type { AgentReport, AgentTask, Caps, Json } from '../shared/agent-contract.js';
import { isJudged, judgedBy, outcomeOfAnswer } from '../shared/attempt.js';
import { agentWorkflowId } from '../shared/ids.js';
import type { PlannedAgent } from '../shared/task.js';
import {
  agentActivityOptions,
  allowedSeconds,
  type CallOptions,
  commandVerifiers,
  isolationOf,
} from './agent-task.js';
import type { TaskRun } from './task-run.js';

const { verifyWork } = proxyActivities<VerifyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
});
const { openWorkspace, closeWorkspace } = proxyActivities<WorkspaceActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  // A machine without git, or with a full disk, must not hold the task up for ever.
  retry: { maximumAttempts: 5 },
});
const { workflowArguments, reportOfResult } = proxyLocalActivities<WorkflowAgentActivities>({
  startToCloseTimeout: '5 seconds',
});

/**
 * Calls the agent, in a workspace of its own where the task asks for one, and has its work judged.
 *
 * @throws ActivityFailure or ChildWorkflowFailure when the agent fails without a report
 */
export async function callForeign(
  run: TaskRun,
  agent: PlannedAgent,
  task: AgentTask,
  caps: Caps | undefined,
  options: CallOptions,
  summary: string,
): Promise<AgentOutcome> {
  const workspace = isolationOf(run.input);
  if (workspace === undefined) return judged(run, agent, task, caps, options, summary);
  const request = { tenant: task.tenant, key: task.idempotencyKey, workspace };
  const { folder, notes } = await openWorkspace({ ...request, changes: options.changes ?? [] });
  const close = (success: boolean | null) =>
    CancellationScope.nonCancellable(() => closeWorkspace({ ...request, success }));
  try {
    const given = { ...task, workspace: folder, ...(notes.length === 0 ? {} : { notes }) };
    const outcome = await judged(run, agent, given, caps, options, summary);
    return { ...outcome, change: await close(outcome.report.success) };
  } catch (error) {
    await close(false);
    throw error;
  }
}

/** Gets the report, checks it, and verifies the work where the task says how. */
async function judged(
  run: TaskRun,
  agent: PlannedAgent,
  task: AgentTask,
  caps: Caps | undefined,
  options: CallOptions,
  summary: string,
): Promise<AgentOutcome> {
  const began = Date.now();
  const answer = await reportOf(agent, task, caps, summary);
  const outcome = outcomeOfAnswer(answer, Date.now() - began);
  const verifiers =
    outcome.claimed !== undefined && isJudged(options.role ?? 'worker') ? verifiersOf(run) : [];
  if (verifiers.length === 0) return outcome;
  const words = await verifyWork({
    verifiers,
    ...(task.workspace === undefined ? {} : { workspace: task.workspace }),
  });
  return judgedBy(outcome, words);
}

const verifiersOf = ({ input }: TaskRun) =>
  commandVerifiers(input) ??
  (input.verify === undefined ? [] : [{ name: 'verify', command: input.verify, precedence: 0 }]);

async function reportOf(
  agent: PlannedAgent,
  task: AgentTask,
  caps: Caps | undefined,
  summary: string,
): Promise<AgentReport> {
  if (agent.workflow === undefined) {
    const { runAgent } = proxyActivities<AgentActivities>({
      ...agentActivityOptions(agent, caps),
      summary,
    });
    // Other people's workers know no outcomes, only reports.
    return (await runAgent(task)) as AgentReport;
  }
  const { type, args, result } = agent.workflow;
  const capSeconds = allowedSeconds(agent, caps ?? {}) ?? Number.POSITIVE_INFINITY;
  const given = await workflowArguments(task, args);
  const ended: Json = await executeChild(type, {
    workflowId: agentWorkflowId(task.idempotencyKey),
    taskQueue: agent.taskQueue,
    args: given,
    // Including the wait for a worker: a queue that nobody polls must not hang the task.
    workflowExecutionTimeout: Math.ceil(Math.min(agent.startToCloseSeconds, capSeconds) * 1_000),
    // A task that is cancelled or ends early takes its agents with it, and lets them clean up.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: summary,
  });
  return reportOfResult(ended, result);
}
