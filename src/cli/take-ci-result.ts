/** Brings a CI result to the task that it is about. */

import type { CiResult } from '../shared/ci-result.js';
import { NotFoundError } from '../shared/errors.js';
import type { Feedback } from '../shared/feedback.js';
import type { FeedbackResult } from '../task-feedback.js';

/** What was done with a result. */
export type CiTaken = { done: 'ignored'; reason: string } | ({ done: 'taken' } & FeedbackResult);

/**
 * Tries the tasks that the result may be about, the likeliest first.
 *
 * @param deliveryId of the event, where its sender gave one
 * @param give takes in the word on one task
 * @throws NotFoundError when the sender named a task outright that does not exist
 */
export async function takeCiResult(
  result: CiResult,
  deliveryId: string | undefined,
  give: (taskId: string, feedback: Feedback) => Promise<FeedbackResult>,
): Promise<CiTaken> {
  if (result.kind === 'ignored') return { done: 'ignored', reason: result.reason };
  const feedback: Feedback = {
    ...result.feedback,
    ...(deliveryId === undefined ? {} : { deliveryId: `${deliveryId}/${result.key}`.slice(0, 300) }),
  };
  for (const taskId of result.tasks) {
    try {
      return { done: 'taken', ...(await give(taskId, feedback)) };
    } catch (error) {
      if (!(error instanceof NotFoundError) || result.named) throw error;
    }
  }
  const names = result.tasks.map((id) => JSON.stringify(id)).join(', ');
  return { done: 'ignored', reason: `no task has the id ${names}` };
}
