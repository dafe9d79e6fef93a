/** Follows a task until it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TaskFailedError, type TaskHandle } from '../task-handle.js';
import { openLiveView } from './live-view.js';
import type { OwnWorker } from './own-worker.js';
import { progressLines } from './task-progress.js';
import type { FinishedTask } from './task-result.js';

const POLL_MS = 250;

/**
 * Shows a task's progress until it ends.
 *
 * @param interrupt asks the task to end; its end is still awaited
 * @throws Error when the worker of this process fails
 */
export async function watchTask(
  handle: TaskHandle,
  worker: OwnWorker,
  interrupt: AbortSignal,
): Promise<FinishedTask> {
  const view = openLiveView();
  const ended = new AbortController();
  const began = performance.now();
  const cancel = (): void => {
    view.say('Cancelling the task and waiting for its end; Ctrl-C again leaves at once');
    handle.cancel().catch((error: Error) => view.say(`The task could not be cancelled: ${error.message}`));
  };
  if (interrupt.aborted) cancel();
  interrupt.addEventListener('abort', cancel, { once: true });
  let shown = false;
  const show = async (): Promise<void> => {
    // A query needs a worker to answer; one that is slow or away only leaves the view as it was.
    const progress = await handle.progress().catch(() => null);
    if (progress === null) return;
    const { block, news } = progressLines(progress, (performance.now() - began) / 1_000, handle.taskId);
    view.show(block, news);
    shown = progress.plan !== null;
  };
  const poll = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await show();
      await sleep(POLL_MS, undefined, { signal: ended.signal }).catch(() => {});
    }
  };
  const polling = poll();
  const rescue = worker.startIfNotTaken(handle.workflowId, ended.signal, view.say);
  try {
    const finished = handle.result().then(
      (result): FinishedTask => ({ result }),
      (error: unknown): FinishedTask => {
        if (error instanceof TaskFailedError) return { error };
        throw error;
      },
    );
    // A rescue that fails leaves nobody to run the task; one that ends well leaves the wait as it is.
    const rescued = rescue.then(() => finished);
    return await Promise.race([finished, rescued, worker.failed]);
  } finally {
    ended.abort();
    interrupt.removeEventListener('abort', cancel);
    await Promise.allSettled([polling, rescue]);
    // A task may be over before it was first asked.
    if (!shown) await show();
    view.close();
  }
}
