/** What stands at a path of a folder, in git's terms. */
import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface FileState {
  /** 100644, 100755, 120000 for a link; 0 for what git does not know, such as a socket. */
  mode: string;
  /** Of the blob that holds it. */
  id: string;
}

/** A file or link; null when there is none, when there is a folder, and beyond a link. */
export async function stateAt(folder: string, path: string, hash: string): Promise<FileState | null> {
  if ((await blockedAt(folder, path)) !== null) return null;
  const full = join(folder, path);
  const found = await lstat(full).catch(ifAbsent);
  if (found === null || found.isDirectory()) return null;
  const idOf = (content: Uint8Array): string =>
    createHash(hash).update(`blob ${content.length}\0`).update(content).digest('hex');
  if (found.isSymbolicLink()) return { mode: '120000', id: idOf(Buffer.from(await readlink(full))) };
  if (!found.isFile()) return { mode: '0', id: '' };
  return { mode: found.mode & 0o100 ? '100755' : '100644', id: idOf(await readFile(full)) };
}

/** The first of a path's folders that is something else, such as a link; null when there is none. */
export async function blockedAt(folder: string, path: string): Promise<string | null> {
  const names = path.split('/').slice(0, -1);
  for (const [depth] of names.entries()) {
    const parent = names.slice(0, depth + 1).join('/');
    const found = await lstat(join(folder, parent)).catch(ifAbsent);
    if (found === null) return null;
    if (!found.isDirectory()) return parent;
  }
  return null;
}

export const sameState = (one: FileState | null, other: FileState | null): boolean =>
  one?.mode === other?.mode && one?.id === other?.id;

function ifAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
