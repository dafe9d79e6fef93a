/** Reading a history: the activities and children that ended in it, and the results of local activities. Pure. */
import {
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  type Payload,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';

type HistoryEvent = NonNullable<History['events']>[number];
type Failure = Parameters<typeof defaultFailureConverter.failureToError>[0];

/** The part of a history that is read. */
export type ReadableHistory = Pick<History, 'events'>;

/** How a step ended. */
export type StepEnd = { result: unknown } | { error: Error };

/** An activity, or a child workflow, that has ended. */
export interface Step {
  /** Activity type; of a child, `child`. */
  name: string;
  /** Workflow id of a child. */
  childId?: string;
  /** First argument. */
  input: unknown;
  summary: unknown;
  /** Places in the history. */
  began: number;
  ended: number;
  /** Epoch milliseconds. */
  beganAt: number;
  endedAt: number;
  end: StepEnd;
}

type Begun = Pick<Step, 'name' | 'childId' | 'input' | 'summary' | 'began' | 'beganAt'>;

/** The steps, in the order in which they ended. */
export function endedSteps(events: readonly HistoryEvent[]): Step[] {
  const begun = new Map<string, Begun>();
  const steps: Step[] = [];
  for (const [place, event] of events.entries()) {
    const step = beginning(event, place);
    if (step !== null) begun.set(String(event.eventId), step);
    const [id, end] = ending(event) ?? [];
    const first = id === undefined ? undefined : begun.get(id);
    if (first !== undefined && end !== undefined)
      steps.push({ ...first, ended: place, endedAt: millis(event.eventTime), end });
  }
  return steps;
}

function beginning(event: HistoryEvent, place: number): Begun | null {
  const activity = event.activityTaskScheduledEventAttributes;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  const attributes = activity ?? child;
  if (attributes == null) return null;
  return {
    name: activity == null ? 'child' : (activity.activityType?.name ?? ''),
    ...(child?.workflowId == null ? {} : { childId: child.workflowId }),
    input: first(attributes.input),
    summary: decode(event.userMetadata?.summary),
    began: place,
    beganAt: millis(event.eventTime),
  };
}

/** Which step an event ends, by the id of the event that began it, and how. */
function ending(event: HistoryEvent): [string, StepEnd] | null {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed != null) return [String(completed.scheduledEventId), { result: first(completed.result) }];
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  if (failed != null) return [String(failed.scheduledEventId), { error: errorOf(failed.failure) }];
  const cancelled = event.activityTaskCanceledEventAttributes;
  if (cancelled != null)
    return [
      String(cancelled.scheduledEventId),
      { error: new CancelledFailure('', [first(cancelled.details)]) },
    ];
  return childEnding(event);
}

function childEnding(event: HistoryEvent): [string, StepEnd] | null {
  const completed = event.childWorkflowExecutionCompletedEventAttributes;
  if (completed != null) return [String(completed.initiatedEventId), { result: first(completed.result) }];
  const failed = event.childWorkflowExecutionFailedEventAttributes;
  if (failed != null) return [String(failed.initiatedEventId), { error: errorOf(failed.failure) }];
  const timedOut = event.childWorkflowExecutionTimedOutEventAttributes;
  if (timedOut != null) {
    const error = new TimeoutFailure('timed out', undefined, TimeoutType.START_TO_CLOSE);
    return [String(timedOut.initiatedEventId), { error }];
  }
  const cancelled = event.childWorkflowExecutionCanceledEventAttributes;
  if (cancelled != null)
    return [
      String(cancelled.initiatedEventId),
      { error: new CancelledFailure('', [first(cancelled.details)]) },
    ];
  const gone =
    event.childWorkflowExecutionTerminatedEventAttributes ??
    event.startChildWorkflowExecutionFailedEventAttributes;
  return gone == null
    ? null
    : [String(gone.initiatedEventId), { error: new Error('its workflow was terminated, or not started') }];
}

/** How local activities of a type ended, in the order in which they were called. */
export function localEnds(events: readonly HistoryEvent[], activityType: string): StepEnd[] {
  return events
    .flatMap(({ markerRecordedEventAttributes: marker }): [number, StepEnd][] => {
      // The SDK keeps what it knows of the call, and the result, in the marker's details.
      const data = first(marker?.details?.['data']) as { activity_type?: string; seq?: number } | undefined;
      if (marker == null || data?.activity_type !== activityType) return [];
      const end =
        marker.failure == null
          ? { result: first(marker.details?.['result']) }
          : { error: errorOf(marker.failure) };
      return [[data.seq ?? 0, end]];
    })
    .sort(([one], [other]) => one - other)
    .map(([, end]) => end);
}

const errorOf = (failure: Failure | null | undefined): Error =>
  failure == null
    ? new Error('failed')
    : defaultFailureConverter.failureToError(failure, defaultPayloadConverter);

/** The first of several values. */
export const first = (values: { payloads?: Payload[] | null } | null | undefined): unknown =>
  decode(values?.payloads?.[0]);

/** A single value. */
export const decode = (payload: Payload | null | undefined): unknown =>
  payload == null ? undefined : defaultPayloadConverter.fromPayload(payload);

/** Epoch milliseconds. */
export const millis = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);
