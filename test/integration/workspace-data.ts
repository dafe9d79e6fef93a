/** Folders, repositories and artifacts for tests of workspaces. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ArtifactStore } from '../../src/agents/workspaces/workspaces.js';
import type { WorkspaceRequest } from '../../src/shared/workspace.js';

const run = promisify(execFile);

export const temporaryFolder = async (): Promise<string> =>
  realpath(await mkdtemp(join(tmpdir(), 'journeyman-workspaces-')));

/** Git as a user or an agent runs it, with the folder's own settings. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=Agent', '-c', 'user.email=agent@localhost'];
  const { stdout } = await run('git', [...identity, ...args], { cwd: folder });
  return stdout;
}

/** Writes files, by path; text ends in a new line. */
export async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** A repository with these files in one commit. */
export async function repository(folder: string, files: Record<string, string>): Promise<string> {
  await mkdir(folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await writeFiles(folder, files);
  await git(folder, 'add', '--all', '--force');
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  return folder;
}

/** All files of a folder but those of `.git`: mode and content, or where a link leads. */
export async function contents(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(folder.length + 1);
    if (path.split('/').includes('.git') || entry.isDirectory()) continue;
    if (entry.isSymbolicLink()) found[path] = `-> ${await readlink(full)}`;
    else {
      const executable = ((await lstat(full)).mode & 0o100) !== 0;
      found[path] = `${executable ? 'x' : '-'} ${(await readFile(full)).toString('latin1')}`;
    }
  }
  return found;
}

/** Artifacts in memory, for tests that are not about them. */
export function memoryArtifacts(): ArtifactStore {
  const kept = new Map<string, Uint8Array>();
  return {
    async put(tenant, content) {
      const id = `sha256:${createHash('sha256').update(content).digest('hex')}`;
      kept.set(`${tenant}|${id}`, content);
      return { id, bytes: content.length };
    },
    async get(tenant, { id }) {
      const content = kept.get(`${tenant}|${id}`);
      if (content === undefined) throw new Error(`the artifact ${id} is not there`);
      return content;
    },
  };
}

export const request = (
  source: string,
  isolation: 'git' | 'copy',
  given: Partial<WorkspaceRequest> = {},
): WorkspaceRequest => ({
  source,
  isolation,
  keep: 'never',
  apply: 'never',
  maxBytes: 100_000_000,
  maxFiles: 10_000,
  ...given,
});
