/** Puts a change into a folder's files, whole or not at all. */
import { lstat, mkdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppliedChange } from '../../shared/workspace.js';
import { blockedAt, type FileState, sameState, stateAt } from './file-state.js';
import { GitError, type GitPlace, git, splitZ } from './git.js';
import { leadsOut } from './links.js';
import { isNameOfGit } from './names-of-git.js';
import { type PatchedFile, readPatchHeaders } from './patch-header.js';
import { initRepository, listFiles, readBlobs, recordFiles } from './private-repository.js';
import { removeFolder } from './remove-folder.js';
import type { TreeEntry } from './walk-tree.js';
import { hasJournal, type Step, takeSteps, writeJournal } from './write-steps.js';

type Files = Map<string, FileState>;

/**
 * Applies a patch to the files of a folder; its git index and history, if it has any, stay as they are.
 *
 * @param journal folder of this change and this source alone, where a crash leaves what is needed to go on
 */
export async function applyChange(
  source: string,
  patch: Uint8Array,
  journal: string,
): Promise<AppliedChange> {
  if (await hasJournal(journal)) {
    const changed = await takeSteps(journal);
    return changed === null
      ? { applied: true }
      : refused(`it was put in only in part by a process that ended, and ${quoted(changed)} is another now`);
  }
  await removeFolder(journal);
  await mkdir(journal, { recursive: true, mode: 0o700 });
  try {
    return await applyAfresh(source, patch, journal);
  } finally {
    // What was begun is left for the next try.
    if (!(await hasJournal(journal))) await removeFolder(journal);
  }
}

async function applyAfresh(source: string, patch: Uint8Array, journal: string): Promise<AppliedChange> {
  const patched = readPatchHeaders(patch);
  const paths = [...new Set(patched.flatMap(({ from, to }) => [from, to].filter((path) => path !== null)))];
  const hash = patched.some(({ before }) => before.id?.length === 64) ? 'sha256' : 'sha1';
  const place = await initRepository({ gitDir: join(journal, 'repository'), workTree: source }, hash);

  const present: string[] = [];
  for (const path of paths) {
    const state = await stateAt(source, path, hash);
    if (state?.mode === '0') return refused(`${quoted(path)} of the source is no file`);
    if (state !== null) present.push(path);
  }
  await recordFiles(place, present);
  const before = await recorded(place);
  const why = await applyToIndex(place, patch, patched, before);
  if (why === 'already') return { applied: true };
  if (why !== null) return refused(why);
  const after = await recorded(place);

  const steps: Step[] = paths
    .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }))
    .filter((step) => !sameState(step.before, step.after));
  const contents = await contentsOf(place, steps);
  const obstacle = (await findObstacle(source, steps)) ?? (await findWayOut(source, steps, contents));
  if (obstacle !== null) return refused(obstacle);
  await writeJournal(journal, { folder: source, hash, steps }, contents);
  const changed = await takeSteps(journal);
  return changed === null ? { applied: true } : refused(`${quoted(changed)} was changed at the same time`);
}

const refused = (reason: string): AppliedChange => ({ applied: false, reason });
const quoted = (path: string): string => JSON.stringify(path);

/** @returns null when it was applied, `already`, or why it was not */
async function applyToIndex(
  place: GitPlace,
  patch: Uint8Array,
  patched: readonly PatchedFile[],
  before: Files,
): Promise<string | null> {
  const check = async (...how: string[]): Promise<string | null> => {
    try {
      await git(['apply', '--cached', '--whitespace=nowarn', ...how, '-'], place, patch);
      return null;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const said = error.said
        .filter((line) => !line.startsWith('patch failed:'))
        .map((line) => line.replace(/ in index$/, ' in the source'));
      const more = said.length > 5 ? ` and ${said.length - 5} more` : '';
      return `it does not fit the source's files as they are now: ${said.slice(0, 5).join('; ')}${more}`;
    }
  };
  const forward = await check('--check');
  const backward = await check('--check', '--reverse');
  if (backward === null) {
    if (forward !== null) return 'already';
    // Lines that repeat, and modes, can look both done and undone: then only what it was and is can tell.
    const isAt = (when: 'before' | 'after'): boolean =>
      patched.every((file) => {
        const { id, mode } = file[when];
        const now = before.get(file.to ?? file.from ?? '');
        return (id === undefined || now?.id === id) && (mode === undefined || now?.mode === mode);
      });
    if (isAt('after')) return 'already';
    if (!isAt('before')) return 'the source has changed so that nobody can tell whether it is in already';
  }
  return forward ?? (await check());
}

/** The files of the index. */
async function recorded(place: GitPlace): Promise<Files> {
  const lines = splitZ(await git(['ls-files', '--stage', '-z'], place));
  return new Map(
    lines.flatMap((line) => {
      const [, mode, id, path] = /^(\d+) ([0-9a-f]+) \d\t([^]*)$/.exec(line) ?? [];
      return mode === undefined || id === undefined || path === undefined ? [] : [[path, { mode, id }]];
    }),
  );
}

async function contentsOf(place: GitPlace, steps: readonly Step[]): Promise<(Buffer | null)[]> {
  const written = steps.flatMap(({ after }) => (after === null || after.mode === '160000' ? [] : [after.id]));
  const blobs = (await readBlobs(place, written)).values();
  return steps.map(({ after }) =>
    after === null || after.mode === '160000' ? null : (blobs.next().value ?? null),
  );
}

/** What of the source is in the way of files that are to be written. */
async function findObstacle(source: string, steps: readonly Step[]): Promise<string | null> {
  const goes = new Set(steps.filter(({ after }) => after === null).map(({ path }) => path));
  for (const { path, after } of steps) {
    if (after === null) continue;
    if (after.mode === '160000') return `${quoted(path)} is a repository of its own`;
    if (path.split('/').some(isNameOfGit)) return `${quoted(path)} lies in a folder of git`;
    const blocked = await blockedAt(source, path);
    if (blocked !== null && !goes.has(blocked))
      return `${quoted(path)} would lie in ${quoted(blocked)}, which is a link or a file`;
    const found = blocked === null ? await lstat(join(source, path)).catch(() => null) : null;
    if (found?.isDirectory() !== true) continue;
    const others: TreeEntry[] = [];
    const files = await listFiles(join(source, path), [], undefined, others);
    for (const file of [...files, ...others])
      if (!goes.has(`${path}/${file.path}`)) return `${quoted(path)} is a folder that is not empty`;
  }
  return null;
}

/** A new link that leads out of the source. */
async function findWayOut(
  source: string,
  steps: readonly Step[],
  contents: readonly (Buffer | null)[],
): Promise<string | null> {
  const links = new Map(
    steps.map(({ path, after }, index) => [
      path,
      after?.mode === '120000' ? (contents[index]?.toString('utf8') ?? null) : null,
    ]),
  );
  const readLink = async (path: string): Promise<string | null> => {
    const planned = links.get(path);
    return planned !== undefined ? planned : readlink(join(source, path)).catch(() => null);
  };
  for (const [path, target] of links)
    if (target !== null && (await leadsOut(path, target, readLink)))
      return `its link ${quoted(path)} leads out of the source, to ${quoted(target)}`;
  return null;
}
