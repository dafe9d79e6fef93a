/** Ends the programs of agents when their worker dies without a chance to do so. */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * The guard's whole program: it reads `+<mark>`, `=<mark> <leader>` and `-<mark>` lines, and when the pipe from
 * the worker closes it kills what is still registered. A program of its own outlives the worker's SIGKILL.
 * It looks more than once: a process shows its mark only when it has become the agent's program.
 */
const guardProgram = `
const { readdirSync, readFileSync } = require('node:fs');
const runs = new Map();
let rest = '';
const kill = (pid) => { try { process.kill(pid, 'SIGKILL'); } catch {} };
const list = () => { try { return readdirSync('/proc').filter((name) => /^\\d+$/.test(name)); } catch { return []; } };
const marks = (pid) => { try { return readFileSync('/proc/' + pid + '/environ', 'latin1').split('\\0'); } catch { return []; } };
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const [mark, leader] = line.slice(1).split(' ');
    if (line[0] === '-') runs.delete(mark);
    else runs.set(mark, leader);
  }
}).on('end', () => {
  if (runs.size === 0) return;
  for (const leader of runs.values()) if (leader !== undefined) kill(-leader);
  let looks = 0;
  const look = () => {
    for (const pid of list()) if (marks(pid).some((mark) => runs.has(mark))) kill(Number(pid));
    looks += 1;
    if (looks < 10) setTimeout(look, 100);
  };
  look();
});
`;

let guard: ChildProcess | undefined;

/** A program that the guard knows of. */
export interface GuardedRun {
  /** Tells which process leads the program's group. */
  startedAs(leader: number): void;
  /** To be called when the program and all it started have ended. */
  ended(): void;
}

/**
 * Registers a program with the guard, which starts with the first one. To be called before the program is
 * started: a worker may be killed at any moment after that.
 *
 * @param mark `NAME=value` in the environment of all its processes
 */
export function guardRun(mark: string): GuardedRun {
  const current = guard ?? startGuard();
  current.stdin?.write(`+${mark}\n`);
  return {
    startedAs: (leader) => void current.stdin?.write(`=${mark} ${leader}\n`),
    ended: () => void current.stdin?.write(`-${mark}\n`),
  };
}

function startGuard(): ChildProcess {
  const started = spawn(process.execPath, ['-e', guardProgram], {
    // A terminal's Ctrl-C is for the worker, which then ends its agents itself.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  const forget = (): void => {
    if (guard === started) guard = undefined;
  };
  started.on('error', forget).on('exit', forget);
  // Writing to a guard that was killed fails; the next run starts another.
  started.stdin.on('error', forget);
  started.unref();
  (started.stdin as unknown as { unref: () => void }).unref();
  guard = started;
  return started;
}
