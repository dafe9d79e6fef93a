/** A workspace as a private clone of a repository's commit. */
import { copyFile, mkdir, realpath, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '../../shared/errors.js';
import type { WorkspaceRequest } from '../../shared/workspace.js';
import type { Origin } from './attempt-folder.js';
import { GitError, type GitPlace, git, splitZ } from './git.js';
import { findEscape } from './links.js';
import { linksOf, type ObjectFormat } from './private-repository.js';
import { TreeMeter } from './walk-tree.js';

/**
 * Makes a repository in an empty folder, with the commit checked out and no branch. It shares nothing with
 * the source but its objects, which are only read: not refs, stash, settings or hooks, as worktrees would, and
 * it knows no remote. The source's unreachable commits should not be pruned while it is in use.
 *
 * @throws InvalidInputError when the source is no repository, has no such commit, is over a limit, or has a
 * link that leads out of it
 */
export async function cloneSource(
  request: WorkspaceRequest,
  folder: string,
  { signal }: { signal: AbortSignal },
): Promise<Origin> {
  const source = await realpath(request.source);
  const at: GitPlace = { cwd: source, signal };
  const { objects, shallow, format } = await findRepository(source, at);
  const commit = await findCommit(request, at);
  const leftOut = await checkTree(request, commit, at);

  const gitDir = join(folder, '.git');
  await git(['init', '--quiet', '--template=', `--object-format=${format}`, folder], { cwd: folder, signal });
  await mkdir(join(gitDir, 'objects/info'), { recursive: true });
  await writeFile(join(gitDir, 'objects/info/alternates'), `${JSON.stringify(objects)}\n`);
  // A source without all of its history has a list of where it ends.
  await copyFile(shallow, join(gitDir, 'shallow')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  const own: GitPlace = { gitDir, workTree: folder, signal };
  await git(['update-ref', '--no-deref', 'HEAD', commit], own);
  await git(['reset', '--quiet', '--hard', commit], own);
  return { commit, format, objects, leftOut };
}

async function findRepository(
  source: string,
  at: GitPlace,
): Promise<{ objects: string; shallow: string; format: ObjectFormat }> {
  const noRepository = (why: string): InvalidInputError =>
    new InvalidInputError('workspace.source', source, `the top folder of a git repository; ${why}`);
  try {
    const ask = ['rev-parse', '--show-prefix', '--git-path', 'objects', '--git-path', 'shallow'];
    const printed = (await git([...ask, '--show-object-format'], at)).toString('utf8').split('\n');
    const [prefix = '', objects = '', shallow = '', format] = printed;
    if (prefix !== '') throw noRepository('it is a folder within one');
    return {
      objects: resolve(source, objects),
      shallow: resolve(source, shallow),
      format: format === 'sha256' ? 'sha256' : 'sha1',
    };
  } catch (error) {
    if (error instanceof GitError) throw noRepository(`git says: ${error.said[0] ?? 'it is none'}`);
    throw error;
  }
}

async function findCommit({ source, ref = 'HEAD' }: WorkspaceRequest, at: GitPlace): Promise<string> {
  try {
    const ask = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
    return (await git(ask, at)).toString().trim();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new InvalidInputError('workspace.ref', ref, `a commit, branch or tag of ${source}`);
  }
}

/** @returns the folders of submodules */
async function checkTree(request: WorkspaceRequest, commit: string, at: GitPlace): Promise<string[]> {
  const { source } = request;
  const meter = new TreeMeter(request);
  const submodules: string[] = [];
  for (const line of splitZ(await git(['ls-tree', '-r', '-l', '-z', '--full-tree', commit], at))) {
    const [, mode, bytes, path] = /^(\d+) \w+ [0-9a-f]+ +(\d+|-)\t([^]*)$/.exec(line) ?? [];
    if (mode === '160000' && path !== undefined) {
      submodules.push(path);
      continue;
    }
    const over = meter.count(Number(bytes) || 0);
    if (over !== null) throw new InvalidInputError('workspace.source', source, over);
  }
  const escape = await findEscape(await linksOf(at, commit));
  if (escape !== null) throw leadingOut(source, escape);
  return submodules;
}

/** The error for a link that leads out of a source. */
export const leadingOut = (source: string, { path, target }: { path: string; target: string }) =>
  new InvalidInputError(
    'workspace.source',
    source,
    `a folder whose symbolic links stay within it; ${JSON.stringify(path)} leads to ${JSON.stringify(target)}`,
  );
