/** ExecuteTaskWorkflow: analyse, look up, execute, record. One per task; its id is the task's. */
import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  log,
  ParentClosePolicy,
  proxyLocalActivities,
  startChild,
  upsertMemo,
  upsertSearchAttributes,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { CoreActivities } from '../shared/activities.js';
import { boundRecord } from '../shared/bound-record.js';
import { ErrorType } from '../shared/errors.js';
import { recorderWorkflowId } from '../shared/ids.js';
import { searchAttributes } from '../shared/search-attributes.js';
import type { ExecutionRecord, Outcome, TaskInput, TaskResult } from '../shared/task.js';
import type { Ending } from '../shared/terms.js';
import type { RecordExecutionWorkflow } from './record-execution.js';
import { orchestrations } from './strategies/index.js';
import { failedPlan, type PlanOutcome } from './strategies/plan-outcome.js';
import { TaskRun } from './task-run.js';

// Without a plan a task cannot run, and one can be had without the store: so this is tried again.
const { prepareTask } = proxyLocalActivities<CoreActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 5, initialInterval: '100 milliseconds' },
});
// One quick try: what it misses, the recorder workflow holds and tries until it is done.
const { recordExecution } = proxyLocalActivities<CoreActivities>({
  startToCloseTimeout: '4 seconds',
  retry: { maximumAttempts: 1 },
});

/**
 * Runs one task from analysis to record.
 *
 * @returns the result; a task whose agents failed is a result too, with `success: false` and a reason
 * @throws CancelledFailure when the task was cancelled, after recording it
 * @throws ApplicationFailure (InvalidInput, NoPlan) when no plan could be had, after recording it
 */
export async function ExecuteTaskWorkflow(input: TaskInput): Promise<TaskResult> {
  const run = new TaskRun(input);
  let registered: readonly string[] = [];
  try {
    registered = await prepare(run);
    describe(run, registered);
  } catch (error) {
    const ending = isCancellation(error) ? 'cancelled' : 'failed';
    await conclude(run, ending, systemOutcome(error), messageOf(error));
    throw error instanceof ApplicationFailure || isCancellation(error) ? error : noPlan(error);
  }
  const began = Date.now();
  try {
    run.enter('executing');
    const ended = await execute(run);
    run.steps.execute = Date.now() - began;
    return await finish(run, ended, registered);
  } catch (error) {
    run.steps.execute = Date.now() - began;
    await conclude(
      run,
      isCancellation(error) ? 'cancelled' : 'failed',
      systemOutcome(error),
      messageOf(error),
    );
    throw error;
  }
}

/** Analyses and looks up. @returns the names of the search attributes that may be set */
async function prepare(run: TaskRun): Promise<string[]> {
  const prepared = await prepareTask(run.input, run.executionId);
  run.prepared(prepared);
  const { refused } = prepared;
  if (refused !== undefined) throw ApplicationFailure.create({ ...refused, nonRetryable: true });
  return prepared.searchAttributes;
}

/** Tells the operator in the Temporal UI what was chosen and why. */
function describe(run: TaskRun, registered: readonly string[]): void {
  const { analysis, choice, input } = run;
  if (analysis === null || choice === null) return;
  const attributes = [
    { key: searchAttributes.tenant, value: input.tenant },
    { key: searchAttributes.taskCategory, value: analysis.category },
    { key: searchAttributes.complexity, value: analysis.complexity },
    { key: searchAttributes.strategy, value: choice.plan.strategy },
    { key: searchAttributes.agentTypes, value: [...new Set(choice.plan.agents.map(({ type }) => type))] },
  ].filter(({ key }) => registered.includes(key.name));
  if (attributes.length > 0) upsertSearchAttributes(attributes);
  upsertMemo({
    plan: choice.plan.key,
    why: choice.reason,
    category: analysis.category,
    lessons: run.lessons.map(({ title }) => title),
    missing: run.missing,
  });
}

async function execute(run: TaskRun): Promise<PlanOutcome> {
  if (run.choice === null) return failedPlan('no plan was chosen');
  const { plan } = run.choice;
  return orchestrations[plan.strategy](run, plan);
}

async function finish(run: TaskRun, ended: PlanOutcome, registered: readonly string[]): Promise<TaskResult> {
  const { outcome, output, reason } = ended;
  const timedOut = outcome.success === false && reason !== undefined && /\btimed out\b/.test(reason);
  const recording = await conclude(run, timedOut ? 'timeout' : 'completed', outcome, reason);
  if (outcome.success !== null && registered.includes(searchAttributes.taskSuccess.name))
    upsertSearchAttributes([{ key: searchAttributes.taskSuccess, value: outcome.success }]);
  upsertMemo({ agents: run.agentsLines(), success: outcome.success ?? 'unknown' });
  run.enter('done');
  return {
    taskId: run.input.taskId,
    executionId: run.executionId,
    success: outcome.success,
    source: outcome.source,
    output,
    ...(reason === undefined ? {} : { reason }),
    plan: run.choice?.plan.key ?? '',
    category: run.analysis?.category ?? 'unknown',
    cost: run.attempts.reduce((sum, { report }) => sum + (report.cost ?? 0), 0),
    duration: (Date.now() - run.startedAt) / 1_000,
    lessons: run.lessons.map(({ id }) => id),
    recording,
  };
}

/**
 * Records how the task ended; also when it was cancelled. When the store does not take the record at once, a
 * detached workflow is left holding it, and the task does not wait.
 */
async function conclude(
  run: TaskRun,
  ending: Ending,
  outcome: Outcome,
  reason: string | undefined,
): Promise<TaskResult['recording']> {
  if (run.learning === 'off') return 'off';
  return CancellationScope.nonCancellable(async () => {
    run.enter('recording');
    const record = run.record(ending, outcome, reason);
    try {
      await recordExecution(record);
      return 'recorded';
    } catch (error) {
      log.warn('The record could not be written at once; a recorder workflow holds it', {
        error: messageOf(error),
      });
      await deferRecord(record);
      return 'deferred';
    }
  });
}

async function deferRecord(record: ExecutionRecord): Promise<void> {
  // Awaited: a child that was not yet started when its parent closes never exists.
  await startChild<typeof RecordExecutionWorkflow>('RecordExecutionWorkflow', {
    workflowId: recorderWorkflowId(record.executionId),
    // A workflow's input has to fit into one payload.
    args: [boundRecord(record, 1_000_000)],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `Holds the record of ${record.taskId} until the store is back`,
  });
}

/** A cancelled task neither succeeded nor failed; one that an error ended failed. */
const systemOutcome = (error: unknown): Outcome => ({
  success: isCancellation(error) ? null : false,
  source: 'system',
});

/** The message of an error's innermost cause: Temporal wraps what an activity threw. */
function messageOf(error: unknown): string {
  if (isCancellation(error)) return 'cancelled';
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}

/** The failure to end the workflow with: the activity's own type where it has one. */
function noPlan(error: unknown): ApplicationFailure {
  const cause = error instanceof Error ? error.cause : undefined;
  const type = cause instanceof ApplicationFailure && cause.type != null ? cause.type : ErrorType.noPlan;
  return ApplicationFailure.create({ type, message: messageOf(error), nonRetryable: true });
}
