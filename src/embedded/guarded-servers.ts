import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type GuardMessage, type GuardSpec, guardProgram } from './guard.js';
import { LocalServerError } from './local-server-error.js';
import { signalProcess } from './process-identity.js';

/** Servers that run under a guard. */
export interface GuardedServers {
  guardPid: number;
  /** Process id of each server, by name. */
  pids: Readonly<Record<string, number>>;
  /** Calls back once for each server that ends before `stop` was called, also if it has ended already. */
  onEnded(listener: (error: LocalServerError) => void): void;
  /** Stops all servers and resolves when they and the guard have ended. */
  stop(): Promise<void>;
}

/**
 * Starts a guard and its servers, and waits until each has a process.
 * @throws LocalServerError when one cannot be started.
 */
export async function startGuarded(spec: GuardSpec, env: NodeJS.ProcessEnv): Promise<GuardedServers> {
  const guard = spawn(process.execPath, ['-e', guardProgram, JSON.stringify(spec)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // In a session of its own: Ctrl-C in a terminal reaches the whole process group, and the servers must
    // outlive the graceful shutdown of whoever uses them.
    detached: true,
    env: serverEnvironment(env),
  });
  const exited = new Promise<void>((resolve) => {
    // Not 'exit': the last messages may still be on their way then.
    guard.once('close', () => resolve());
    guard.once('error', () => resolve());
  });
  // When the guard has gone, closing its input fails; its exit has told us already.
  guard.stdin.on('error', () => {});

  let stopping = false;
  const pids: Record<string, number> = {};
  const running = new Set<number>();
  const ended: LocalServerError[] = [];
  const listeners: ((error: LocalServerError) => void)[] = [];
  const reportEnd = async (name: string, reason: string): Promise<void> => {
    if (stopping) return;
    const logFile = spec.servers.find((server) => server.name === name)?.logFile;
    const error = new LocalServerError(
      [`${name} ended (${reason}).`, ...(logFile === undefined ? [] : await lastLines(logFile))].join('\n'),
    );
    ended.push(error);
    for (const listener of listeners) listener(error);
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    guard.stdin.end();
    await exited;
    // A guard that was itself killed has left its servers behind.
    for (const pid of running) signalProcess(pid, 'SIGKILL');
    running.clear();
  };

  await new Promise<void>((resolve) => {
    let unsettled = spec.servers.length;
    const settle = (): void => {
      unsettled -= 1;
      if (unsettled === 0) resolve();
    };
    createInterface({ input: guard.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as GuardMessage;
      if (message.event === 'started') {
        pids[message.name] = message.pid;
        running.add(message.pid);
        settle();
      } else {
        const pid = pids[message.name];
        if (pid === undefined) settle();
        else running.delete(pid);
        void reportEnd(message.name, message.reason);
      }
    });
    void exited.then(() => {
      void reportEnd('The guard of the local servers', `exit code ${guard.exitCode}`);
      resolve();
    });
  });
  if (Object.keys(pids).length < spec.servers.length) {
    await stop();
    throw ended[0] ?? new LocalServerError('The guard of the local servers could not be started.');
  }
  return {
    guardPid: guard.pid ?? 0,
    pids,
    onEnded: (listener) => {
      for (const error of ended) listener(error);
      listeners.push(listener);
    },
    stop,
  };
}

/** The servers take their settings from us alone: a developer's TEMPORAL_* or NODE_OPTIONS must not leak in. */
function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('TEMPORAL_')),
  );
}

async function lastLines(file: string): Promise<string[]> {
  try {
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    return [`The last lines of ${file}:`, ...lines.slice(-6).map((line) => `  ${line.slice(0, 400)}`)];
  } catch {
    return [`Its log: ${file}`];
  }
}
