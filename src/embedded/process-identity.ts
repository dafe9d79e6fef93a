import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { runProgram } from './run-program.js';

/** A process and when it started: a bare pid may by now be another process. */
export interface ProcessIdentity {
  pid: number;
  /** The start time in the system's own terms; only ever compared for equality. Null when it has ended. */
  started: string | null;
}

export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  return { pid, started: platform() === 'linux' ? startedOnLinux(pid) : await startedByPs(pid) };
}

/** Whether the very process that was identified still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.started === null) return false;
  return (await identifyProcess(identity.pid)).started === identity.started;
}

/** Sends a signal to a process, which may have ended in the meantime. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The process's command line, or null when it cannot be read. */
export function commandOnLinux(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || null;
  } catch {
    return null;
  }
}

function startedOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; the fields after it are plain. The first is the state,
    // and a zombie has ended for all but its parent. The twentieth is the start time since boot.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

async function startedByPs(pid: number): Promise<string | null> {
  try {
    const output = await runProgram('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: process.env,
      timeout: 5_000,
    });
    return output.trim() || null;
  } catch {
    return null;
  }
}
