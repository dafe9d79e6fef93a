/** The processes of the subscribers: killed and started again at random, and how long each was down. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Uniform } from '../../src/evidence/random.js';
import { sharedClock } from './delivery-log.js';
import type { SubscriberJob } from './subscriber-job.js';

/** From a process's kill until its successor listens, on the shared clock. */
export interface Down {
  from: number;
  until: number;
}

export interface SubscriberProcess {
  readonly job: SubscriberJob;
  readonly downs: readonly Down[];
}

const START_DEADLINE_MS = 60_000;

class Running implements SubscriberProcess {
  readonly downs: Down[] = [];
  private child: ChildProcess | null = null;

  constructor(
    private readonly program: string,
    readonly job: SubscriberJob,
  ) {}

  /** @throws Error when it ends instead of listening */
  async start(): Promise<void> {
    const child = fork(this.program, [JSON.stringify(this.job)], { execArgv: [] });
    this.child = child;
    const late = AbortSignal.timeout(START_DEADLINE_MS);
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`a process of subscribers ended with ${String(code)}`);
    });
    ended.catch(() => {});
    await Promise.race([once(child, 'message', { signal: late }), ended]);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    this.child = null;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Kills it and starts it again. */
  async restart(): Promise<void> {
    const from = sharedClock();
    await this.kill();
    await this.start();
    this.downs.push({ from, until: sharedClock() });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    this.child = null;
    const gone = once(child, 'exit');
    child.send('stop');
    await gone;
  }
}

/**
 * Starts the processes, does the work, and stops them.
 *
 * @param program that is run for each job
 * @param killEveryMs milliseconds from one kill to the next at the mean, while the work lasts; null: none
 * @param work is told when to call off the kills
 */
export async function withSubscribers(
  program: string,
  jobs: readonly SubscriberJob[],
  killEveryMs: number | null,
  uniform: Uniform,
  work: (calm: () => Promise<void>) => Promise<void>,
): Promise<readonly SubscriberProcess[]> {
  const all = jobs.map((job) => new Running(program, job));
  const calm = new AbortController();
  let killing: Promise<void> = Promise.resolve();
  try {
    await Promise.all(all.map((each) => each.start()));
    if (killEveryMs !== null) killing = killSome(all, killEveryMs, uniform, calm.signal);
    killing.catch(() => {});
    await work(async () => {
      calm.abort();
      await killing;
    });
    await Promise.all(all.map((each) => each.stop()));
    return all;
  } finally {
    calm.abort();
    await killing.catch(() => {});
    await Promise.all(all.map((each) => each.kill()));
  }
}

async function killSome(
  all: readonly Running[],
  everyMs: number,
  uniform: Uniform,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleep(2 * everyMs * uniform(), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    await all[Math.floor(uniform() * all.length)]?.restart();
  }
}
