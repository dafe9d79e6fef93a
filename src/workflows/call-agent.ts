/** Calling one agent, whatever runs it. A failing agent is an answer, not an error. */
import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { AgentActivities } from '../shared/activities.js';
import type { AgentCall, AgentOutcome } from '../shared/agent-call.js';
import type { AgentReport, AgentTask, Caps } from '../shared/agent-contract.js';
import { attemptOf, cancelledAttempt, failedAttempt } from '../shared/attempt.js';
import { callSummary } from '../shared/call-summary.js';
import { jsonBytes } from '../shared/sizes.js';
import type { Attempt, PlannedAgent } from '../shared/task.js';
import { agentActivityOptions, type CallOptions, callFor, taskFor } from './agent-task.js';
import { callForeign } from './call-foreign.js';
import { callKey } from './call-key.js';
import { fitCall } from './fit-call.js';
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
  const called = () => ({ agentType: agent.type, role, elapsedMs: Date.now() - scheduledAt });
  try {
    const task = taskFor(run, agent, caps, options, callKey(run, agent));
    const plan = run.choice?.plan.key ?? null;
    const summary = callSummary({ agentType: agent.type, role, lessons: run.lessons.length, plan });
    const outcome = agent.hosted
      ? await callHosted(run, agent, task, callFor(run, options), caps, summary)
      : await callForeign(run, agent, task, caps, options, summary);
    const done = attemptOf(called(), outcome);
    ended(done);
    return done;
  } catch (error) {
    if (isCancellation(error) && isCancelled()) {
      ended(cancelledAttempt(called(), cancellationDetail(error)), 'cancelled');
      throw error;
    }
    const why = isCancellation(error) ? new Error('somebody cancelled the agent, and not its task') : error;
    const failed = failedAttempt(called(), agent, caps, why);
    ended(failed);
    return failed;
  }
}

/** Whether it is the task that was cancelled: an agent's own workflow can be, too, and has then failed. */
const isCancelled = (): boolean =>
  CancellationScope.current().consideredCancelled || !patched('journeyman: agents are cancelled alone');

async function callHosted(
  run: TaskRun,
  agent: PlannedAgent,
  task: AgentTask,
  call: AgentCall | undefined,
  caps: Caps | undefined,
  summary: string,
): Promise<AgentOutcome> {
  const { runAgent } = proxyActivities<AgentActivities>({ ...agentActivityOptions(agent, caps), summary });
  const given = fitCall(task, call);
  const turn = run.starts.room(jsonBytes(given));
  if (turn !== undefined) await turn;
  const answer: AgentOutcome | AgentReport = await runAgent(...given);
  // Journeyman's own worker always answers with an outcome.
  return answer as AgentOutcome;
}

/** What a cancelled activity told at last. */
function cancellationDetail(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof CancelledFailure ? cause.details?.[0] : undefined;
}
