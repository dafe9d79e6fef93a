/** Runs git with settings of our own only: it executes nothing that a repository or an agent set up. */
import { execFile } from 'node:child_process';
import { devNull } from 'node:os';

/** Most bytes of a change. */
export const MAX_PATCH_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 10 * 60_000;

/** Where git works; what is not named is found by git itself, from `cwd` upwards. */
export interface GitPlace {
  gitDir?: string;
  workTree?: string;
  /** Default the repository's own index. */
  index?: string;
  cwd?: string;
  signal?: AbortSignal;
}

/** Git answered no. */
export class GitError extends Error {
  override readonly name = 'GitError';
  constructor(
    command: string,
    readonly exitCode: number | null,
    /** What it said, a line each, without `error:` and the like. */
    readonly said: readonly string[],
    readonly stdout: Buffer,
  ) {
    super(`git ${command} failed: ${said.slice(0, 3).join('; ') || `exit code ${exitCode}`}`);
  }
}

const settings = Object.entries({
  'core.hooksPath': devNull,
  'core.fsmonitor': 'false',
  'core.attributesFile': devNull,
  'core.excludesFile': devNull,
  'core.autocrlf': 'false',
  'core.fileMode': 'true',
  'core.symlinks': 'true',
  'core.quotePath': 'true',
  // Workspaces are short-lived: speed is worth more than space or surviving a power cut.
  'core.looseCompression': '0',
  'core.fsync': 'none',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'protocol.allow': 'never',
  // Sources may belong to somebody else, e.g. as mounted folders; with these settings reading them is safe.
  'safe.directory': '*',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Runs a git command to its end.
 *
 * @param input what it reads
 * @returns what it printed
 * @throws GitError when it fails; Error when git is missing, prints too much or takes more than 10 minutes;
 * the signal's reason when aborted
 */
export function git(
  args: readonly string[],
  { gitDir, workTree, index, cwd, signal }: GitPlace,
  input: string | Uint8Array = '',
): Promise<Buffer> {
  const env = {
    PATH: process.env.PATH,
    TMPDIR: process.env.TMPDIR,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_AUTHOR_NAME: 'Journeyman',
    GIT_AUTHOR_EMAIL: 'journeyman@localhost',
    GIT_COMMITTER_NAME: 'Journeyman',
    GIT_COMMITTER_EMAIL: 'journeyman@localhost',
    // A file in the folder could otherwise name another one, with settings of somebody else.
    ...(gitDir === undefined ? {} : { GIT_DIR: gitDir, GIT_COMMON_DIR: gitDir }),
    ...(workTree === undefined ? {} : { GIT_WORK_TREE: workTree }),
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  };
  return new Promise((done, fail) => {
    const child = execFile(
      'git',
      [...settings, ...args],
      {
        cwd: cwd ?? workTree ?? gitDir,
        env,
        encoding: 'buffer',
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL',
        // Lists of files are longer than any change that is taken.
        maxBuffer: 2 * MAX_PATCH_BYTES,
        ...(signal === undefined ? {} : { signal }),
      },
      (error, stdout, stderr) => {
        if (error === null) return done(stdout);
        if (signal?.aborted) return fail(signal.reason as Error);
        if (error.code === 'ENOENT') return fail(new Error('git was not found on PATH; workspaces need it'));
        if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
          return fail(new Error(`git ${args[0]} printed more than ${2 * MAX_PATCH_BYTES} bytes`));
        if (error.killed)
          return fail(new Error(`git ${args[0]} did not end within ${TIMEOUT_MS / 60_000} minutes`));
        const said = stderr
          .toString('utf8')
          .split('\n')
          .map((line) => line.replace(/^(error|fatal|warning): /, '').trim())
          .filter((line) => line !== '');
        fail(new GitError(args[0] ?? '', typeof error.code === 'number' ? error.code : null, said, stdout));
      },
    );
    // A git that fails early does not read its input; its exit code says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Splits what git prints with `-z`. */
export const splitZ = (printed: Buffer): string[] => printed.toString('utf8').split('\0').filter(Boolean);
/** What git reads with `-z`. */
export const joinZ = (lines: readonly string[]): string => lines.map((line) => `${line}\0`).join('');
