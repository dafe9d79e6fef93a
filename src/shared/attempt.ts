/** What a call of an agent came to: the same whether its workflow notes it, or its history is read later. */
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/common';
import type { AgentOutcome } from './agent-call.js';
import type { Caps } from './agent-contract.js';
import { checkReport, failedReport, spentIn } from './check-report.js';
import { ErrorType } from './errors.js';
import { moreTrusted } from './outcome.js';
import { MAX_REASON_CHARS } from './sizes.js';
import type { Attempt, Outcome, PlannedAgent } from './task.js';
import type { Word } from './verdict.js';

/** Who was called, and how long it took in all. */
export type Called = Pick<Attempt, 'agentType' | 'role' | 'elapsedMs'>;

/** A part of a task, or a split of it, cannot be held to the whole task's check. */
export const isJudged = (role: Attempt['role']): boolean => role === 'worker' || role === 'lead-integrate';

/** The attempt that an agent's outcome makes. */
export function attemptOf(
  { agentType, role, elapsedMs }: Called,
  outcome: AgentOutcome,
  source: Attempt['source'] = outcome.source,
): Attempt {
  const { report, durationMs, reason, claimed, words, change } = outcome;
  return {
    agentType,
    role,
    report,
    // Whether a verdict is right is not known; that none was given is the verifier's failure.
    success: role === 'verifier' && claimed !== undefined ? null : report.success,
    source,
    durationMs,
    elapsedMs,
    decisive: false,
    ...(reason === undefined ? {} : { reason }),
    ...(claimed === undefined ? {} : { claimed }),
    ...(words === undefined ? {} : { words }),
    ...(change === undefined ? {} : { change }),
  };
}

/**
 * What a cancelled agent of ours had done until then.
 *
 * @param detail the first of its cancellation
 * @returns null when nothing is known of it
 */
export function cancelledAttempt(called: Called, detail: unknown): Attempt | null {
  const known = detail as Partial<AgentOutcome> | null | undefined;
  if (known?.report === undefined) return null;
  return { ...attemptOf(called, known as AgentOutcome, 'system'), success: null };
}

/**
 * A call that ended without a report, with what is known to have been spent: by what the agent's last heartbeat
 * said, or by what its worker tells of it.
 *
 * @param caps that the call was given
 * @param error of the activity or child, or its cause
 */
export function failedAttempt(
  called: Called,
  agent: PlannedAgent,
  caps: Caps | undefined,
  error: unknown,
): Attempt {
  const wrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  const cause = wrapped ? error.cause : error;
  const reason = failureReason(agent, caps, cause).slice(0, MAX_REASON_CHARS);
  const told: unknown =
    cause instanceof TimeoutFailure
      ? cause.lastHeartbeatDetails
      : cause instanceof ApplicationFailure
        ? cause.details?.[0]
        : undefined;
  const done = agent.hosted && isOf(cause, ErrorType.workerShutdown) ? cutOff(called, told, reason) : null;
  if (done !== null) return done;
  const report = failedReport(reason, spentIn(told));
  const outcome: AgentOutcome = { report, source: 'system', durationMs: called.elapsedMs, reason };
  const attempt = attemptOf(called, outcome);
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START')
    return { ...attempt, unanswered: true };
  // For what the operator mistook, e.g. a folder that is not there, the agent is not to blame. Agents of other
  // workers may use the same word of their own.
  const ours = agent.hosted || (error instanceof ActivityFailure && error.activityType !== 'runAgent');
  return ours && isOf(cause, ErrorType.invalidInput) ? { ...attempt, started: false } : attempt;
}

const isOf = (cause: unknown, type: string): boolean =>
  cause instanceof ApplicationFailure && cause.type === type;

/** What an agent had done when its worker was shut down; null when that is not known. */
function cutOff(called: Called, told: unknown, reason: string): Attempt | null {
  const known = cancelledAttempt(called, told);
  if (known === null) return null;
  const report = { ...known.report, success: false, errors: [reason, ...known.report.errors] };
  return { ...known, report, success: false, reason };
}

/** Why a call failed, in a sentence for an operator. */
function failureReason(agent: PlannedAgent, caps: Caps | undefined, cause: unknown): string {
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

/** The outcome that somebody else's agent's answer makes. One that is no report has no `claimed`. */
export function outcomeOfAnswer(answer: unknown, durationMs: number): AgentOutcome {
  const report = checkReport(answer);
  return typeof report === 'string'
    ? { report: failedReport(report), source: 'system', durationMs, reason: report }
    : { report, source: 'agent', durationMs, claimed: report.success };
}

/** What `verifyWork` answered before there could be several verifiers; such answers are in histories still. */
export interface EarlierVerdict {
  success: boolean;
  reason?: string;
}

/** An outcome of which verifiers have spoken. */
export function judgedBy(own: AgentOutcome, answer: Word[] | EarlierVerdict): AgentOutcome {
  const words = Array.isArray(answer)
    ? answer
    : [{ ...answer, source: 'verifier' as const, by: 'verify', precedence: 0 }];
  const outcome = words.reduce<Outcome>(moreTrusted, { success: own.report.success, source: 'agent' });
  const reason = words.find(({ success }) => success === false)?.reason;
  return {
    ...own,
    report: { ...own.report, success: outcome.success },
    source: outcome.source === 'verifier' ? 'verifier' : 'agent',
    words,
    ...(outcome.success !== false || reason === undefined ? {} : { reason }),
  };
}

/** The attempts in which an agent was really at work: a mistake of the operator before that is not an agent's. */
export const startedAttempts = ({ attempts }: { attempts: readonly Attempt[] }): Attempt[] =>
  attempts.filter(({ started }) => started !== false);
