/** Further workflows of the sample platform: what may happen within and around `withLearning`. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  executeChild,
  proxyActivities,
  proxyLocalActivities,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { type LearningOptions, type LearningScope, withLearning } from 'journeyman/workflow';
import type * as activities from './activities.js';

const activityOptions = { startToCloseTimeout: '1 minute', retry: { maximumAttempts: 1 } } as const;
const { writeNotes, runChecks, publish } = proxyActivities<typeof activities>({
  ...activityOptions,
  heartbeatTimeout: '2 seconds',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
});
const local = proxyLocalActivities<typeof activities>(activityOptions);

const about = (description: string, more: Partial<LearningOptions> = {}): LearningOptions => ({
  tenant: 'acme',
  description,
  ...more,
});

const seen = (learning: LearningScope) => ({
  executionId: learning.executionId,
  category: learning.analysis?.category ?? null,
  plan: learning.choice?.plan.key ?? null,
  lessons: learning.lessons.map(({ id }) => id),
  missing: learning.missing,
});

/** Tells what the steps are given. */
export const looks = (more?: Partial<LearningOptions>) =>
  withLearning(about('Document the parser', more), async (learning) => seen(learning));

/** Reports in several calls, and the work of agents of its own. */
export const reports = () =>
  withLearning(about('Document the parser', { agentType: 'writer' }), async (learning) => {
    learning.report({ iterations: 2, cost: 0.25, tokens: { input: 10, output: 1 }, errors: ['no outline'] });
    learning.attempt('drafter', { success: true, cost: 0.5, iterations: 3 }, 1_500);
    await writeNotes({ name: 'a', hints: '' });
    learning.report({
      success: false,
      output: 'half of it',
      cost: 0.25,
      tokens: { input: 5, output: 2 },
      actions: [{ type: 'review', input: { depth: 'full' } }],
      applied: ['lesson-1'],
      discoveries: [
        { title: 'Outline first', content: 'An outline helps', type: 'TECHNIQUE', priority: 'LOW', tags: [] },
      ],
    });
    learning.report({ iterations: -1 });
  });

/** One after another, nested, and at once. */
export async function several() {
  const first = await withLearning(about('Document one'), async (outer) => {
    await publish({ name: 'outer' });
    const inner = await withLearning(about('Document within'), async (learning) => {
      await publish({ name: 'inner' });
      return seen(learning).executionId;
    });
    return [outer.executionId, inner];
  });
  const named = about('Document it', { taskId: 'named' });
  const rest = await Promise.all(
    [about('Document two'), named, named].map((options) =>
      withLearning(options, async (learning) => {
        await publish({ name: options.taskId ?? 'two' });
        return learning.executionId;
      }),
    ),
  );
  await publish({ name: 'outside' });
  return [...first, ...rest];
}

/** Activities that fail, local ones, children, a step cut off, and one that nobody waits for. */
export const acts = () =>
  withLearning(about('Document with a child'), async () => {
    await runChecks({ suite: 'broken' }).catch(() => {});
    await local.publish({ name: 'local' });
    await executeChild(child, { args: ['well'] });
    await executeChild(child, { args: ['badly'] }).catch(() => {});
    await CancellationScope.withTimeout(300, () => runChecks({ suite: 'slow' })).catch(() => {});
    void runChecks({ suite: 'slow' }).catch(() => {});
    await writeNotes({ name: 'y'.repeat(5_000), hints: 'short' });
    return { at: new Date(0), none: undefined };
  });

export async function child(how: string): Promise<string> {
  if (how === 'badly') throw ApplicationFailure.nonRetryable('the child failed', 'Badly');
  return how;
}

export type Trouble = 'activity' | 'own' | 'cut off' | 'slow' | 'waits';

/** Ends otherwise than well. */
export const ends = (how: Trouble) =>
  withLearning(about('Document in vain'), async () => {
    if (how === 'activity') await runChecks({ suite: 'broken' });
    if (how === 'own') throw ApplicationFailure.nonRetryable('no more paper', 'Paper', { sheets: 0 });
    if (how === 'cut off') await CancellationScope.withTimeout(100, () => condition(() => false));
    if (how === 'slow') await runChecks({ suite: 'slow' });
    await condition(() => false);
  });

/** The same without us, to compare. */
export async function endsBare(how: Trouble): Promise<void> {
  if (how === 'activity') await runChecks({ suite: 'broken' });
  if (how === 'own') throw ApplicationFailure.nonRetryable('no more paper', 'Paper', { sheets: 0 });
  if (how === 'cut off') await CancellationScope.withTimeout(100, () => condition(() => false));
  if (how === 'slow') await runChecks({ suite: 'slow' });
  await condition(() => false);
}

/** Has a mistake in its code until the moment that its memo names, when it is mended. */
export const mended = () =>
  withLearning(about('Document with a mistake'), async () => {
    await sleep(10);
    await publish({ name: 'before' });
    if (isMistaken()) throw new TypeError('oops');
    return 'mended';
  });
const isMistaken = (): boolean =>
  workflowInfo().unsafe.now() < Number(workflowInfo().memo?.['mendedAt'] ?? 0);

/** Declares that errors of a plain class end it. */
setWorkflowOptions({ failureExceptionTypes: [RangeError] }, declares);
export async function declares(): Promise<void> {
  await withLearning(about('Document too much'), async () => {
    throw new RangeError('beyond the last page');
  });
}

/** Goes on as a new run from within its steps, once. */
export const goesOn = (round: number): Promise<string> =>
  withLearning(about('Document for long'), async () => {
    await publish({ name: `round ${round}` });
    if (round === 1) await continueAsNew<typeof goesOn>(2);
    return `round ${round}`;
  });

/** Is told news while it waits for them. */
export const hears = () =>
  withLearning(about('Document the news'), async (learning) => {
    await condition(() => learning.news().length > 0);
    return learning.news().map(({ title }) => title);
  });
