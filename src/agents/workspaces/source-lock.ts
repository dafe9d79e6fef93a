/** One change at a time goes into a source. */
import { createHash } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';

const PATIENCE_MS = 10 * 60_000;
let taken = 0;

/**
 * Does something while no other process (of those that share `folder`) does so for the same source. The lock
 * of a process that has ended is taken over.
 *
 * @param signal ends the wait
 * @throws Error when others hold it for more than 10 minutes
 */
export async function withSourceLock<T>(
  folder: string,
  source: string,
  action: () => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${createHash('sha256').update(source).digest('hex').slice(0, 32)}.lock`);
  taken += 1;
  const own = `${file}.${process.pid}.${taken}`;
  await writeFile(own, JSON.stringify(await ownIdentity()));
  try {
    const deadline = Date.now() + PATIENCE_MS;
    // A link appears with its content at once: nobody ever reads a lock that is half written.
    while (!(await made(() => link(own, file)))) {
      if (await isLeft(file)) await discard(file, `${own}.left`);
      else if (Date.now() > deadline)
        throw new Error(
          `changes have been going into ${source} for ${PATIENCE_MS / 60_000} minutes (${file})`,
        );
      else await sleep(20 + Math.random() * 30, undefined, { signal });
    }
    try {
      signal.throwIfAborted();
      return await action();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function made(make: () => Promise<void>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether its process has ended, or, on a machine we cannot ask, has held it for longer than anybody waits. */
async function isLeft(file: string): Promise<boolean> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
    return !(await isRunning(holder)) || Date.now() - (await stat(file)).mtimeMs > PATIENCE_MS;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Moved before it is removed, so that of two that saw the dead holder none removes the other's fresh lock. */
async function discard(file: string, aside: string): Promise<void> {
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Another was quicker, and this is its lock: it goes back.
  if (!(await isLeft(aside))) await made(() => link(aside, file));
  await rm(aside, { force: true });
}
