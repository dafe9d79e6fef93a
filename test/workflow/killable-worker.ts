/** Starts a worker in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config.js';

export interface WorkerProcessSettings {
  config: Config;
  mongoUri: string;
  database: string;
  temporalAddress: string;
}

export interface KillableWorker {
  readonly pid: number;
  /** SIGKILL: no code of the worker runs after it. */
  kill(): void;
  /** Resolves with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
}

/** Resolves when the worker polls. */
export async function killableWorker(settings: WorkerProcessSettings): Promise<KillableWorker> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./worker-process.ts', import.meta.url))],
    {
      env: { ...process.env, WORKER_SETTINGS: JSON.stringify(settings) },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const ended = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null);
  const ready = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!ready || child.pid === undefined) throw new Error('the worker process ended before it was ready');
  return { pid: child.pid, kill: () => void child.kill('SIGKILL'), ended };
}
