import { execFile } from 'node:child_process';

export interface ProgramOptions {
  env: NodeJS.ProcessEnv;
  /** Milliseconds until the program is killed. */
  timeout: number;
}

/**
 * Runs a program to its end and returns what it wrote to standard output.
 * @throws Error naming the program and its last lines of output when it is missing, fails or takes too long.
 */
export function runProgram(file: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      { env: options.env, timeout: options.timeout, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if (error.code === 'ENOENT') return reject(new Error(`${file} was not found`));
        if (error.killed) return reject(new Error(`${file} did not end within ${options.timeout / 1000} s`));
        const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
        reject(new Error(`${file} failed: ${lines.slice(-2).join(' | ') || error.message}`));
      },
    );
  });
}
