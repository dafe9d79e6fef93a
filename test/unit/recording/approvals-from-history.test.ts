import { defaultPayloadConverter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { approvalsOf } from '../../../src/recording/approvals-from-history.js';
import type { ReadableHistory } from '../../../src/recording/history-steps.js';
import type { ApprovalRequest } from '../../../src/shared/approval.js';
import { approvalSummary } from '../../../src/shared/approval-summary.js';

const request: ApprovalRequest = { when: 'after', deadlineSeconds: 60, onDeadline: 'approve' };

/** A timer that was started with a summary and then fired. */
const timer = (timerId: string, summary: string) => [
  {
    timerStartedEventAttributes: { timerId },
    userMetadata: { summary: defaultPayloadConverter.toPayload(summary) },
  },
  { timerFiredEventAttributes: { timerId } },
];
const history = (...events: object[]): ReadableHistory => ({ events });

it('a deadline that passed is an approval by its default', () => {
  expect(approvalsOf(history(...timer('1', approvalSummary(request))), [request])).toMatchObject([
    { approved: true, by: 'deadline', when: 'after', byDeadline: true },
  ]);
});

it('a timer of the task itself answers nobody', () => {
  const own = timer('1', 'Calls too large for one message go out in several');
  expect(approvalsOf(history(...own), [request])).toEqual([]);
  const both = history(...own, ...timer('2', approvalSummary(request)));
  expect(approvalsOf(both, [request])).toHaveLength(1);
});
