/** A workspace as a copy of a folder's files. */
import { constants, copyFile, mkdir, readFile, realpath, stat, symlink, utimes } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { InvalidInputError } from '../../shared/errors.js';
import type { WorkspaceRequest } from '../../shared/workspace.js';
import type { Origin } from './attempt-folder.js';
import { leadingOut } from './clone-source.js';
import { GitError, git } from './git.js';
import { findEscape } from './links.js';
import { type TreeEntry, TreeMeter, walkTree } from './walk-tree.js';

/** Files copied at once. */
const AT_ONCE = 16;

/**
 * Copies a folder into an empty one; where the file system can, blocks are shared until they are written.
 * Nothing is copied before the limits are known to hold.
 *
 * @param root of all workspaces, left out where it lies in the source
 * @throws InvalidInputError when the source is over a limit, or has a link that leads out of it
 */
export async function copySource(
  request: WorkspaceRequest,
  folder: string,
  { root, signal }: { root: string; signal: AbortSignal },
): Promise<Origin> {
  const source = await realpath(request.source);
  const entries = await listSource(source, request, root, signal);
  const links = new Map(
    entries.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target] as const])),
  );
  const escape = await findEscape(links);
  if (escape !== null) throw leadingOut(source, escape);

  // Folders come before what is in them. A read-only one could not be filled.
  for (const { path, kind, mode } of entries)
    if (kind === 'folder') await mkdir(join(folder, path), { mode: mode | 0o700 });
  const files = entries.filter(({ kind }) => kind === 'file' || kind === 'link').values();
  const copyInTurn = async (): Promise<void> => {
    for (const entry of files) {
      signal.throwIfAborted();
      await copyEntry(source, folder, entry);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, copyInTurn));
  await unbind(folder);
  return { format: 'sha1', leftOut: [] };
}

async function listSource(
  source: string,
  request: WorkspaceRequest,
  root: string,
  signal: AbortSignal,
): Promise<TreeEntry[]> {
  const meter = new TreeMeter(request);
  const entries: TreeEntry[] = [];
  // What a repository knows of its linked worktrees would let its copy change them.
  const skip = (path: string): boolean => path === '.git/worktrees' || join(source, path) === root;
  for await (const entry of walkTree(source, skip, signal)) {
    if (await isOutsideRepository(source, entry)) continue;
    entries.push(entry);
    if (entry.kind === 'folder' || entry.kind === 'other') continue;
    const over = meter.count(entry.bytes);
    if (over !== null) throw new InvalidInputError('workspace.source', request.source, over);
  }
  return entries;
}

/**
 * Whether an entry is a `.git` file (of a linked worktree, or a submodule) that names a repository elsewhere:
 * with a copy of it, an agent would write there.
 */
async function isOutsideRepository(source: string, { path, kind }: TreeEntry): Promise<boolean> {
  if (kind !== 'file' || !(path === '.git' || path.endsWith('/.git'))) return false;
  const [, named = ''] = /^gitdir: (.*)$/m.exec(await readFile(join(source, path), 'utf8')) ?? [];
  const repository = relative(source, resolve(dirname(join(source, path)), named));
  return isAbsolute(named) || repository.startsWith('..');
}

/** A copied repository whose settings name its folder would still work on that one. */
async function unbind(folder: string): Promise<void> {
  const file = join(folder, '.git/config');
  if ((await stat(file).catch(() => null)) === null) return;
  try {
    await git(['config', '--file', file, '--unset-all', 'core.worktree'], { cwd: folder });
  } catch (error) {
    // Exit code 5 says that there was none.
    if (!(error instanceof GitError && error.exitCode === 5)) throw error;
  }
}

async function copyEntry(
  source: string,
  folder: string,
  { path, target, modifiedAt }: TreeEntry,
): Promise<void> {
  const to = join(folder, path);
  if (target !== undefined) return symlink(target, to);
  await copyFile(join(source, path), to, constants.COPYFILE_FICLONE);
  // Tools that build look at times.
  await utimes(to, modifiedAt, modifiedAt);
}
