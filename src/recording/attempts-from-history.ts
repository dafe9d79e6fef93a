/** The calls of agents that ended in a history, as their workflow would have noted them. Pure. */
import { CancelledFailure } from '@temporalio/common';
import type { AgentOutcome } from '../shared/agent-call.js';
import type { AgentTask } from '../shared/agent-contract.js';
import {
  attemptOf,
  cancelledAttempt,
  failedAttempt,
  isJudged,
  judgedBy,
  outcomeOfAnswer,
} from '../shared/attempt.js';
import { calledBy } from '../shared/call-summary.js';
import { agentCallOf } from '../shared/ids.js';
import type { Attempt, PlannedAgent } from '../shared/task.js';
import type { WorkspaceChange } from '../shared/workspace.js';
import type { Step, StepEnd } from './history-steps.js';

/** A call of an agent: an activity, or a child workflow. */
interface Call extends Step {
  agentType: string;
  role: Attempt['role'];
  /** Names the call. */
  key: string;
  task: Partial<AgentTask>;
}

/**
 * The attempts, in the order in which they ended. What an agent did that had not ended is not in a history, nor
 * is who was to be called when its workspace or its workflow's arguments could not be had.
 *
 * @param agents all that the task may call
 * @param reports of agents that are workflows, in the order in which their workflows ended
 * @param workspace that all agents work in, when they have none of their own
 */
export function attemptsOf(
  steps: readonly Step[],
  agents: readonly PlannedAgent[],
  reports: readonly StepEnd[],
  workspace: string | undefined,
): Attempt[] {
  const read = reports.values();
  const checks = steps.filter(({ name }) => name === 'verifyWork').sort((a, b) => a.began - b.began);
  const found: { attempt: Attempt; ended: number }[] = [];
  for (const call of callsIn(steps)) {
    const agent = agents.find(({ type }) => type === call.agentType);
    if (agent === undefined) continue;
    const opened = ownStep(steps, 'openWorkspace', call);
    const beganAt = opened?.beganAt ?? call.beganAt;
    const called = (last: Step) => ({ ...call, elapsedMs: last.endedAt - beganAt });
    const isChild = call.name === 'child';
    const end = isChild && 'result' in call.end ? read.next().value : call.end;
    if (end === undefined) continue;
    if ('error' in end) {
      const attempt =
        end.error instanceof CancelledFailure
          ? cancelledAttempt(called(call), end.error.details?.[0])
          : failedAttempt(called(call), agent, call.task.caps, end.error);
      if (attempt !== null) found.push({ attempt, ended: call.ended });
      continue;
    }
    if (agent.hosted) {
      found.push({ attempt: attemptOf(called(call), end.result as AgentOutcome), ended: call.ended });
      continue;
    }
    let outcome = outcomeOfAnswer(end.result, call.endedAt - call.beganAt);
    const folder = (resultOf(opened) as { folder?: string } | undefined)?.folder ?? workspace;
    const check =
      outcome.claimed === undefined || !isJudged(call.role) ? undefined : takeCheck(checks, call, folder);
    const answer = resultOf(check) as Parameters<typeof judgedBy>[1] | undefined;
    if (answer !== undefined) outcome = judgedBy(outcome, answer);
    const closed = ownStep(steps, 'closeWorkspace', call);
    const change = resultOf(closed) as WorkspaceChange | undefined;
    if (change !== undefined) outcome = { ...outcome, change };
    const last = closed ?? check ?? call;
    found.push({ attempt: attemptOf(called(last), outcome), ended: last.ended });
  }
  return found.sort((one, other) => one.ended - other.ended).map(({ attempt }) => attempt);
}

function callsIn(steps: readonly Step[]): Call[] {
  return steps.flatMap((step): Call[] => {
    if (step.name === 'runAgent') {
      const task = step.input as AgentTask;
      return [{ ...step, agentType: task.agentType, role: task.role, key: task.idempotencyKey, task }];
    }
    const key = agentCallOf(step.childId ?? '');
    const who = calledBy(step.summary);
    return key === null || who === null ? [] : [{ ...step, ...who, key, task: {} }];
  });
}

/** The step of a call's own workspace. */
const ownStep = (steps: readonly Step[], name: string, { key }: Call): Step | undefined =>
  steps.find((step) => step.name === name && (step.input as { key?: string }).key === key);

/** The check that follows a call: of the same folder, and in the order of the calls where they share one. */
function takeCheck(checks: Step[], call: Call, folder: string | undefined): Step | undefined {
  const index = checks.findIndex(
    ({ began, input }) => began > call.ended && (input as { workspace?: string }).workspace === folder,
  );
  return index < 0 ? undefined : checks.splice(index, 1)[0];
}

const resultOf = (step: Step | undefined): unknown =>
  step !== undefined && 'result' in step.end ? step.end.result : undefined;
