/** Spreads what a workflow starts over several of its tasks, each of which one message answers. Workflow code only. */
import { patched, sleep, workflowInfo } from '@temporalio/workflow';
import { MAX_HISTORY_BYTES, MAX_STARTED_BYTES } from '../shared/sizes.js';

/**
 * Counts what was started since it last waited for a new task of the workflow. When that is, only the calls
 * themselves tell, so that a replay comes to the same.
 */
export class StartGate {
  private started = 0;
  private waiting: Promise<void> | undefined;

  /** Notes bytes that go along with what is started next. */
  note(bytes: number): void {
    this.started += bytes;
  }

  /**
   * Makes room for a command.
   *
   * @param bytes of all that it brings into the history at once
   * @returns what to wait for first; undefined when there is room. (To wait for nothing would let others ahead.)
   * @throws Error when the history has no room for further calls
   */
  room(bytes: number): Promise<void> | undefined {
    checkHistory();
    const fits = this.waiting === undefined && this.started + bytes <= MAX_STARTED_BYTES;
    if (fits || !patched('journeyman: starts in turn')) {
      this.started += bytes;
      return undefined;
    }
    const before = this.waiting ?? Promise.resolve();
    const turn = before
      // A call that was cancelled while it waited leaves its turn to the next.
      .catch(() => {})
      .then(async () => {
        if (this.started + bytes > MAX_STARTED_BYTES) {
          await sleep(1, { summary: 'Calls too large for one message go out in several' });
          this.started = 0;
        }
        checkHistory();
        this.started += bytes;
      });
    this.waiting = turn;
    const over = (): void => {
      if (this.waiting === turn) this.waiting = undefined;
    };
    turn.then(over, over);
    return turn;
  }
}

function checkHistory(): void {
  const { historySize } = workflowInfo();
  if (historySize > MAX_HISTORY_BYTES && patched('journeyman: histories have an end'))
    throw new Error(
      `the task's history holds ${historySize} bytes, so that no further agent is called (at most ${MAX_HISTORY_BYTES})`,
    );
}
