/** A folder for work in progress, which is gone when the work is: also when the process is told to stop. */
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How often a removal at exit is tried again while something still writes to the folder. */
const TRIES_AT_EXIT = 50;
const PAUSE_MS = 10;

/** Made at once; removed by `remove`, or when this process exits before that. */
export class ScratchFolder {
  readonly path: string;
  private readonly removeAtExit = () => removeNow(this.path);

  /** @param prefix how its name begins; it lies in the system's folder for temporary files */
  constructor(prefix: string) {
    // Signals are handled between turns of the event loop: none comes after the folder is made and before it
    // is known here. With the asynchronous way of making it, one can.
    this.path = mkdtempSync(join(tmpdir(), prefix));
    process.once('exit', this.removeAtExit);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    // Not before: a removal that a signal cuts short is ended at exit.
    process.off('exit', this.removeAtExit);
  }
}

/**
 * Removes a folder that others may still write to: copying goes on beside this thread, and a child process
 * takes a moment to be gone after it is killed.
 */
function removeNow(path: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (tries === TRIES_AT_EXIT) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
