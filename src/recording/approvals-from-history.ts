/** What people decided in a history, and what counted when nobody did in time. Pure. */
import type { ApprovalOutcome, ApprovalRequest } from '../shared/approval.js';
import { isApprovalSummary } from '../shared/approval-summary.js';
import { approvalUpdate } from '../shared/messages.js';
import { decode, first, millis, type ReadableHistory } from './history-steps.js';

/**
 * The approvals that are over, in their order.
 *
 * @param requests that the task makes, in the order in which it makes them
 */
export function approvalsOf(
  history: ReadableHistory,
  requests: readonly ApprovalRequest[],
): ApprovalOutcome[] {
  const accepted = new Set<string>();
  const deadlines = new Set<string>();
  const given: ApprovalOutcome[] = [];
  for (const event of history.events ?? []) {
    const { acceptedRequest } = event.workflowExecutionUpdateAcceptedEventAttributes ?? {};
    if (acceptedRequest?.input?.name === approvalUpdate.name) accepted.add(String(event.eventId));
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    if (completed != null && accepted.has(String(completed.acceptedEventId))) {
      const answer = first(completed.outcome?.success) as ApprovalOutcome | undefined;
      if (answer !== undefined) given.push(answer);
    }
    const { timerId } = event.timerStartedEventAttributes ?? {};
    if (timerId != null && isApprovalSummary(decode(event.userMetadata?.summary))) deadlines.add(timerId);
    const request = requests[given.length];
    if (deadlines.has(event.timerFiredEventAttributes?.timerId ?? '') && request !== undefined)
      given.push(byDeadline(request, millis(event.eventTime)));
  }
  return given;
}

const byDeadline = ({ when, onDeadline }: ApprovalRequest, decidedAt: number): ApprovalOutcome => ({
  approved: onDeadline === 'approve',
  by: 'deadline',
  when,
  decidedAt,
  byDeadline: true,
});
