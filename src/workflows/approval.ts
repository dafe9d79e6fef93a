/** Asking a person within a task: by an update, with a deadline and what counts when nobody answers. */
import { ApplicationFailure, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ApprovalDecision, ApprovalOutcome, ApprovalRequest } from '../shared/approval.js';
import { approvalSummary } from '../shared/approval-summary.js';
import { ErrorType, preview } from '../shared/errors.js';
import { approvalUpdate } from '../shared/messages.js';
import type { ShownResult, TaskProgress } from '../shared/task.js';

const MAX_NAME = 200;
const MAX_COMMENT = 10_000;

/** One question at a time. Handles the update from its making on. */
export class Approvals {
  readonly given: ApprovalOutcome[] = [];
  private pending: TaskProgress['approval'];

  /** @param onChange called whenever a question was put or answered */
  constructor(private readonly onChange: () => void) {
    setHandler(approvalUpdate, (decision) => this.decide(decision), {
      validator: (decision) => this.check(decision),
      description: 'A person approves or rejects what the task waits for',
    });
  }

  /** What a person is asked just now. */
  get asked(): TaskProgress['approval'] {
    return this.pending;
  }

  /**
   * Waits for a person, or for the deadline.
   *
   * @param result what is decided on, where there is one
   * @throws CancelledFailure when the task is cancelled meanwhile
   */
  async ask(request: ApprovalRequest, result?: ShownResult): Promise<ApprovalOutcome> {
    const { when, deadlineSeconds, onDeadline } = request;
    const question =
      request.question ?? (when === 'before' ? 'May the agents start?' : 'Is the result accepted?');
    const before = this.given.length;
    this.pending = {
      when,
      question,
      deadline: Date.now() + deadlineSeconds * 1_000,
      onDeadline,
      ...(result === undefined ? {} : { result }),
    };
    this.onChange();
    try {
      const summary = approvalSummary(request);
      if (!(await condition(() => this.given.length > before, deadlineSeconds * 1_000, { summary })))
        this.given.push({
          approved: onDeadline === 'approve',
          by: 'deadline',
          when,
          decidedAt: Date.now(),
          byDeadline: true,
        });
    } finally {
      this.pending = undefined;
      this.onChange();
    }
    const answer = this.given.at(-1);
    if (answer === undefined) throw new RangeError('an approval ended without an answer');
    return answer;
  }

  private decide({ approved, by, comment }: ApprovalDecision): ApprovalOutcome {
    const { pending } = this;
    // Two answers can arrive before the question's own code goes on; the first counts.
    if (pending === undefined) throw notAsked();
    const outcome: ApprovalOutcome = {
      approved,
      by,
      ...(comment === undefined ? {} : { comment }),
      when: pending.when,
      decidedAt: Date.now(),
      byDeadline: false,
    };
    this.given.push(outcome);
    this.pending = undefined;
    return outcome;
  }

  private check(decision: ApprovalDecision): void {
    if (this.pending === undefined) throw notAsked();
    const { approved, by, comment } = (decision ?? {}) as Partial<ApprovalDecision>;
    if (typeof approved !== 'boolean') throw invalid('approved', approved, 'true or false');
    if (typeof by !== 'string' || by.trim() === '' || by.length > MAX_NAME)
      throw invalid('by', by, `who decides, at most ${MAX_NAME} characters`);
    if (comment !== undefined && (typeof comment !== 'string' || comment.length > MAX_COMMENT))
      throw invalid('comment', comment, `text of at most ${MAX_COMMENT} characters`);
  }
}

const notAsked = (): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    `task ${workflowInfo().workflowId} waits for no approval`,
    ErrorType.notFound,
  );

const invalid = (field: string, value: unknown, allowed: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    `${field}: ${preview(value)} is not allowed; expected ${allowed}`,
    ErrorType.invalidInput,
  );
