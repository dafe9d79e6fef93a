/** Which process made a folder or a lock, so that what it left can be told from what it still uses. */
import { execFile } from 'node:child_process';
import { hostname, platform } from 'node:os';
import { promisify } from 'node:util';
import { statOf } from '../process-stat.js';

/** A process and when it started: a bare pid may by now be another process. */
export interface ProcessIdentity {
  host: string;
  pid: number;
  /** In the system's own terms; only ever compared. */
  started: string;
}

const run = promisify(execFile);

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return { host: hostname(), pid: process.pid, started: (await startOf(process.pid)) ?? '' };
}

/** Whether the very process still runs; one of another machine is taken to. */
export async function isRunning({ host, pid, started }: ProcessIdentity): Promise<boolean> {
  return host !== hostname() || (await startOf(pid)) === started;
}

/** When a process started; null when there is none of that pid, or it has ended. */
async function startOf(pid: number): Promise<string | null> {
  if (platform() === 'linux') return (await statOf(pid))?.started ?? null;
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { timeout: 5_000 });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
