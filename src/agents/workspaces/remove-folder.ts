/** Removing a folder whatever an agent did to it. */
import { execFile } from 'node:child_process';
import { lstat, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Removes a folder and all in it; nothing happens when it is not there.
 *
 * @throws Error when it is there still
 */
export async function removeFolder(folder: string): Promise<void> {
  try {
    return await rm(folder, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    // Entries of a read-only folder cannot be removed, what is not readable cannot be listed, and what lies deep
    // has paths too long to be named: the system's own programs go from folder to folder.
  }
  const found = await lstat(folder).catch(() => null);
  if (found === null) return;
  // One that does not belong to us may still be removable.
  if (found.isDirectory()) await run('chmod', ['-R', 'u+rwX', '--', folder]).catch(() => undefined);
  await run('rm', ['-rf', '--', folder]);
}
