import { patched } from '@temporalio/workflow';

/**
 * Waits for calls that run at once. When the task is cancelled, each of them tells what it has done before it
 * ends, and the task does not end before them.
 *
 * @throws whatever the first that failed did
 */
export async function allEnded<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  try {
    return await Promise.all(calls);
  } catch (error) {
    if (patched('journeyman: all agents end')) await Promise.allSettled(calls);
    throw error;
  }
}
