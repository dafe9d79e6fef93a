/** Lets a program decide whether the work was done. */
import { AgentFailure } from './agent-failure.js';
import type { KindRun } from './agent-kind.js';
import { runProcess } from './run-process.js';

/** Characters of a failed check's output that are kept: its end says most. */
const TAIL_CHARS = 4_000;

export type Verdict = { success: true } | { success: false | null; reason: string; error: string };

/** How a verifier is stopped, and who hears of its output. */
export type VerifyRun = Pick<KindRun, 'signal' | 'graceMs' | 'onBytes'>;

/**
 * Runs a verify command: exit code 0 is success, all else is failure with a reason of one line and an error
 * that holds the end of its output. One that cannot be started says nothing of the work: null.
 */
export async function verifyWork(check: {
  command: readonly string[];
  cwd: string;
  env: Record<string, string>;
  run: VerifyRun;
}): Promise<Verdict> {
  const name = `verify command ${JSON.stringify(check.command.join(' ').slice(0, 120))}`;
  try {
    const end = await runProcess({
      command: check.command,
      cwd: check.cwd,
      env: check.env,
      stdin: '',
      signal: check.run.signal,
      graceMs: check.run.graceMs,
      onOutput: check.run.onBytes,
    });
    if (end.stopped === null && end.exitCode === 0) return { success: true };
    const why: unknown = check.run.signal.reason;
    const how =
      end.stopped === 'output-limit'
        ? 'printed too much'
        : end.stopped === 'aborted'
          ? `was stopped: ${why instanceof Error ? why.message : 'cancelled'}`
          : end.signal === null
            ? `exited with code ${end.exitCode}`
            : `was killed by ${end.signal}`;
    const reason = `${name} ${how}`;
    const tail = `${end.stdout.text()}\n${end.stderr.text()}`.trim().slice(-TAIL_CHARS);
    return { success: false, reason, error: tail === '' ? reason : `${reason}\n${tail}` };
  } catch (error) {
    if (!(error instanceof AgentFailure)) throw error;
    const reason = `${name}: ${error.message}`;
    return { success: null, reason, error: reason };
  }
}
