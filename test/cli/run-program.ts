/** Runs the program as people do: as a process of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
  /** Called with all of stderr so far, each time there is more; may end the program. */
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
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
    options.onStderr?.(stderr, (signal) => void child.kill(signal));
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
