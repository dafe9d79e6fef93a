/** Long work on the one thread, done in pieces. */
import { setImmediate as immediate } from 'node:timers/promises';

/** Milliseconds that others may wait for. */
const LONGEST_MS = 8;

/** Lets others go first when work has gone on for a while since they last could. */
export function breathing(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < LONGEST_MS) return;
    await immediate();
    since = performance.now();
  };
}
