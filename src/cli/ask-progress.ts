/** Where a task stands, asked with patience for no more than a few seconds. */
import { type Client, type Connection, ServiceError } from '@temporalio/client';
import type { TaskProgress } from '../shared/task.js';
import type { TaskHandle } from '../task-handle.js';

/** Milliseconds in which a worker answers; where none runs, nobody does. */
const ANSWER_MS = 5_000;

/**
 * Asks a task's worker.
 *
 * @returns null when the task is known and no worker answers
 * @throws NotFoundError when the task is not known
 */
export async function askProgress(
  temporal: Client & { connection: Connection },
  task: Pick<TaskHandle, 'progress'>,
): Promise<TaskProgress | null> {
  try {
    return await temporal.withDeadline(Date.now() + ANSWER_MS, () => task.progress());
  } catch (error) {
    if (error instanceof ServiceError) return null;
    throw error;
  }
}
