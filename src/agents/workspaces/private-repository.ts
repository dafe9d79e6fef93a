/**
 * A repository of our own beside a folder, in which its files are recorded as they are.
 *
 * It has its own settings and attributes, so that nothing in the folder decides how files are read: no filter,
 * no conversion of line ends, no driver. The folder's own `.git`, if it has one, is not looked at.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitPlace, git, joinZ, splitZ } from './git.js';
import { type TreeEntry, walkTree } from './walk-tree.js';

/** The strongest attributes there are: a folder's own `.gitattributes` are not heeded. */
const attributes = '* -text -eol -ident -filter -working-tree-encoding !diff !merge !whitespace\n';

export interface PrivateRepository {
  gitDir: string;
  workTree: string;
}

export type ObjectFormat = 'sha1' | 'sha256';

/** Makes a repository for the files of `workTree`. `objects` are folders of objects it may use besides. */
export async function initRepository(
  { gitDir, workTree }: PrivateRepository,
  format: ObjectFormat = 'sha1',
  objects: readonly string[] = [],
): Promise<PrivateRepository> {
  await mkdir(join(gitDir, 'info'), { recursive: true });
  await mkdir(join(gitDir, 'refs'), { recursive: true });
  await mkdir(join(gitDir, 'objects/info'), { recursive: true });
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
  await writeSettings(gitDir, format);
  const alternates = objects.map((folder) => `${JSON.stringify(folder)}\n`).join('');
  if (alternates !== '') await writeFile(join(gitDir, 'objects/info/alternates'), alternates);
  return { gitDir, workTree };
}

async function writeSettings(gitDir: string, format: ObjectFormat): Promise<void> {
  const extension =
    format === 'sha1'
      ? '[core]\n\trepositoryformatversion = 0\n'
      : '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n';
  // Names that only other systems take for `.git` are ordinary files here.
  const core = '[core]\n\tbare = false\n\tprotectNTFS = false\n\tprotectHFS = false\n';
  await writeFile(join(gitDir, 'config'), extension + core);
  await writeFile(join(gitDir, 'info/attributes'), attributes);
  await writeFile(join(gitDir, 'info/exclude'), '');
}

/**
 * The files and links of a folder; repositories within it are taken as ordinary folders, without their `.git`.
 *
 * @param others takes what no repository can hold: pipes and the like, and files whose path has another spelling
 * of `.git` in it
 */
export async function listFiles(
  folder: string,
  leftOut: readonly string[],
  signal?: AbortSignal,
  others: TreeEntry[] = [],
): Promise<TreeEntry[]> {
  const files: TreeEntry[] = [];
  const skip = (path: string, name: string): boolean => name === '.git' || leftOut.includes(path);
  for await (const entry of walkTree(folder, skip, signal)) {
    if (entry.kind === 'folder') continue;
    (entry.kind === 'other' || /(^|\/)\.git(\/|$)/i.test(entry.path) ? others : files).push(entry);
  }
  return files;
}

/** Of some files, those that the folder's `.gitignore` files name and that are not recorded. */
export async function ignoredFiles(
  repository: PrivateRepository,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  try {
    const place = { ...repository, ...(signal === undefined ? {} : { signal }) };
    return new Set(splitZ(await git(['check-ignore', '-z', '--stdin'], place, joinZ(paths))));
  } catch (error) {
    // Exit code 1 says that none is.
    if (error instanceof Error && 'exitCode' in error && error.exitCode === 1) return new Set();
    throw error;
  }
}

/** Records exactly these files, as they are now. @returns the tree's id */
export async function recordFiles(
  repository: PrivateRepository,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const place = { ...repository, ...(signal === undefined ? {} : { signal }) };
  const present = new Set(paths);
  const gone = splitZ(await git(['ls-files', '-z'], place)).filter((path) => !present.has(path));
  if (gone.length > 0) await git(['update-index', '-z', '--force-remove', '--stdin'], place, joinZ(gone));
  if (paths.length > 0)
    await git(['update-index', '-z', '--add', '--replace', '--stdin'], place, joinZ(paths));
  return (await git(['write-tree'], place)).toString().trim();
}

/** The links in a tree, by path. */
export async function linksOf(place: GitPlace, tree: string): Promise<Map<string, string>> {
  const links = splitZ(await git(['ls-tree', '-r', '-z', '--full-tree', tree], place)).flatMap((line) => {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
    return mode === '120000' && id !== undefined && path !== undefined ? [{ id, path }] : [];
  });
  const targets = await readBlobs(
    place,
    links.map(({ id }) => id),
  );
  return new Map(links.map(({ path }, index) => [path, targets[index]?.toString('utf8') ?? '']));
}

/** The contents of some blobs. */
export async function readBlobs(place: GitPlace, ids: readonly string[]): Promise<Buffer[]> {
  if (ids.length === 0) return [];
  const printed = await git(['cat-file', '--batch'], place, ids.map((id) => `${id}\n`).join(''));
  // Each is `<id> blob <size>`, a new line, the content, and a new line.
  let at = 0;
  return ids.map(() => {
    const begin = printed.indexOf('\n', at) + 1;
    const size = Number(printed.toString('latin1', at, begin).trim().split(' ')[2]);
    at = begin + size + 1;
    return printed.subarray(begin, begin + size);
  });
}
