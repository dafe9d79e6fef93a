/** Writes the workspace of a task to disk. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepairTask, TaskCommit } from './repair-task.js';

const AUTHOR = 'Workload <workload@example.invalid>';
/** Commits are an hour apart from here on, in seconds since 1970, so that their ids never vary. */
const FIRST_COMMIT_AT = 1_700_000_000;

/**
 * Writes a task's files into a directory, which is made when it is missing; with the task's commits as a git
 * repository when it has a history.
 *
 * @throws Error when the directory cannot be written, or git is missing or fails
 */
export async function materialise(
  task: Pick<RepairTask, 'files' | 'history'>,
  directory: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [path, text] of Object.entries(task.files)) await writeFile(join(directory, path), text);
  if (task.history === undefined) return;
  await git(directory, ['init', '--quiet', '--template=', '--initial-branch=main']);
  await git(directory, ['fast-import', '--quiet'], importStream(task.history));
  await git(directory, ['read-tree', 'HEAD']);
}

/** All commits in the format of `git fast-import`: one process instead of three a commit. */
function importStream(history: readonly TaskCommit[]): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  return history
    .map(({ message, files }, index) => {
      const written = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
      const when = FIRST_COMMIT_AT + index * 3_600;
      return `commit refs/heads/main\ncommitter ${AUTHOR} ${when} +0000\n${data(message)}${written.join('')}\n`;
    })
    .join('');
}

function git(directory: string, args: readonly string[], input?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-C', directory, ...args], {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`git ${args[0]} in ${directory} ended with ${code}: ${errors.trim()}`));
    });
    // A git that ends early says why on standard error; that its input broke off then is no news.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
