import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalServerError } from './local-server-error.js';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.js';

const patience = 90_000;

/**
 * Runs `action` while no other process starts or stops servers on the same data folder. A lock whose holder
 * has died is taken over.
 * @throws LocalServerError when another process holds the lock for more than 90 s.
 */
export async function withDataFolderLock<T>(
  folder: string,
  onWait: () => void,
  action: () => Promise<T>,
): Promise<T> {
  const file = join(folder, 'servers.lock');
  const own = JSON.stringify(await identifyProcess(process.pid));
  const deadline = Date.now() + patience;
  let told = false;
  while (!(await create(file, own))) {
    if (await isAbandoned(file)) {
      await discard(file);
      continue;
    }
    if (Date.now() > deadline) {
      throw new LocalServerError(
        `Another process has been starting or stopping servers in ${folder} for over ${patience / 1000} s. ` +
          `If there is none, remove ${file}.`,
      );
    }
    if (!told) onWait();
    told = true;
    await sleep(50);
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

async function create(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  try {
    const content = await readFile(file, 'utf8');
    if (content !== '') return !(await isAlive(JSON.parse(content) as ProcessIdentity));
    // Made, but not yet written: only one that stays so was left by a crash.
    return Date.now() - (await stat(file)).mtimeMs > 5_000;
  } catch {
    return false;
  }
}

/** Moved before it is removed, so that of two processes which saw the dead holder one gets it. */
async function discard(file: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if (await isAbandoned(aside)) {
    await rm(aside, { force: true });
  } else {
    // Another process was quicker and this is its fresh lock: put it back.
    await rename(aside, file);
  }
}
