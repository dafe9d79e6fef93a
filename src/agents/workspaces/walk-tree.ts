/** Lists the files of a folder without following links. */
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeEntry {
  /** From the root, with `/`. */
  path: string;
  /** `other`: sockets, devices and the like. */
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Size of a file, else 0. */
  bytes: number;
  /** Permission bits. */
  mode: number;
  modifiedAt: Date;
  /** Of a link. */
  target?: string;
}

/** Yields all entries below a folder; folders before what is in them. `skip` leaves out an entry and all in it. */
export async function* walkTree(
  root: string,
  skip: (path: string, name: string) => boolean,
  signal?: AbortSignal,
  under = '',
): AsyncGenerator<TreeEntry> {
  signal?.throwIfAborted();
  const names = (await readdir(join(root, under))).filter(
    (name) => !skip(under === '' ? name : `${under}/${name}`, name),
  );
  const entries = await Promise.all(
    names.map((name) => entryAt(root, under === '' ? name : `${under}/${name}`)),
  );
  for (const entry of entries) {
    if (entry === null) continue;
    yield entry;
    if (entry.kind === 'folder') yield* walkTree(root, skip, signal, entry.path);
  }
}

/** Null when it went away in the meantime. */
async function entryAt(root: string, path: string): Promise<TreeEntry | null> {
  const full = join(root, path);
  try {
    const found = await lstat(full);
    const shape = { path, bytes: 0, mode: found.mode & 0o777, modifiedAt: found.mtime };
    if (found.isFile()) return { ...shape, kind: 'file', bytes: found.size };
    if (found.isDirectory()) return { ...shape, kind: 'folder' };
    if (found.isSymbolicLink()) return { ...shape, kind: 'link', target: await readlink(full) };
    return { ...shape, kind: 'other' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // A name that is not UTF-8 reads as one with replacement characters, which is not there.
    if (path.includes('\uFFFD'))
      throw new Error(`the name of ${JSON.stringify(path)} is not UTF-8`, { cause: error });
    return null;
  }
}

/** Whether files are within a workspace's limits. */
export class TreeMeter {
  files = 0;
  bytes = 0;

  constructor(private readonly limits: { maxBytes: number; maxFiles: number }) {}

  /** Counts a file or link. @returns what is over the limit, e.g. "at most 10 files; it has more" */
  count(bytes: number): string | null {
    this.files += 1;
    this.bytes += bytes;
    const { maxFiles, maxBytes } = this.limits;
    if (this.files > maxFiles) return `at most ${maxFiles} files; it has ${this.files} or more`;
    if (this.bytes > maxBytes) return `at most ${maxBytes} bytes of files; it has ${this.bytes} or more`;
    return null;
  }
}
