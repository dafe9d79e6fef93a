/** Calling one agent, whatever runs it. A failing agent is an answer, not an error. */
import {
  ActivityFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { AgentActivities } from '../shared/activities.js';
import type { AgentCall, AgentOutcome } from '../shared/agent-call.js';
import type { AgentReport, AgentTask, Caps } from '../shared/agent-contract.js';
import { failedReport, spentIn } from '../shared/check-report.js';
import type { Attempt, PlannedAgent } from '../shared/task.js';
import { agentActivityOptions, type CallOptions, callFor, taskFor } from './agent-task.js';
import { callForeign } from './call-foreign.js';
import type { TaskRun } from './task-run.js';

/**
 * Calls an agent of the plan and notes the attempt.
 *
 * @returns the attempt; its `success` is false when the agent failed, timed out or was never reached, and null
 *   for a verifier that gave its verdict
 * @throws CancelledFailure when the task is cancelled; what the agent had done is noted before
 * @throws CapReached when the task has nothing left to spend
 */
export async function callAgent(
  run: TaskRun,
  agent: PlannedAgent,
  options: CallOptions = {},
): Promise<Attempt> {
  const role = options.role ?? 'worker';
  const caps = run.capsLeft(options.atOnce ?? 1);
  const ended = run.agentCalled(agent.type, role);
  const scheduledAt = Date.now();
  const attempt = (outcome: AgentOutcome, source: Attempt['source'] = outcome.source): Attempt => ({
    agentType: agent.type,
    role,
    report: outcome.report,
    // Whether a verdict is right is not known; that none was given is the verifier's failure.
    success: role === 'verifier' && outcome.claimed !== undefined ? null : outcome.report.success,
    source,
    durationMs: outcome.durationMs,
    elapsedMs: Date.now() - scheduledAt,
    decisive: false,
    ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome.claimed === undefined ? {} : { claimed: outcome.claimed }),
    ...(outcome.words === undefined ? {} : { words: outcome.words }),
    ...(outcome.change === undefined ? {} : { change: outcome.change }),
  });
  try {
    const task = taskFor(run, agent, caps, options);
    const summary = `${agent.type} as ${role}, ${run.lessons.length} lessons, plan ${run.choice?.plan.key ?? '?'}`;
    const outcome = agent.hosted
      ? await callHosted(agent, task, callFor(run, options), caps, summary)
      : await callForeign(run, agent, task, caps, options, summary);
    const done = attempt(outcome);
    ended(done);
    return done;
  } catch (error) {
    const elapsed = Date.now() - scheduledAt;
    if (isCancellation(error)) {
      const known = outcomeOfCancelled(error);
      ended(known === undefined ? null : { ...attempt(known, 'system'), success: null }, 'cancelled');
      throw error;
    }
    const reason = failureReason(agent, caps, error);
    const report = failedReport(reason, spentIn(lastHeartbeat(error)));
    const failed = attempt({ report, source: 'agent', durationMs: elapsed, reason }, 'system');
    ended(failed);
    return failed;
  }
}

async function callHosted(
  agent: PlannedAgent,
  task: AgentTask,
  call: AgentCall | undefined,
  caps: Caps | undefined,
  summary: string,
): Promise<AgentOutcome> {
  const { runAgent } = proxyActivities<AgentActivities>({ ...agentActivityOptions(agent, caps), summary });
  const answer: AgentOutcome | AgentReport =
    call === undefined ? await runAgent(task) : await runAgent(task, call);
  // Journeyman's own worker always answers with an outcome.
  return answer as AgentOutcome;
}

/** What a cancelled agent of ours had done until then. */
function outcomeOfCancelled(error: unknown): AgentOutcome | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const [details] = cause instanceof CancelledFailure ? (cause.details ?? []) : [];
  const known = details as AgentOutcome | undefined;
  return known?.report === undefined ? undefined : known;
}

/** What an agent last told of itself before its worker fell silent. */
function lastHeartbeat(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof TimeoutFailure ? cause.lastHeartbeatDetails : undefined;
}

/** Why a call failed, in a sentence for an operator. */
function failureReason(agent: PlannedAgent, caps: Caps | undefined, error: unknown): string {
  const wrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  const cause = wrapped ? error.cause : error;
  if (cause instanceof TimeoutFailure) {
    if (cause.timeoutType === 'SCHEDULE_TO_START')
      return `no worker took the call on queue ${agent.taskQueue} within ${agent.scheduleToStartSeconds} s`;
    if (cause.timeoutType === 'HEARTBEAT')
      return `the agent's worker fell silent for ${agent.heartbeatSeconds} s; it may have crashed`;
    const left = caps?.seconds ?? Number.POSITIVE_INFINITY;
    return left < agent.startToCloseSeconds
      ? `timed out: the ${Number(left.toFixed(2))} s that were left of the task's time are used up`
      : `timed out after ${agent.startToCloseSeconds} s`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
