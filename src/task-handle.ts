/** A task that was started: its result, its progress, and its cancellation. */
import {
  type Client,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { findTaskInteractions, type Interaction } from './learning/interactions.js';
import { type ApprovalDecision, type ApprovalOutcome, decisionSchema } from './shared/approval.js';
import { checkInput } from './shared/check-input.js';
import { ErrorType, NotFoundError } from './shared/errors.js';
import { taskWorkflowId } from './shared/ids.js';
import { approvalUpdate, progressQuery } from './shared/messages.js';
import type { TaskInput, TaskProgress, TaskResult } from './shared/task.js';
import { storeArtifacts } from './store/artifacts.js';
import type { Store } from './store/store.js';

/** A task that ended without a result. */
export class TaskFailedError extends Error {
  override readonly name = 'TaskFailedError';
  constructor(
    readonly taskId: string,
    /** `Cancelled`, `Terminated`, `Timeout`, or the type of the failure, e.g. `UnknownAgent`. */
    readonly type: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`task ${taskId}: ${message}`, options);
  }
}

export interface TaskHandle {
  readonly taskId: string;
  readonly workflowId: string;
  /**
   * Waits for the task to end.
   *
   * @throws TaskFailedError when it ended without a result (cancelled, terminated, invalid)
   */
  result(): Promise<TaskResult>;
  /** Where it stands; of a task that is over, how it went. */
  progress(): Promise<TaskProgress>;
  /**
   * Answers the question that the task waits with.
   *
   * @throws NotFoundError when it waits for no approval, or is over
   * @throws InvalidInputError when who decides is not named
   */
  decide(decision: ApprovalDecision): Promise<ApprovalOutcome>;
  /**
   * The change that the task's result stands for, as a git patch; null when there is none.
   *
   * @throws NotFoundError when the task is not recorded
   */
  diff(): Promise<string | null>;
  /** Asks the task to end; its agents are told, and what was done is recorded. */
  cancel(): Promise<void>;
}

/** Makes the handle of a task, running or over; once Temporal has forgotten it, the store answers. */
export function taskHandle(client: Client, store: Store, tenant: string, taskId: string): TaskHandle {
  const workflowId = taskWorkflowId(tenant, taskId);
  const workflow = client.workflow.getHandle<(input: TaskInput) => Promise<TaskResult>>(workflowId);
  const stored = async (): Promise<Interaction> => {
    const [latest] = await findTaskInteractions(store, tenant, taskId);
    if (latest === undefined) throw new NotFoundError('task', taskId);
    return latest;
  };
  return {
    taskId,
    workflowId,
    async result() {
      try {
        return await workflow.result();
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return resultOf(await stored());
        throw error instanceof WorkflowFailedError ? taskFailure(taskId, error) : error;
      }
    },
    async progress() {
      try {
        return await workflow.query(progressQuery);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return progressOf(await stored());
        throw error;
      }
    },
    async decide(decision) {
      try {
        const checked = checkInput(decisionSchema, decision);
        return await workflow.executeUpdate(approvalUpdate, { args: [checked] });
      } catch (error) {
        throw refusal(taskId, error);
      }
    },
    async diff() {
      const { attempts } = await stored();
      const diff = attempts.findLast(({ decisive, change }) => decisive && change !== undefined)?.change
        ?.diff;
      if (diff == null) return null;
      return Buffer.from(await storeArtifacts(store).get(tenant, diff)).toString('utf8');
    },
    async cancel() {
      try {
        await workflow.cancel();
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw new NotFoundError('task', taskId);
        throw error;
      }
    },
  };
}

/** Why an approval was not taken. */
function refusal(taskId: string, error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new NotFoundError('task that waits for approval', taskId);
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.type === ErrorType.notFound)
    return new NotFoundError('task that waits for approval', taskId);
  return error;
}

function taskFailure(taskId: string, error: WorkflowFailedError): TaskFailedError {
  const { cause } = error;
  const known: [boolean, string][] = [
    [cause instanceof CancelledFailure, 'Cancelled'],
    [cause instanceof TerminatedFailure, 'Terminated'],
    [cause instanceof TimeoutFailure, 'Timeout'],
  ];
  const type =
    known.find(([fits]) => fits)?.[1] ??
    (cause instanceof ApplicationFailure ? (cause.type ?? 'Failed') : 'Failed');
  return new TaskFailedError(taskId, type, cause?.message ?? error.message, { cause: error });
}

/** A result as the record tells it. */
function resultOf(interaction: Interaction): TaskResult {
  const { taskId, executionId, outcome, reason, choice, analysis, attempts } = interaction;
  return {
    taskId,
    executionId,
    success: outcome.success,
    source: outcome.source,
    output: attempts.findLast(({ decisive }) => decisive)?.report.output ?? null,
    ...(reason === undefined ? {} : { reason }),
    plan: choice?.plan.key ?? '',
    category: analysis?.category ?? 'unknown',
    cost: attempts.reduce((sum, { report }) => sum + (report.cost ?? 0), 0),
    duration: (interaction.endedAt - interaction.startedAt) / 1_000,
    lessons: interaction.learnings.filter(({ shown }) => shown).map(({ id }) => id),
    recording: 'recorded',
  };
}

function progressOf(interaction: Interaction): TaskProgress {
  return {
    phase: 'done',
    category: interaction.analysis?.category ?? null,
    plan: interaction.choice?.plan.key ?? null,
    reason: interaction.choice?.reason ?? null,
    lessons: interaction.learnings.filter(({ shown }) => shown).map(({ id }) => ({ id, title: id })),
    agents: interaction.attempts.map(({ agentType, role, success, reason }) => ({
      agentType,
      role,
      state: success === false ? 'failed' : 'done',
      detail: reason ?? `success ${success ?? 'unknown'}`,
    })),
  };
}
