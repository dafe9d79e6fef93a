/** The record of an execution, read from its history: for those that could not write it themselves. */
import type { PreparedTask } from '../shared/activities.js';
import type { ApprovalRequest } from '../shared/approval.js';
import { executionIdOf } from '../shared/ids.js';
import type { ExecutionRecord, PlannedAgent, TaskInput } from '../shared/task.js';
import type { AppliedChange } from '../shared/workspace.js';
import { approvalsOf } from './approvals-from-history.js';
import { attemptsOf } from './attempts-from-history.js';
import { endedSteps, first, localEnds, millis, type ReadableHistory } from './history-steps.js';

export interface ClosedExecution {
  workflowId: string;
  runId: string;
  ending: 'terminated' | 'timeout';
  /** Epoch milliseconds. */
  endedAt: number | undefined;
}

/**
 * Rebuilds a record from a history: its input, what the look-ups returned, the agents that ended, however they
 * did, and what people decided. Pure.
 *
 * @returns null when the history is not of a task, or is no longer whole
 */
export function recordFromHistory(history: ReadableHistory, closed: ClosedExecution): ExecutionRecord | null {
  const events = history.events ?? [];
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const input = first(started?.input) as TaskInput | undefined;
  if (started == null || input === undefined) return null;
  const looked = localEnds(events, 'prepareTask').findLast((end) => 'result' in end);
  const prepared = looked?.result as PreparedTask | undefined;
  const steps = endedSteps(events);
  const folder = typeof input.workspace === 'string' ? input.workspace : undefined;
  const approvals = approvalsOf(history, requestsOf(input, prepared));
  const applied = steps.findLast(({ name, end }) => name === 'applyChange' && 'result' in end)?.end;
  const startedAt = millis(events[0]?.eventTime);
  const learning = prepared?.learning ?? input.learning ?? 'full';
  return {
    schemaVersion: 1,
    executionId: executionIdOf(closed.workflowId, closed.runId),
    tenant: input.tenant,
    taskId: input.taskId,
    workflowId: closed.workflowId,
    runId: closed.runId,
    firstRunId: started.firstExecutionRunId ?? closed.runId,
    origin: 'reconciled',
    description: input.description,
    context: input.context,
    learning,
    analysis: prepared?.analysis ?? null,
    choice: prepared?.choice ?? null,
    learnings: prepared?.learnings.offered ?? [],
    knowledge: prepared?.knowledge.offered ?? [],
    missing: prepared?.missing ?? ['analysis', 'strategy', 'learnings', 'knowledge'],
    attempts: attemptsOf(steps, agentsOf(prepared), localEnds(events, 'reportOfResult'), folder),
    ending: closed.ending,
    // The server's word that it ran out of time is a failure; why somebody terminated it is not known.
    outcome: { success: closed.ending === 'timeout' ? false : null, source: 'system' },
    reason: closed.ending === 'timeout' ? 'the workflow ran out of time' : 'the workflow was terminated',
    ...(approvals.length === 0 ? {} : { approvals }),
    ...(applied !== undefined && 'result' in applied ? { applied: applied.result as AppliedChange } : {}),
    startedAt,
    endedAt: closed.endedAt ?? millis(events.at(-1)?.eventTime),
    steps: { analyse: 0, lookUp: 0, execute: 0, ...prepared?.steps },
  };
}

/** Everyone that a task may call. */
function agentsOf(prepared: PreparedTask | undefined): PlannedAgent[] {
  const plan = prepared?.choice?.plan;
  const verifier = plan?.verifier === undefined ? [] : [plan.verifier];
  return [...(plan?.agents ?? []), ...verifier, ...(prepared?.verifiers ?? [])];
}

/** What a task asks of people, in the order in which it does. */
function requestsOf(input: TaskInput, prepared: PreparedTask | undefined): ApprovalRequest[] {
  const requests = [prepared?.choice?.plan.approval, input.approval].filter(
    (request) => request !== undefined,
  );
  return (['before', 'after'] as const).flatMap((time) => requests.filter(({ when }) => when === time));
}
