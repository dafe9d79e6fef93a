/** What earlier agents changed, put into a new workspace: merged, or as patches to decide among. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactReference, WorkspaceChange } from '../../shared/workspace.js';
import { type AttemptFolder, CANDIDATES } from './attempt-folder.js';
import { GitError, type GitPlace, git, splitZ } from './git.js';
import { findEscape } from './links.js';
import { linksOf } from './private-repository.js';

type Fetch = (reference: ArtifactReference) => Promise<Uint8Array>;

/**
 * Merges changes into a workspace's files, in order. Each is a change of the same beginning, so what two have
 * in common (one agent's change includes those it was given) goes in once, and only what contradicts is left
 * out, as a whole change.
 *
 * @returns a sentence for the agent on each change that was left out
 */
export async function putEarlierChanges(
  attempt: AttemptFolder,
  changes: readonly WorkspaceChange[],
  fetch: Fetch,
  signal: AbortSignal,
): Promise<string[]> {
  if (changes.length === 0) return [];
  const notes: string[] = [];
  const place: GitPlace = { ...attempt.repository, signal };
  const beginning = await commit(place, attempt.state.tree, []);
  await git(['update-ref', '--no-deref', 'HEAD', beginning], place);
  for (const [index, change] of changes.entries()) {
    const left = (why: string): number =>
      notes.push(
        `Change ${index + 1} of ${changes.length} by earlier agents is not in this workspace: ${why}.`,
      );
    if (change.diff === null) {
      if (change.problem !== undefined) left(change.problem);
      continue;
    }
    const fitted = await fit(attempt, place, await fetch(change.diff));
    if ('problem' in fitted) {
      left(fitted.problem);
      continue;
    }
    const conflicts = await merge(place, await commit(place, fitted.tree, [beginning]));
    if (conflicts !== null) left(`it contradicts those before it in ${conflicts}`);
  }
  return notes;
}

const commit = async (place: GitPlace, tree: string, parents: readonly string[]): Promise<string> =>
  (await git(['commit-tree', '-m', 'change', ...parents.flatMap((id) => ['-p', id]), tree], place))
    .toString()
    .trim();

/** The tree that a change makes of the beginning. */
async function fit(
  attempt: AttemptFolder,
  place: GitPlace,
  patch: Uint8Array,
): Promise<{ tree: string } | { problem: string }> {
  const aside: GitPlace = { ...place, index: join(attempt.repository.gitDir, 'index.aside') };
  await git(['read-tree', attempt.state.tree], aside);
  try {
    await git(['apply', '--cached', '--whitespace=nowarn', '-'], aside, patch);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return { problem: `it is of other files than these (${error.said[0] ?? 'it does not apply'})` };
  }
  const tree = (await git(['write-tree'], aside)).toString().trim();
  const escape = await findEscape(await linksOf(place, tree));
  if (escape === null) return { tree };
  const { path, target } = escape;
  return {
    problem: `its link ${JSON.stringify(path)} leads out of the folder, to ${JSON.stringify(target)}`,
  };
}

/** Merges into the files. @returns the files that conflict, in which case nothing is merged */
async function merge(place: GitPlace, other: string): Promise<string | null> {
  try {
    await git(['merge', '--quiet', '--no-edit', '-m', 'changes', other], place);
    return null;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const files = splitZ(await git(['diff', '--name-only', '-z', '--diff-filter=U', '--no-ext-diff'], place));
    // It failed for another reason.
    if (files.length === 0) throw error;
    await git(['reset', '--quiet', '--hard'], place);
    const named = files.slice(0, 5).map((path) => JSON.stringify(path));
    return named.join(', ') + (files.length > named.length ? ` and ${files.length - named.length} more` : '');
  }
}

/**
 * Writes changes into the workspace as patches, beside its files.
 *
 * @returns a sentence for the agent on each
 */
export async function writeCandidates(
  attempt: AttemptFolder,
  candidates: readonly WorkspaceChange[],
  fetch: Fetch,
): Promise<string[]> {
  if (candidates.length === 0) return [];
  const folder = join(attempt.work, CANDIDATES);
  await mkdir(folder);
  // An agent that commits all it finds should not commit these.
  await writeFile(join(folder, '.gitignore'), '*\n');
  const notes: string[] = [];
  for (const [index, { diff, problem, files, additions, deletions }] of candidates.entries()) {
    const name = `${CANDIDATES}/${index + 1}.patch`;
    if (diff !== null) await writeFile(join(attempt.work, name), await fetch(diff));
    notes.push(
      diff !== null
        ? `Candidate ${index + 1} is the patch ${name}: ${files} files, ${additions} lines added, ${deletions} removed.`
        : `Candidate ${index + 1} has no patch: ${problem ?? 'it changes nothing'}.`,
    );
  }
  return notes;
}
