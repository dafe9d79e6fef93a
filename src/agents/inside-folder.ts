/** Keeps file access by untrusted names inside one folder, whatever links lie in it. */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

/** A name that is no file of the folder; the message says why, and shows nothing of what lies outside. */
export class OutsideFolderError extends Error {
  override readonly name = 'OutsideFolderError';
  constructor(relative: string, why: string) {
    super(`path: ${JSON.stringify(relative.slice(0, 200))} is not allowed; ${why}`);
  }
}

/**
 * The real path of a file or folder inside `root`, free of links but perhaps not there yet. Links are followed
 * as long as they stay inside. Who opens it should refuse a link in the last place (O_NOFOLLOW), for it may
 * have come since.
 *
 * @param relative with `/`; `.` is the root itself
 * @throws OutsideFolderError when it is absolute, leads out, or goes through a link to nothing
 */
export async function resolveInside(root: string, relative: string): Promise<string> {
  const top = await realpath(root);
  let current = top;
  const names = namesOf(relative);
  for (const [index, name] of names.entries()) {
    const next = path.join(current, name);
    const found = await statOf(next);
    // What does not exist holds no links.
    if (found === null) return path.join(next, ...names.slice(index + 1));
    current = found.isSymbolicLink() ? await targetOf(next, relative) : next;
    if (!isWithin(top, current)) throw new OutsideFolderError(relative, 'it leads out of the folder');
  }
  return current;
}

/** Whether a path, both free of links, is the folder or something in it. Pure. */
export function isWithin(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** The names on the way, without `.`; `..` takes back the name before it, and never more than there are. */
function namesOf(relative: string): string[] {
  if (relative.includes('\0')) throw new OutsideFolderError(relative, 'expected text without NUL');
  if (path.isAbsolute(relative) || path.win32.isAbsolute(relative))
    throw new OutsideFolderError(relative, 'expected a path relative to the folder');
  const names: string[] = [];
  for (const name of relative.split(path.sep === '/' ? '/' : /[\\/]/)) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) throw new OutsideFolderError(relative, 'it leads out of the folder');
  }
  return names;
}

async function statOf(file: string) {
  try {
    return await lstat(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw error;
  }
}

async function targetOf(link: string, relative: string): Promise<string> {
  try {
    return await realpath(link);
  } catch {
    // Writing through it would make a file wherever it points.
    throw new OutsideFolderError(relative, 'it goes through a link to nothing');
  }
}
