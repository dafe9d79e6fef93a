/** Ends a program together with everything it started. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;
/** Longest wait for the system to take away processes that were killed. */
const REAP_MS = 1_000;

/**
 * The processes of one run: the process group of its leader and, on Linux, every process whose environment
 * holds the run's mark. The mark finds those that left the group (daemons, `setsid`).
 */
export class ProcessTree {
  readonly #leader: number;
  readonly #mark: string;

  /**
   * @param leader id of a process that leads a group of its own
   * @param mark `NAME=value`, unique to the run, set in the leader's environment
   */
  constructor(leader: number, mark: string) {
    this.#leader = leader;
    this.#mark = mark;
  }

  /**
   * Ends all processes: politely at first, by force after the grace time. Returns when none is left.
   *
   * @param graceMs milliseconds between SIGTERM and SIGKILL
   */
  async end(graceMs: number): Promise<void> {
    if (await this.#signalled('SIGTERM', graceMs)) return;
    const until = performance.now() + REAP_MS;
    // Again and again: a process may have been forked while its parent was being killed.
    while (performance.now() < until && !(await this.#signalled('SIGKILL', POLL_MS))) continue;
  }

  /** Signals all and waits for them to go; whether they are gone. */
  async #signalled(signal: 'SIGTERM' | 'SIGKILL', waitMs: number): Promise<boolean> {
    let alive = await this.#alive();
    for (const target of alive) send(target, signal);
    for (const until = performance.now() + waitMs; alive.length > 0 && performance.now() < until; ) {
      await sleep(POLL_MS);
      alive = await this.#alive();
    }
    return alive.length === 0;
  }

  /** What to signal: ids of processes, or the negative id of the group. */
  async #alive(): Promise<number[]> {
    const entries = await readdir('/proc').catch(() => []);
    if (entries.length === 0) return send(-this.#leader, 0) ? [-this.#leader] : [];
    const found = await Promise.all(
      entries
        .filter((name) => /^\d+$/.test(name))
        .map(async (name) => ((await this.#owns(name)) ? Number(name) : 0)),
    );
    return found.filter((pid) => pid > 0);
  }

  async #owns(pid: string): Promise<boolean> {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold anything, so fields are counted from its end: state, parent, group.
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return false;
      if (Number(group) === this.#leader) return true;
      return (await readFile(`/proc/${pid}/environ`, 'latin1')).split('\0').includes(this.#mark);
    } catch {
      // Gone meanwhile, or another user's: neither can be ours to end.
      return false;
    }
  }
}

function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    // It ended before the signal came.
    return false;
  }
}
