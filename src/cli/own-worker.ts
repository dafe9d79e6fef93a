/** A worker inside a command, for when nobody else polls the queue. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { Config } from '../config.js';
import type { Store } from '../store/store.js';

/** A waiting worker asks anew about once a minute: longer silence means that it is gone. */
const POLLED_LATELY_MS = 75_000;
/** Time in which a living worker takes the first step of a new workflow. */
const TAKEN_WITHIN_MS = 5_000;

export interface OwnWorkerOptions {
  config: Config;
  store: Store;
  /** Agent types to host. Default: all that are declared for Journeyman's own worker. */
  agents?: readonly string[];
}

/** A worker that a command may need, started at most once. */
export class OwnWorker {
  /** Rejects when the worker fails; else it never settles. */
  readonly failed: Promise<never>;
  private fail: (error: unknown) => void = () => {};
  private stopWorker: (() => Promise<void>) | null = null;
  private starting: Promise<void> | null = null;

  constructor(
    private readonly client: Client,
    private readonly options: OwnWorkerOptions,
  ) {
    this.failed = new Promise((_, reject) => (this.fail = reject));
    this.failed.catch(() => {});
  }

  /** Starts it unless a worker of somebody else's polled the queue lately. */
  async startIfNonePolls(): Promise<void> {
    if (!(await this.isPolled())) await this.start();
  }

  /**
   * Starts it when nobody takes a workflow's first step: the worker that polled lately may be gone.
   *
   * @param signal ends the wait
   * @param say told that it is started
   */
  async startIfNotTaken(workflowId: string, signal: AbortSignal, say: (text: string) => void): Promise<void> {
    if (this.starting !== null) return;
    try {
      await sleep(TAKEN_WITHIN_MS, undefined, { signal });
    } catch {
      return;
    }
    const handle = this.client.workflow.getHandle(workflowId);
    const workflow = await handle.describe().catch(() => null);
    // Started and scheduled: nothing has happened since.
    if (signal.aborted || workflow?.status.name !== 'RUNNING' || workflow.historyLength > 2) return;
    say(`No worker took it up within ${TAKEN_WITHIN_MS / 1_000} s: starting one here`);
    await this.start();
  }

  /** Lets what it runs finish and stops it. */
  async stop(): Promise<void> {
    await this.starting?.catch(() => {});
    await this.stopWorker?.();
  }

  private start(): Promise<void> {
    this.starting ??= this.run();
    return this.starting;
  }

  private async run(): Promise<void> {
    // Loaded when it is needed: no other command should wait for it.
    const [{ connectTemporalWorker }, { createWorker }, { installRuntime }] = await Promise.all([
      import('../worker-connection.js'),
      import('../worker.js'),
      import('./install-runtime.js'),
    ]);
    installRuntime();
    const { connection, namespace } = await connectTemporalWorker(this.options.config);
    const worker = await createWorker({ ...this.options, connection, namespace });
    const running = worker.run().catch((error: unknown) => this.fail(error));
    this.stopWorker = async () => {
      worker.shutdown();
      await running;
      await connection.close();
    };
  }

  private async isPolled(): Promise<boolean> {
    const { pollers } = await this.client.workflowService.describeTaskQueue({
      namespace: this.client.options.namespace,
      taskQueue: { name: this.options.config.temporal.taskQueue },
    });
    return (pollers ?? []).some(
      ({ lastAccessTime, identity }) =>
        lastAccessTime != null &&
        Date.now() - tsToMs(lastAccessTime) < POLLED_LATELY_MS &&
        !hasEnded(identity ?? ''),
    );
  }
}

/** Whether a worker, by its default identity `pid@host`, was a process of this machine that is gone. */
function hasEnded(identity: string): boolean {
  const [, pid, host] = /^(\d+)@(.+)$/.exec(identity) ?? [];
  if (pid === undefined || host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
