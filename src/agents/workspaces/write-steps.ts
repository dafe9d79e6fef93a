/**
 * Writes several files as one step: what is to be written is on disk before the first of them is touched, so
 * that a process which comes after a crash can complete it.
 */
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileState, sameState, stateAt } from './file-state.js';
import { removeFolder } from './remove-folder.js';

/** One file: what it was, and what it becomes; null for none. */
export interface Step {
  path: string;
  before: FileState | null;
  after: FileState | null;
}

interface Journal {
  folder: string;
  hash: string;
  steps: Step[];
}

const JOURNAL = 'journal.json';
const contentOf = (journal: string, index: number): string => join(journal, `content-${index}`);

/** Writes down what is to be done. `contents` are those of the steps, in their order. */
export async function writeJournal(
  place: string,
  journal: Journal,
  contents: readonly (Uint8Array | null)[],
): Promise<void> {
  for (const [index, content] of contents.entries())
    if (content !== null) await writeFile(contentOf(place, index), content);
  await writeFile(join(place, `${JOURNAL}.new`), JSON.stringify(journal));
  await rename(join(place, `${JOURNAL}.new`), join(place, JOURNAL));
}

/** Whether something was written down and not completed. */
export const hasJournal = async (place: string): Promise<boolean> =>
  (await lstat(join(place, JOURNAL)).catch(() => null)) !== null;

/**
 * Does what was written down, and forgets it.
 *
 * @returns a file that is neither as it was nor as it becomes, in which case nothing is written; else null
 */
export async function takeSteps(place: string): Promise<string | null> {
  const { folder, hash, steps } = JSON.parse(await readFile(join(place, JOURNAL), 'utf8')) as Journal;
  const left: [number, Step][] = [];
  for (const [index, step] of steps.entries()) {
    const now = await stateAt(folder, step.path, hash);
    if (sameState(now, step.after)) continue;
    if (!sameState(now, step.before)) {
      await removeFolder(place);
      return step.path;
    }
    left.push([index, step]);
  }
  // A file that goes may leave room for a folder of its name, and the other way round.
  for (const [, { path, after }] of left) if (after === null) await removeFile(folder, path);
  for (const [index, { path, after }] of left)
    if (after !== null) await putFile(join(folder, path), after.mode, contentOf(place, index));
  await removeFolder(place);
  return null;
}

/** Removes a file, and the folders that it leaves empty. */
async function removeFile(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    try {
      await rmdir(join(folder, parent));
    } catch {
      return;
    }
  }
}

/** Puts a file in its place at once, so that nobody reads half of it. */
async function putFile(file: string, mode: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const found = await lstat(file).catch(() => null);
  // An emptied folder may stand where the file goes.
  if (found?.isDirectory() === true) await rmdir(file);
  const aside = `${file}.journeyman-${process.pid}`;
  await rm(aside, { force: true });
  if (mode === '120000') {
    await symlink(await readFile(content, 'utf8'), aside);
  } else {
    await copyFile(content, aside);
    const was = found?.isFile() === true ? found.mode & 0o777 : 0o666 & ~process.umask();
    // Who may read it may run it.
    await chmod(aside, mode === '100755' ? was | ((was & 0o444) >> 2) : was & ~0o111);
  }
  await rename(aside, file);
}
