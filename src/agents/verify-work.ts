/** Lets a program decide whether the work was done. */
import { MAX_REASON_CHARS } from '../shared/sizes.js';
import { AgentFailure } from './agent-failure.js';
import type { KindRun } from './agent-kind.js';
import { clip } from './clip.js';
import { runProcess } from './run-process.js';

/** Characters of a failed check's output that are kept: its end says most. */
const TAIL_CHARS = 4_000;

export type Verdict = { success: true } | { success: false | null; reason: string; error: string };

/** How a verifier is stopped, and who hears of its output. */
export type VerifyRun = Pick<KindRun, 'signal' | 'graceMs' | 'onBytes'>;

/**
 * Runs a verify command: exit code 0 is success, all else is failure with a reason of one line and an error
 * that holds the end of its output. One that cannot be started, or that was cut short, says nothing of the work:
 * null.
 */
export async function verifyWork(check: {
  command: readonly string[];
  cwd: string;
  env: Record<string, string>;
  run: VerifyRun;
}): Promise<Verdict> {
  const name = `verify command ${JSON.stringify(check.command.join(' ').slice(0, 120))}`;
  const { signal } = check.run;
  const cutShort = (): string => {
    const why: unknown = signal.reason;
    return clip(`${name} was stopped: ${why instanceof Error ? why.message : 'cancelled'}`, MAX_REASON_CHARS);
  };
  try {
    // What is over before it begins need not begin.
    signal.throwIfAborted();
    const end = await runProcess({
      command: check.command,
      cwd: check.cwd,
      env: check.env,
      stdin: '',
      signal,
      graceMs: check.run.graceMs,
      onOutput: check.run.onBytes,
    });
    if (end.stopped === null && end.exitCode === 0) return { success: true };
    const tail = `${end.stdout.text()}\n${end.stderr.text()}`.trim().slice(-TAIL_CHARS);
    const told = (reason: string) => ({ reason, error: tail === '' ? reason : `${reason}\n${tail}` });
    if (end.stopped === 'aborted') return { success: null, ...told(cutShort()) };
    const how =
      end.stopped === 'output-limit'
        ? 'printed too much'
        : end.signal === null
          ? `exited with code ${end.exitCode}`
          : `was killed by ${end.signal}`;
    return { success: false, ...told(`${name} ${how}`) };
  } catch (error) {
    if (!signal.aborted && !(error instanceof AgentFailure)) throw error;
    const reason = signal.aborted
      ? cutShort()
      : clip(`${name}: ${(error as Error).message}`, MAX_REASON_CHARS);
    return { success: null, reason, error: reason };
  }
}
