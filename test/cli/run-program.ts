/** Runs the program: as people do, as a process of its own, or quickly within this one. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { runCli } from '../../src/cli/program.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const loader = path.join(root, 'node_modules/tsx/dist/loader.mjs');

export interface ProgramEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface ProgramOptions {
  cwd: string;
  env: Record<string, string>;
  /** Called with all that was printed so far, each time there is more; may end the program. */
  onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `journeyman` with arguments and waits for its end. */
export function journeyman(args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|JOURNEYMAN_(?!TEST))|^DEBUG$/.test(name),
  );
  const child = spawn(process.execPath, ['--import', loader, path.join(root, 'src/cli/main.ts'), ...args], {
    cwd: options.cwd,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
    options.onStdout?.(stdout, kill);
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
    options.onStderr?.(stderr, kill);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a command that starts no worker, within this process. */
export async function journeymanHere(
  args: readonly string[],
  env: Record<string, string>,
): Promise<ProgramEnd> {
  let stdout = '';
  let stderr = '';
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((part) => Boolean((stdout += String(part)))),
    vi.spyOn(process.stderr, 'write').mockImplementation((part) => Boolean((stderr += String(part)))),
  ];
  try {
    return { code: await runCli(args), stdout, stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
