/** Folders of attempts that processes which are gone have left. */
import { lstat, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AttemptFolder } from './attempt-folder.js';

/** Since when its owner is known to be gone. */
const ABANDONED = 'abandoned';
/** Milliseconds after which nobody asks any more for a folder that no process owns. */
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

/** Its owner lives again. */
export const takenUp = (folder: string): Promise<void> => rm(join(folder, ABANDONED), { force: true });

/**
 * Whether nobody needs an attempt's folder any more.
 *
 * @param unfinished whether it was still being made, or is being removed
 * @param graceMs how long one whose process has gone may still be taken up
 */
export async function isLitter(folder: string, unfinished: boolean, graceMs: number): Promise<boolean> {
  const attempt = await AttemptFolder.find(folder);
  const ageMs = Date.now() - (await stat(folder).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
  // Without a state it is one that is just being made or removed, unless it stays so.
  if (attempt === null) return ageMs > 60_000;
  const { kept, closed, owner } = attempt.state;
  if (kept === true) return false;
  if (closed !== undefined || (owner === null && !unfinished)) return ageMs > FORGOTTEN_MS;
  // Of a process on another machine it cannot be told whether it has ended.
  if (await attempt.isOwned()) return owner?.host !== hostname() && ageMs > FORGOTTEN_MS;
  return unfinished || (await goneFor(folder)) >= graceMs;
}

/** Milliseconds since a sweep first found the owner gone. */
async function goneFor(folder: string): Promise<number> {
  const mark = join(folder, ABANDONED);
  const seen = await lstat(mark).catch(() => null);
  if (seen !== null) return Date.now() - seen.mtimeMs;
  await writeFile(mark, '', { flag: 'wx' });
  return 0;
}
