/** Files of our own in folders that an agent of the same user can reach, too: nothing it plants there misleads us. */
import { randomUUID } from 'node:crypto';
import { constants, open, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Reads a file; null when there is none, or something else, such as a link or a pipe that nobody writes to.
 *
 * @param maxBytes a longer file is not read either
 */
export async function readOwnFile(file: string, maxBytes: number): Promise<Buffer | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const opened = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const found = await opened.stat();
      return found.isFile() && found.size <= maxBytes ? await opened.readFile() : null;
    } finally {
      await opened.close();
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO'].includes(code)) return null;
    throw error;
  }
}

/** Writes a file at once, in place of whatever is there: a link is replaced and not followed. */
export async function writeOwnFile(file: string, content: string | Uint8Array): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await writeFile(aside, content, { mode: 0o600, flag: 'wx' });
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
