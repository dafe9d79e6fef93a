/** Ctrl-C and SIGTERM: once to stop in order, twice to leave at once. */

/** Exit code of a command that was left by Ctrl-C. */
export const INTERRUPTED = 130;

/**
 * Calls back at the first signal; a second one ends the process at once.
 *
 * @returns takes the handlers off again
 */
export function onStopSignal(stop: () => void): () => void {
  let told = false;
  const handle = (): void => {
    if (told) process.exit(INTERRUPTED);
    told = true;
    stop();
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return () => void process.off('SIGINT', handle).off('SIGTERM', handle);
}
