/** Runs a program in bounded memory and time, and leaves no process behind. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentFailure } from './agent-failure.js';
import { guardRun } from './orphan-guard.js';
import { OutputCapture } from './output-capture.js';
import { ProcessTree } from './process-tree.js';

/** Output after which a program is stopped. */
export const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;
/** The same for output that is read as it comes and not kept: partial messages make transcripts long. */
export const STREAM_LIMIT_BYTES = 1024 * 1024 * 1024;
const KEPT_STDOUT_BYTES = 4 * 1024 * 1024;
const KEPT_STDERR_BYTES = 64 * 1024;
/** Longest wait for pipes to close once no process holds them. */
const DRAIN_MS = 500;

export interface ProcessRequest {
  /** Program and arguments; no shell is involved. */
  command: readonly string[];
  cwd: string;
  /** The whole environment of the program. */
  env: Record<string, string>;
  stdin: string;
  /** When aborted, the program and all it started are ended. */
  signal: AbortSignal;
  /** Milliseconds between asking the processes to end and killing them. */
  graceMs: number;
  /** Told the number of bytes of every piece of output. */
  onOutput: (bytes: number) => void;
  /** Takes stdout as it comes; it is then not kept. When this throws, the program is ended, and the error thrown. */
  onStdout?: (chunk: Buffer) => void;
}

export interface ProcessEnd {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Why it was stopped, when it did not end by itself. */
  stopped: 'aborted' | 'output-limit' | null;
  /** Empty when it was read as it came. */
  stdout: OutputCapture;
  stderr: OutputCapture;
}

/**
 * Runs a program to its end. Resolves, also after an abort, when it and everything it started are gone.
 *
 * @throws AgentFailure when it cannot be started
 * @throws whatever `onStdout` threw
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  const [program = ''] = request.command;
  const run = randomUUID();
  const mark = `JOURNEYMAN_RUN=${run}`;
  const guarded = guardRun(mark);
  let child: ChildProcessWithoutNullStreams;
  try {
    child = start(request, run);
  } catch (error) {
    // Some mistakes are told by an event, others so, e.g. a NUL in an argument.
    guarded.ended();
    throw notStarted(request, error as NodeJS.ErrnoException);
  }
  const exited = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => reject(notStarted(request, error)));
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    },
  );
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const leader = child.pid;
  if (leader === undefined) {
    guarded.ended();
    await exited;
    throw new AgentFailure(`${program} could not be started`);
  }
  const tree = new ProcessTree(leader, mark);
  tree.watch();
  guarded.startedAs(leader);

  let stopped: ProcessEnd['stopped'] | 'reader' = null;
  const stop = (why: 'aborted' | 'output-limit' | 'reader', graceMs: number): void => {
    if (stopped !== null) return;
    stopped = why;
    void tree.end(graceMs);
  };
  const onAbort = (): void => stop('aborted', request.graceMs);
  request.signal.addEventListener('abort', onAbort, { once: true });
  if (request.signal.aborted) onAbort();

  const stdout = new OutputCapture(KEPT_STDOUT_BYTES);
  const stderr = new OutputCapture(KEPT_STDERR_BYTES);
  const capture = (into: OutputCapture) => (chunk: Buffer) => {
    request.onOutput(chunk.length);
    if (stopped === 'output-limit') return;
    into.push(chunk);
    if (stdout.bytes + stderr.bytes > OUTPUT_LIMIT_BYTES) stop('output-limit', 0);
  };
  let streamed = 0;
  let readerError: unknown;
  const read = (onStdout: (chunk: Buffer) => void) => (chunk: Buffer) => {
    request.onOutput(chunk.length);
    if (stopped === 'output-limit' || stopped === 'reader') return;
    streamed += chunk.length;
    try {
      onStdout(chunk);
    } catch (error) {
      readerError = error;
      stop('reader', 0);
    }
    if (streamed > STREAM_LIMIT_BYTES) stop('output-limit', 0);
  };
  child.stdout.on('data', request.onStdout === undefined ? capture(stdout) : read(request.onStdout));
  child.stderr.on('data', capture(stderr));
  // A program need not read its input; the broken pipe is no error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(request.stdin);

  try {
    const end = await exited;
    await tree.end(request.graceMs);
    await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })]);
    if (stopped === 'reader') throw readerError;
    return { ...end, stopped, stdout, stderr };
  } finally {
    guarded.ended();
    request.signal.removeEventListener('abort', onAbort);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

const start = ({ command: [program = '', ...args], cwd, env }: ProcessRequest, run: string) =>
  spawn(program, args, {
    cwd,
    env: { ...env, JOURNEYMAN_RUN: run },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });

function notStarted({ command, cwd }: ProcessRequest, error: NodeJS.ErrnoException): AgentFailure {
  const why =
    error.code === 'ENOENT'
      ? `there is no such program, or no folder ${JSON.stringify(cwd)}`
      : error.code === 'EACCES'
        ? 'it is not executable'
        : error.code === undefined || error.code.startsWith('ERR_')
          ? error.message
          : error.code;
  return new AgentFailure(`program ${JSON.stringify(command[0])} could not be started: ${why}`);
}
