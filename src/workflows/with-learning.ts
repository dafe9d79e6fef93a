/** `withLearning`: analyse, look up and record around the steps of any workflow. Workflow code only. */
import { CancellationScope, isCancellation, log, proxyLocalActivities } from '@temporalio/workflow';
import type { CoreActivities, PreparedTask } from '../shared/activities.js';
import type { ExecutionRecord } from '../shared/task.js';
import { notedIn, unnoted } from './active-steps.js';
import { messageOf } from './failure-message.js';
import { takeIdentity } from './learning-identity.js';
import { LearningRun } from './learning-run.js';
import type { LearningOptions, LearningScope } from './learning-scope.js';
import { deferRecord, recordOnce } from './record-once.js';
import { endsWorkflow, isLacking } from './sdk-facts.js';

/** What the plugin's `prepareTask` answers. */
export interface PreparedByPlugin extends PreparedTask {
  /** Task queue of Journeyman's own worker. */
  recorderQueue: string;
}

type PluginActivities = Omit<CoreActivities, 'prepareTask'> & {
  prepareTask(...args: Parameters<CoreActivities['prepareTask']>): Promise<PreparedByPlugin>;
};

/** Where nobody said otherwise. */
const DEFAULT_RECORDER_QUEUE = 'journeyman';

// The platform's own steps wait for it, and they can go without: one short try.
const { prepareTask } = proxyLocalActivities<PluginActivities>({
  scheduleToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
});

/**
 * Runs steps of a workflow with what earlier runs taught, and records how they went, once. Around the steps it
 * issues one local activity before and one after; both must be on the workflow's worker (`JourneymanPlugin`
 * adds them).
 *
 * ```ts
 * import { withLearning } from 'journeyman/workflow';
 *
 * export async function publishRelease(release: Release): Promise<Published> {
 *   return withLearning({ tenant: 'acme', description: `Publish ${release.name}` }, async (learning) => {
 *     const notes = await writeNotes(release, learning.lessonsText());
 *     return publish(release, notes);
 *   });
 * }
 * ```
 *
 * Activities and children called within the steps are recorded as actions by themselves, those of nested calls
 * with the inner one. Of arguments, an object tells most: its short fields name the kind of action.
 *
 * Steps that return have succeeded, unless they report otherwise; steps that throw have failed, or were
 * cancelled with their workflow. The workflow's result, error and cancellation stay what they were, and no
 * trouble of Journeyman's ends it: without a store or an activity, the steps run without lessons (`missing`
 * says so) and the record is left with a detached workflow that brings it later. That costs at most about two
 * seconds before the steps and four after them.
 *
 * Nothing is recorded when the steps continue as new, for the task goes on: let them end first. Nor is an
 * error that fails only the workflow's task, such as a TypeError, since Temporal runs the code again.
 *
 * Adding, moving or removing it changes a workflow's history: where executions are running, do so under
 * `patched()`, and after every worker of the queue has the plugin.
 *
 * @returns what the steps return
 * @throws whatever the steps throw, unchanged
 * @throws ApplicationFailure (InvalidInput), not retryable, when tenant or task id do not fit; before the steps
 */
export async function withLearning<T>(
  options: LearningOptions,
  steps: (learning: LearningScope) => Promise<T>,
): Promise<T> {
  const identity = takeIdentity(options.tenant, options.taskId);
  const learning = new LearningRun(options, identity);
  const question = String(identity.ordinal);
  const looked = await unnoted(() => lookUp(learning, options, identity.taskId, question));
  const conclude = (record: ExecutionRecord): Promise<void> =>
    unnoted(() => write(record, question, options.recorderQueue ?? looked?.recorderQueue));
  learning.begin();
  let result: T;
  try {
    result = await notedIn(learning.steps, async () => steps(learning));
  } catch (error) {
    if (endsWorkflow(error)) {
      // A scope within the steps that was cancelled, by a timeout for example, is an error like others.
      const cancelled = isCancellation(error) && CancellationScope.current().consideredCancelled;
      await conclude(learning.threw(cancelled ? 'cancelled' : 'failed', reasonOf(error, cancelled)));
    }
    throw error;
  }
  await conclude(learning.completed(result));
  return result;
}

/** Analyses and looks up. A cancelled workflow has its steps run too, as it would without us. */
async function lookUp(
  learning: LearningRun,
  { tenant, description, context = {}, agents, learning: mode }: LearningOptions,
  taskId: string,
  question: string,
): Promise<PreparedByPlugin | null> {
  if (isLacking('prepareTask', question)) return null;
  const input = {
    tenant,
    taskId,
    description,
    context,
    ...(agents === undefined ? {} : { agents }),
    ...(mode === undefined ? {} : { learning: mode }),
  };
  try {
    const task = await CancellationScope.nonCancellable(() => prepareTask(input, learning.executionId));
    learning.prepared(task);
    return task;
  } catch (error) {
    log.warn('Nothing could be looked up; the steps run without', { error: messageOf(error) });
    return null;
  }
}

/** Records; never throws. */
async function write(
  record: ExecutionRecord,
  question: string,
  queue = DEFAULT_RECORDER_QUEUE,
): Promise<void> {
  if (record.learning === 'off') return;
  try {
    if (isLacking('recordExecution', question))
      await CancellationScope.nonCancellable(() => deferRecord(record, queue));
    else await recordOnce(record, queue);
  } catch (error) {
    log.error('The record is lost: no recorder workflow could be started', { error: messageOf(error) });
  }
}

/** A cancelled scope's error says no more than that; the message of any other is its cause's. */
const reasonOf = (error: unknown, cancelled: boolean): string =>
  !cancelled && isCancellation(error) ? 'its steps were cancelled from within' : messageOf(error);
