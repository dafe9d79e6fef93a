/** The record of an execution, read from its history: for those that could not write it themselves. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { PreparedTask } from '../shared/activities.js';
import type { AgentOutcome } from '../shared/agent-call.js';
import type { AgentReport, AgentTask } from '../shared/agent-contract.js';
import { checkReport } from '../shared/check-report.js';
import { executionIdOf } from '../shared/ids.js';
import type { Attempt, ExecutionRecord, TaskInput } from '../shared/task.js';

/** The parts of a history that are read; structural, so that fetched and parsed histories both fit. */
export interface ReadableHistory {
  events?: readonly HistoryEvent[] | null;
}

interface Payloads {
  payloads?: Payload[] | null;
}
interface Timestamp {
  seconds?: unknown;
  nanos?: number | null;
}
interface HistoryEvent {
  eventId?: unknown;
  eventTime?: Timestamp | null;
  workflowExecutionStartedEventAttributes?: {
    input?: Payloads | null;
    firstExecutionRunId?: string | null;
  } | null;
  markerRecordedEventAttributes?: { details?: Record<string, Payloads> | null } | null;
  activityTaskScheduledEventAttributes?: {
    activityType?: { name?: string | null } | null;
    input?: Payloads | null;
  } | null;
  activityTaskCompletedEventAttributes?: { scheduledEventId?: unknown; result?: Payloads | null } | null;
}

export interface ClosedExecution {
  workflowId: string;
  runId: string;
  ending: 'terminated' | 'timeout';
  /** Epoch milliseconds. */
  endedAt: number | undefined;
}

/**
 * Rebuilds a record from a history: its input, what the look-ups returned, and the agents that finished.
 * Pure.
 *
 * @returns null when the history is not of a task, or is no longer whole
 */
export function recordFromHistory(history: ReadableHistory, closed: ClosedExecution): ExecutionRecord | null {
  const events = history.events ?? [];
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const input = decode(started?.input) as TaskInput | undefined;
  if (started == null || input === undefined) return null;
  const prepared = localResults(events).get('prepareTask') as PreparedTask | undefined;
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
    attempts: finishedAttempts(events),
    ending: closed.ending,
    // The server's word that it ran out of time is a failure; why somebody terminated it is not known.
    outcome: { success: closed.ending === 'timeout' ? false : null, source: 'system' },
    reason: closed.ending === 'timeout' ? 'the workflow ran out of time' : 'the workflow was terminated',
    startedAt,
    endedAt: closed.endedAt ?? millis(events.at(-1)?.eventTime),
    steps: { analyse: 0, lookUp: 0, execute: 0, ...prepared?.steps },
  };
}

/** Results of local activities, by activity type: the SDK keeps both in a marker's details. */
function localResults(events: readonly HistoryEvent[]): Map<string, unknown> {
  const results = new Map<string, unknown>();
  for (const { markerRecordedEventAttributes: marker } of events) {
    const data = decode(marker?.details?.['data']) as { activity_type?: string } | undefined;
    const result = decode(marker?.details?.['result']);
    if (data?.activity_type !== undefined && result !== undefined) results.set(data.activity_type, result);
  }
  return results;
}

function finishedAttempts(events: readonly HistoryEvent[]): Attempt[] {
  const scheduled = new Map(
    events
      .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'runAgent')
      .map((event) => [String(event.eventId), event]),
  );
  const attempts: Attempt[] = [];
  for (const event of events) {
    const completed = event.activityTaskCompletedEventAttributes;
    const call = scheduled.get(String(completed?.scheduledEventId));
    if (completed == null || call === undefined) continue;
    const task = decode(call.activityTaskScheduledEventAttributes?.input) as AgentTask | undefined;
    const answer = decode(completed.result) as AgentOutcome | AgentReport | undefined;
    if (task === undefined || answer === undefined) continue;
    const elapsedMs = millis(event.eventTime) - millis(call.eventTime);
    const outcome = 'report' in answer ? answer : null;
    const report = checkReport(outcome?.report ?? answer);
    if (typeof report === 'string') continue;
    attempts.push({
      agentType: task.agentType,
      role: task.role,
      report,
      success: report.success,
      source: outcome?.source ?? 'agent',
      durationMs: outcome?.durationMs ?? elapsedMs,
      elapsedMs,
      decisive: false,
      ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    });
  }
  return attempts;
}

function decode(values: Payloads | null | undefined): unknown {
  const [payload] = values?.payloads ?? [];
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);
}

const millis = (time: Timestamp | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);
