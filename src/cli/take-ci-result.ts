/** Brings a CI result to the task that it is about. */
import { createHash } from 'node:crypto';
import type { CiResult } from '../shared/ci-result.js';
import { NotFoundError } from '../shared/errors.js';
import type { Feedback } from '../shared/feedback.js';
import type { FeedbackResult } from '../task-feedback.js';

/** What was done with a result. */
export type CiTaken = { done: 'ignored'; reason: string } | ({ done: 'taken' } & FeedbackResult);

/**
 * Tries the tasks that the result may be about, the likeliest first.
 *
 * @param give takes in the word on one task
 * @throws NotFoundError when the sender named a task outright that does not exist
 */
export async function takeCiResult(
  result: CiResult,
  give: (taskId: string, feedback: Feedback) => Promise<FeedbackResult>,
): Promise<CiTaken> {
  if (result.kind === 'ignored') return { done: 'ignored', reason: result.reason };
  for (const taskId of result.tasks) {
    try {
      const deliveryId = deliveryIdOf(taskId, result.key);
      return { done: 'taken', ...(await give(taskId, { ...result.feedback, deliveryId })) };
    } catch (error) {
      if (!(error instanceof NotFoundError) || result.named) throw error;
    }
  }
  const names = result.tasks.map((id) => JSON.stringify(id)).join(', ');
  return { done: 'ignored', reason: `no task has the id ${names}` };
}

const deliveryIdOf = (taskId: string, key: string): string =>
  `ci/${createHash('sha256')
    .update(JSON.stringify([taskId, key]))
    .digest('hex')}`;
