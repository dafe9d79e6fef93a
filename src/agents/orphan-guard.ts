/** Ends the programs of agents when their worker dies without a chance to do so. */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * The guard's whole program: it reads `+<leader> <mark>` and `-<leader>` lines, and when the pipe from the
 * worker closes it kills what is still registered. A program of its own outlives the worker's SIGKILL.
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
    const [leader, mark] = line.slice(1).split(' ');
    if (line[0] === '+') runs.set(leader, mark);
    else runs.delete(leader);
  }
}).on('end', () => {
  if (runs.size === 0) return;
  const wanted = new Set(runs.values());
  for (const leader of runs.keys()) kill(-leader);
  for (const pid of list()) if (marks(pid).some((mark) => wanted.has(mark))) kill(Number(pid));
});
`;

let guard: ChildProcess | undefined;

/**
 * Registers a running program with the guard, which starts with the first one.
 *
 * @param leader id of the process that leads the program's group
 * @param mark `NAME=value` in the environment of all its processes
 * @returns to be called when the program and all it started have ended
 */
export function guardRun(leader: number, mark: string): () => void {
  const current = guard ?? startGuard();
  current.stdin?.write(`+${leader} ${mark}\n`);
  return () => current.stdin?.write(`-${leader}\n`);
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
