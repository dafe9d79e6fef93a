/**
 * The guard: a small process that runs the servers and stops them when its parent goes, however it goes.
 * It holds a pipe from the parent as its standard input; the system closes that pipe when the parent ends,
 * after SIGKILL too. At end of file every server gets SIGTERM, and after the grace period SIGKILL.
 */

/** What a guard is to do; given to it as JSON. */
export interface GuardSpec {
  servers: { name: string; command: string; args: string[]; logFile: string }[];
  /** Milliseconds from SIGTERM to SIGKILL; 0 kills at once. */
  grace: number;
  /** A folder that is removed once all servers have ended, or null. */
  removeFolder: string | null;
}

/** What a guard reports, one JSON document a line. */
export type GuardMessage =
  | { name: string; event: 'started'; pid: number }
  | { name: string; event: 'ended'; reason: string };

/**
 * The guard's program, to be run by `node -e <program> <spec>`. It is kept as text so that it runs the same
 * from the build and from the sources: nothing has to be resolved, compiled or loaded first.
 */
export const guardProgram = `
'use strict';
const { spawn } = require('node:child_process');
const { openSync, rmSync } = require('node:fs');
const spec = JSON.parse(process.argv[1]);
const running = new Set();
let stopping = false;

// The parent may be gone while a message is written; that must not end the guard before its servers.
process.stdout.on('error', () => {});
const report = (message) => process.stdout.write(JSON.stringify(message) + '\\n');

const leaveWhenDone = () => {
  if (!stopping || running.size > 0) return;
  if (spec.removeFolder !== null) {
    try { rmSync(spec.removeFolder, { recursive: true, force: true, maxRetries: 3 }); } catch {}
  }
  process.exit(0);
};

const stop = () => {
  if (stopping) return;
  stopping = true;
  const signalAll = (signal) => { for (const server of running) server.kill(signal); };
  signalAll(spec.grace === 0 ? 'SIGKILL' : 'SIGTERM');
  setTimeout(() => signalAll('SIGKILL'), spec.grace);
  leaveWhenDone();
};

for (const { name, command, args, logFile } of spec.servers) {
  const log = openSync(logFile, 'a');
  const server = spawn(command, args, { stdio: ['ignore', log, log] });
  running.add(server);
  const ended = (reason) => {
    if (!running.delete(server)) return;
    report({ name, event: 'ended', reason });
    leaveWhenDone();
  };
  server.on('spawn', () => report({ name, event: 'started', pid: server.pid }));
  server.on('error', (error) => ended(error.message));
  server.on('exit', (code, signal) => ended(signal === null ? 'exit code ' + code : 'signal ' + signal));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
`;
