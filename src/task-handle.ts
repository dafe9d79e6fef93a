/** A task that was started: its result, its progress, and its cancellation. */
import {
  type Client,
  WorkflowFailedError,
  type WorkflowHandle,
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
import type { Redactor } from './shared/redact.js';
import type { ExecutionRecord, TaskInput, TaskProgress, TaskResult } from './shared/task.js';
import type { ArtifactReference } from './shared/workspace.js';
import { storeArtifacts } from './store/artifacts.js';
import type { Store } from './store/store.js';
import { changeOf, progressOf, resultOf } from './task-record.js';

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

/** What a handle of a task needs. */
export interface TaskConnections {
  temporal: Client;
  store: Store;
  redactor: Redactor;
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
   * Answers the question that the task waits with. Secrets are taken out of the answer before it enters a
   * history. Without a worker that takes it in, it waits.
   *
   * @throws NotFoundError when it waits for no approval, or is over
   * @throws InvalidInputError when who decides is not named
   */
  decide(decision: ApprovalDecision): Promise<ApprovalOutcome>;
  /**
   * The change that the task's result stands for, as a git patch; null when there is none. Text of other
   * encodings than UTF-8 is lost here, and kept by {@link patch}.
   *
   * @throws NotFoundError when the task is not known, or still runs
   */
  diff(): Promise<string | null>;
  /** The same in its bytes, as `git apply` takes it. */
  patch(): Promise<Buffer | null>;
  /**
   * All that is recorded of its newest execution: what was chosen and offered, each attempt with its actions, and
   * how it went by the first words on it.
   *
   * @throws NotFoundError when it is not recorded
   */
  record(): Promise<ExecutionRecord>;
  /** Asks the task to end; its agents are told, and what was done is recorded. */
  cancel(): Promise<void>;
}

/** Makes the handle of a task, running or over; once Temporal has forgotten it, the store answers. */
export function taskHandle(
  { temporal, store, redactor }: TaskConnections,
  tenant: string,
  taskId: string,
): TaskHandle {
  const workflowId = taskWorkflowId(tenant, taskId);
  const workflow = temporal.workflow.getHandle<(input: TaskInput) => Promise<TaskResult>>(workflowId);
  const stored = async (): Promise<Interaction> => {
    const [latest] = await findTaskInteractions(store, tenant, taskId);
    if (latest === undefined) throw new NotFoundError('task', taskId);
    return latest;
  };
  /** Of the newest execution that is over, or waits for a person to accept its result. */
  const diffOf = async (): Promise<ArtifactReference | null> => {
    const [latest] = await findTaskInteractions(store, tenant, taskId);
    if (latest !== undefined) return changeOf(latest)?.diff ?? null;
    // What ran with learning off has no record, and Temporal has its result.
    const status = await workflow.describe().then(
      (description) => description.status.name,
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) throw new NotFoundError('task', taskId);
        throw error;
      },
    );
    if (status === 'RUNNING') {
      const { approval } = await workflow.query(progressQuery);
      if (approval?.result?.change !== undefined) return approval.result.change.diff;
    }
    if (status !== 'COMPLETED') throw new NotFoundError('record of task', taskId);
    return (await workflow.result()).change?.diff ?? null;
  };
  const patch = async (): Promise<Buffer | null> => {
    const diff = await diffOf();
    return diff === null ? null : Buffer.from(await storeArtifacts(store).get(tenant, diff));
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
        const checked = checkInput(decisionSchema, redactor.value(decision));
        return await workflow.executeUpdate(approvalUpdate, { args: [checked] });
      } catch (error) {
        throw await refusal(workflow, taskId, error);
      }
    },
    async record() {
      const { _id: _, recordedAt: __, generations: ___, parts: ____, ...record } = await stored();
      return record;
    },
    diff: async () => (await patch())?.toString('utf8') ?? null,
    patch,
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
async function refusal(
  workflow: Pick<WorkflowHandle, 'describe'>,
  taskId: string,
  error: unknown,
): Promise<unknown> {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  const isAsked = !(cause instanceof ApplicationFailure && cause.type === ErrorType.notFound);
  if (isAsked && !(error instanceof WorkflowNotFoundError)) return error;
  const status = await workflow.describe().then(
    (description) => description.status.name,
    () => null,
  );
  if (status === null) return new NotFoundError('task', taskId);
  const state = status === 'RUNNING' ? 'this one asks nothing just now' : 'this one is over';
  return new NotFoundError('task that waits for approval', taskId, state);
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
