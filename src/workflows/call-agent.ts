/** Calling one agent: an activity on the agent's own queue. A failing agent is an answer, not an error. */

import type { ActivityOptions } from '@temporalio/workflow';
import { ActivityFailure, isCancellation, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { AgentActivities, VerifyActivities } from '../shared/activities.js';
import type { AgentOutcome, AgentReport, AgentTask, Json } from '../shared/agent-contract.js';
import { checkReport, failedReport } from '../shared/check-report.js';
import type { Attempt, PlannedAgent } from '../shared/task.js';
import type { TaskRun } from './task-run.js';

/** What differs between the calls of one plan. */
export interface CallOptions {
  role?: Attempt['role'];
  /** For role `part`: what is to be done. */
  part?: Json;
  /** Reports of agents that ran before. */
  earlier?: readonly Attempt[];
}

const { verifyWork } = proxyActivities<VerifyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
});

/** The options of an agent's activity; public, so that a comparison can use the very same. */
export function agentActivityOptions(agent: PlannedAgent): ActivityOptions {
  return {
    taskQueue: agent.taskQueue,
    // A queue that nobody polls must not hang the task.
    scheduleToStartTimeout: agent.scheduleToStartSeconds * 1_000,
    startToCloseTimeout: agent.startToCloseSeconds * 1_000,
    heartbeatTimeout: agent.heartbeatSeconds * 1_000,
    // Agents have side effects: once started, only those declared idempotent are tried again.
    retry: { maximumAttempts: agent.idempotent ? 3 : 1 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  };
}

/**
 * Calls an agent of the plan and notes the attempt.
 *
 * @returns the attempt; its `success` is false when the agent failed, timed out or was never reached
 * @throws CancelledFailure when the task is cancelled
 */
export async function callAgent(
  run: TaskRun,
  agent: PlannedAgent,
  options: CallOptions = {},
): Promise<Attempt> {
  const role = options.role ?? 'worker';
  const { runAgent } = proxyActivities<AgentActivities>({
    ...agentActivityOptions(agent),
    summary: `${agent.type} as ${role}, ${run.lessons.length} lessons, plan ${run.choice?.plan.key ?? '?'}`,
  });
  const ended = run.agentCalled(agent.type, role);
  const scheduledAt = Date.now();
  const attempt = (outcome: AgentOutcome): Attempt => ({
    agentType: agent.type,
    role,
    report: outcome.report,
    success: outcome.report.success,
    source: outcome.source,
    durationMs: outcome.durationMs,
    elapsedMs: Date.now() - scheduledAt,
    decisive: false,
    ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
  });
  try {
    const answer = await runAgent(taskFor(run, agent, role, options));
    const outcome = isOutcome(agent, answer)
      ? answer
      : await judgeForeign(run, answer, Date.now() - scheduledAt);
    const done = attempt(outcome);
    ended(done);
    return done;
  } catch (error) {
    if (isCancellation(error)) {
      ended(null);
      throw error;
    }
    const reason = failureReason(agent, error);
    const failed = attempt({
      report: failedReport(reason),
      source: 'agent',
      durationMs: Date.now() - scheduledAt,
      reason,
    });
    const noted: Attempt = { ...failed, source: 'system' };
    ended(noted);
    return noted;
  }
}

function taskFor(run: TaskRun, agent: PlannedAgent, role: Attempt['role'], options: CallOptions): AgentTask {
  const { input } = run;
  return {
    tenant: input.tenant,
    taskId: input.taskId,
    executionId: run.executionId,
    idempotencyKey: `${run.executionId}/${run.calls}`,
    agentType: agent.type,
    role,
    description: input.description,
    context: input.context,
    ...(options.part === undefined ? {} : { part: options.part }),
    lessons: run.lessons,
    knowledge: run.knowledge.items,
    news: run.news,
    earlier: (options.earlier ?? []).map(({ agentType, role: earlierRole, report }) => ({
      agentType,
      role: earlierRole,
      report,
    })),
    ...(input.workspace === undefined ? {} : { workspace: input.workspace }),
    // A part of a task, or a split of it, cannot be held to the whole task's check.
    ...(input.verify === undefined || role === 'lead-split' || role === 'part' || role === 'verifier'
      ? {}
      : { verify: input.verify }),
  };
}

const isOutcome = (agent: PlannedAgent, _answer: AgentOutcome | AgentReport): _answer is AgentOutcome =>
  agent.hosted;

/** Checks the report of somebody else's worker, and verifies the work where the task says how. */
async function judgeForeign(run: TaskRun, answer: AgentReport, durationMs: number): Promise<AgentOutcome> {
  const report = checkReport(answer);
  if (typeof report === 'string')
    return { report: failedReport(report), source: 'agent', durationMs, reason: report };
  const { verify, workspace } = run.input;
  if (verify === undefined) return { report, source: 'agent', durationMs };
  const verdict = await verifyWork({ verify, ...(workspace === undefined ? {} : { workspace }) });
  return {
    report: { ...report, success: verdict.success },
    source: 'verifier',
    durationMs,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
  };
}

/** Why an activity failed, in a sentence for an operator. */
function failureReason(agent: PlannedAgent, error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) {
    if (cause.timeoutType === 'SCHEDULE_TO_START')
      return `no worker took the call on queue ${agent.taskQueue} within ${agent.scheduleToStartSeconds} s`;
    if (cause.timeoutType === 'HEARTBEAT')
      return `the agent's worker fell silent for ${agent.heartbeatSeconds} s; it may have crashed`;
    return `timed out after ${agent.startToCloseSeconds} s`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
