/** The line by which an operator knows an approval's deadline in the Temporal UI, and a reader of the history its timer. */
import type { ApprovalRequest } from './approval.js';

const BEGINNING = 'Approval, ';

export const approvalSummary = ({ when, onDeadline }: ApprovalRequest): string =>
  `${BEGINNING}${when === 'before' ? 'before the agents' : 'of the result'}; nobody in time: ${onDeadline}`;

/** Whether a timer of this summary is an approval's, rather than one of the task's own. */
export const isApprovalSummary = (summary: unknown): boolean =>
  typeof summary === 'string' && summary.startsWith(BEGINNING);
