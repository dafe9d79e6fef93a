/** Agents that workers of other people run: an activity `runAgent` in any language, or a workflow. */
import {
  CancellationScope,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  patched,
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
import { boundChanges } from '../shared/bound-record.js';
import { agentWorkflowId } from '../shared/ids.js';
import { jsonBytes, MAX_CHILD_REPORT_BYTES, MAX_PAYLOAD_BYTES, MAX_REASON_CHARS } from '../shared/sizes.js';
import type { PlannedAgent } from '../shared/task.js';
import { type RankedVerifier, soleVerifier, type Word } from '../shared/verdict.js';
import {
  agentActivityOptions,
  allowedSeconds,
  type CallOptions,
  commandVerifiers,
  isolationOf,
} from './agent-task.js';
import { messageOf } from './failure-message.js';
import { fitTask } from './fit-call.js';
import type { TaskRun } from './task-run.js';

const { openWorkspace, closeWorkspace } = proxyActivities<WorkspaceActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  // A machine without git, or with a full disk, must not hold the task up for ever.
  retry: { maximumAttempts: 5 },
});
const { workflowArguments, reportOfResult } = proxyLocalActivities<WorkflowAgentActivities>({
  startToCloseTimeout: '5 seconds',
  // What does not work at once, on one worker and then another, never will.
  retry: { maximumAttempts: 3 },
});
/** Seconds that the programs which judge the work of others may take in all. */
const VERIFY_SECONDS = 600;

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
  const opening = {
    ...request,
    changes: boundChanges(options.changes ?? [], MAX_PAYLOAD_BYTES - jsonBytes(request)),
  };
  const turn = run.starts.room(jsonBytes(opening));
  if (turn !== undefined) await turn;
  const { folder, notes } = await openWorkspace(opening);
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
  const answer = await reportOf(run, agent, task, caps, summary);
  const outcome = delivered(outcomeOfAnswer(answer, Date.now() - began));
  const verifiers =
    outcome.claimed !== undefined && isJudged(options.role ?? 'worker') ? verifiersOf(run) : [];
  if (verifiers.length === 0) return outcome;
  const left = (caps?.seconds ?? VERIFY_SECONDS) - (Date.now() - began) / 1_000;
  const { verifyWork } = proxyActivities<VerifyActivities>({
    // Once the task's time is used up, a moment is left to find the work good.
    scheduleToCloseTimeout: Math.ceil(Math.min(Math.max(1, left), VERIFY_SECONDS) * 1_000),
    heartbeatTimeout: '30 seconds',
    retry: { maximumAttempts: 3 },
  });
  try {
    const { workspace } = task;
    const words = await verifyWork({ verifiers, ...(workspace === undefined ? {} : { workspace }) });
    return judgedBy(outcome, words);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return judgedBy(outcome, unheard(verifiers, messageOf(error)));
  }
}

/** That verifiers could not be run, or took too long, is no word on the work. */
const unheard = (verifiers: readonly RankedVerifier[], why: string): Word[] =>
  verifiers.map(({ name, precedence }) => ({
    success: null,
    source: 'verifier',
    by: name,
    precedence,
    reason: `could not be run to its end: ${why}`.slice(0, MAX_REASON_CHARS),
  }));

/** Tasks that began on an earlier version go on taking what is no report for an agent's own word. */
const delivered = (outcome: AgentOutcome): AgentOutcome =>
  outcome.source === 'system' && !patched('journeyman: no report is no word')
    ? { ...outcome, source: 'agent' }
    : outcome;

const verifiersOf = ({ input }: TaskRun) =>
  commandVerifiers(input) ?? (input.verify === undefined ? [] : [soleVerifier(input.verify)]);

async function reportOf(
  run: TaskRun,
  agent: PlannedAgent,
  whole: AgentTask,
  caps: Caps | undefined,
  summary: string,
): Promise<AgentReport> {
  const task = fitTask(whole);
  // The arguments of a child come from a local activity, whose answer goes into the history as well.
  const turn = run.starts.room(jsonBytes(task) * (agent.workflow === undefined ? 1 : 2));
  if (turn !== undefined) await turn;
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
  const reading = run.starts.room(Math.min(jsonBytes(ended), MAX_CHILD_REPORT_BYTES));
  if (reading !== undefined) await reading;
  return reportOfResult(ended, result);
}
