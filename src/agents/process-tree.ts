/** Ends a program together with everything it started. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf } from './process-stat.js';

const POLL_MS = 25;
/** Longest wait for the system to take away processes that were killed. */
const REAP_MS = 1_000;
/** How often a running program's descendants are noted. Each look reads a few small files for each of them. */
const NOTE_EVERY_MS = 500;

/**
 * The processes of one run: the process group of its leader and, on Linux, every process whose environment
 * holds the run's mark, or that was seen as a descendant. The mark finds those that left the group (daemons,
 * `setsid`), the notes those that also emptied their environment.
 */
export class ProcessTree {
  readonly #leader: number;
  readonly #mark: string;
  /** Descendants, with when they started: their id alone may by now be another's. */
  readonly #noted = new Map<number, string>();
  #watching: NodeJS.Timeout | undefined;
  #noting = false;

  /**
   * @param leader id of a process that leads a group of its own
   * @param mark `NAME=value`, unique to the run, set in the leader's environment
   */
  constructor(leader: number, mark: string) {
    this.#leader = leader;
    this.#mark = mark;
  }

  /** Notes descendants from now on, until the processes are ended. */
  watch(): void {
    this.#watching = setInterval(() => {
      if (this.#noting) return;
      this.#noting = true;
      void this.#note().finally(() => {
        this.#noting = false;
      });
    }, NOTE_EVERY_MS).unref();
  }

  /**
   * Ends all processes: politely at first, by force after the grace time. Returns when none is left.
   *
   * @param graceMs milliseconds between SIGTERM and SIGKILL
   */
  async end(graceMs: number): Promise<void> {
    clearInterval(this.#watching);
    await this.#note();
    await endAll(() => this.#alive(), graceMs);
  }

  /** Follows the children of those that are known: one that was noted stays so when its parent goes. */
  async #note(): Promise<void> {
    const known = [this.#leader, ...this.#noted.keys()];
    for (const pid of known) {
      const noted = this.#noted.get(pid);
      if (noted !== undefined && (await startOf(pid)) !== noted) {
        this.#noted.delete(pid);
        continue;
      }
      for (const child of await childrenOf(pid)) {
        if (this.#noted.has(child)) continue;
        const started = await startOf(child);
        if (started === null) continue;
        this.#noted.set(child, started);
        known.push(child);
      }
    }
  }

  /** What to signal: ids of processes, or the negative id of the group. */
  async #alive(): Promise<number[]> {
    const pids = await listPids();
    if (pids.length === 0) return send(-this.#leader, 0) ? [-this.#leader] : [];
    return chosen(pids, (pid) => this.#owns(pid));
  }

  async #owns(pid: number): Promise<boolean> {
    const found = await statOf(pid);
    if (found === null) return false;
    if (found.group === this.#leader || this.#noted.get(pid) === found.started) return true;
    try {
      return (await readFile(`/proc/${pid}/environ`, 'latin1')).split('\0').includes(this.#mark);
    } catch {
      // Gone meanwhile, or another user's: neither can be ours to end.
      return false;
    }
  }
}

/**
 * Ends all processes that work in a folder, or below it: what an agent left behind in a folder of its own. Only
 * on Linux; elsewhere nothing happens.
 *
 * @param graceMs milliseconds between SIGTERM and SIGKILL
 */
export async function endProcessesIn(folder: string, graceMs: number): Promise<void> {
  const worksThere = async (pid: number): Promise<boolean> => {
    if (pid === process.pid) return false;
    // A folder that is gone has a remark behind its name.
    const at = (await readlink(`/proc/${pid}/cwd`).catch(() => '')).replace(/ \(deleted\)$/, '');
    return (at === folder || at.startsWith(`${folder}/`)) && (await statOf(pid)) !== null;
  };
  await endAll(async () => chosen(await listPids(), worksThere), graceMs);
}

/** Politely at first, by force after the grace time. */
async function endAll(alive: () => Promise<number[]>, graceMs: number): Promise<void> {
  if (await signalled(alive, 'SIGTERM', graceMs)) return;
  const until = performance.now() + REAP_MS;
  // Again and again: a process may have been forked while its parent was being killed.
  while (performance.now() < until && !(await signalled(alive, 'SIGKILL', POLL_MS))) continue;
}

/** Signals all and waits for them to go; whether they are gone. */
async function signalled(
  alive: () => Promise<number[]>,
  signal: 'SIGTERM' | 'SIGKILL',
  waitMs: number,
): Promise<boolean> {
  let left = await alive();
  for (const target of left) send(target, signal);
  for (const until = performance.now() + waitMs; left.length > 0 && performance.now() < until; ) {
    await sleep(POLL_MS);
    left = await alive();
  }
  return left.length === 0;
}

const startOf = async (pid: number): Promise<string | null> => (await statOf(pid))?.started ?? null;

const listPids = async (): Promise<number[]> =>
  (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);

async function chosen(pids: readonly number[], owns: (pid: number) => Promise<boolean>): Promise<number[]> {
  const found = await Promise.all(pids.map(async (pid) => ((await owns(pid)) ? pid : 0)));
  return found.filter((pid) => pid > 0);
}

/** A process's children are listed with those of its threads that started them. */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    // It ended before the signal came.
    return false;
  }
}
