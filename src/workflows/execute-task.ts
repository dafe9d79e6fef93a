/** ExecuteTaskWorkflow: analyse, look up, execute, record. One per task; its id is the task's. */
import {
  ApplicationFailure,
  isCancellation,
  proxyLocalActivities,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { CoreActivities } from '../shared/activities.js';
import { ErrorType } from '../shared/errors.js';
import { searchAttributes } from '../shared/search-attributes.js';
import { MAX_ATTRIBUTE_CHARS, MAX_REASON_CHARS } from '../shared/sizes.js';
import type { Outcome, Plan, TaskInput, TaskResult } from '../shared/task.js';
import type { Ending } from '../shared/terms.js';
import { CapReached } from './caps.js';
import { messageOf } from './failure-message.js';
import { fitResult } from './fit-result.js';
import { judgeResult, permission } from './judge-result.js';
import { recordOnce } from './record-once.js';
import { orchestrations } from './strategies/index.js';
import { failedPlan, type PlanOutcome } from './strategies/plan-outcome.js';
import { TaskRun } from './task-run.js';

// Without a plan a task cannot run, and one can be had without the store: so this is tried again.
const { prepareTask } = proxyLocalActivities<CoreActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 5, initialInterval: '100 milliseconds' },
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
  try {
    await prepare(run);
    describe(run);
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
    return await finish(run, ended);
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

/** Analyses and looks up. */
async function prepare(run: TaskRun): Promise<void> {
  const prepared = await prepareTask(run.input, run.executionId);
  run.prepared(prepared);
  const { refused } = prepared;
  if (refused !== undefined) throw ApplicationFailure.create({ ...refused, nonRetryable: true });
}

/** Tells the operator in the Temporal UI what was chosen and why. */
function describe(run: TaskRun): void {
  const { analysis, choice, input } = run;
  if (analysis === null || choice === null) return;
  const attributes = [
    { key: searchAttributes.tenant, value: input.tenant },
    { key: searchAttributes.taskCategory, value: analysis.category },
    { key: searchAttributes.complexity, value: analysis.complexity },
    { key: searchAttributes.strategy, value: choice.plan.strategy },
    { key: searchAttributes.agentTypes, value: agentTypes(choice.plan) },
  ].filter(({ key }) => run.searchAttributes.includes(key.name));
  if (attributes.length > 0) upsertSearchAttributes(attributes);
  upsertMemo({
    plan: choice.plan.key,
    why: choice.reason.slice(0, MAX_REASON_CHARS),
    category: analysis.category,
    lessons: run.lessons.map(({ title }) => title),
    missing: run.missing,
  });
}

/** Those of a plan, as many as a search attribute holds. */
function agentTypes({ agents }: Plan): string[] {
  let left = MAX_ATTRIBUTE_CHARS;
  return [...new Set(agents.map(({ type }) => type))].filter((type) => {
    left -= type.length;
    return left >= 0;
  });
}

async function execute(run: TaskRun): Promise<PlanOutcome> {
  if (run.choice === null) return failedPlan('no plan was chosen');
  const { plan } = run.choice;
  try {
    return (
      (await permission(run)) ?? (await judgeResult(run, await orchestrations[plan.strategy](run, plan)))
    );
  } catch (error) {
    if (error instanceof CapReached) return failedPlan(error.message);
    throw error;
  }
}

async function finish(run: TaskRun, ended: PlanOutcome): Promise<TaskResult> {
  const { outcome, output, winner } = ended;
  const reason = ended.reason?.slice(0, MAX_REASON_CHARS);
  const change = winner?.change;
  run.winner = winner;
  const timedOut = outcome.success === false && reason !== undefined && /\btimed out\b/.test(reason);
  const recording = await conclude(run, timedOut ? 'timeout' : 'completed', outcome, reason);
  if (outcome.success !== null && run.searchAttributes.includes(searchAttributes.taskSuccess.name))
    upsertSearchAttributes([{ key: searchAttributes.taskSuccess, value: outcome.success }]);
  upsertMemo({ agents: run.agentsLines(), success: outcome.success ?? 'unknown' });
  run.enter('done');
  return fitResult({
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
    ...(change === undefined ? {} : { change: { ...change, ...run.applied } }),
    ...(run.approvals.given.length === 0 ? {} : { approvals: run.approvals.given }),
  });
}

/** Records how the task ended, however it did. */
async function conclude(
  run: TaskRun,
  ending: Ending,
  outcome: Outcome,
  reason: string | undefined,
): Promise<TaskResult['recording']> {
  if (run.learning === 'off') return 'off';
  run.enter('recording');
  return recordOnce(run.record(ending, outcome, reason));
}

/** A cancelled task neither succeeded nor failed; one that an error ended failed. */
const systemOutcome = (error: unknown): Outcome => ({
  success: isCancellation(error) ? null : false,
  source: 'system',
});

/** The failure to end the workflow with: the activity's own type where it has one. */
function noPlan(error: unknown): ApplicationFailure {
  const cause = error instanceof Error ? error.cause : undefined;
  const type = cause instanceof ApplicationFailure && cause.type != null ? cause.type : ErrorType.noPlan;
  return ApplicationFailure.create({ type, message: messageOf(error), nonRetryable: true });
}
