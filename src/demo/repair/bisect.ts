/** Repair by history: finds the commit after which the tests fail, and takes its change back. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RepairSession } from './repair-session.js';
import { ScratchFolder } from './scratch-folder.js';

const run = promisify(execFile);

/**
 * Searches the history for the last commit whose sources pass today's tests, and merges the files of the
 * next commit, the culprit, back to how they were before it. Later changes to the same files are kept; when
 * they overlap with the culprit's, the file goes back as a whole.
 */
export async function repairByHistory(session: RepairSession): Promise<void> {
  const git = gitOf(session.workspace);
  if (!existsSync(join(session.workspace, '.git'))) return session.giveUp('the workspace has no git history');
  const commits = (await git('rev-list', '--reverse', '--first-parent', 'HEAD')).trim().split('\n');
  if (commits.length < 2) return session.giveUp('the history has a single commit');
  const failures = await session.reproduce();
  if (failures.length === 0) return;

  const versionAt = async (commit: string): Promise<Map<string, string>> => {
    const version = new Map<string, string>();
    const listed = (await git('ls-tree', '-r', '--name-only', commit)).split('\n');
    for (const path of session.texts.keys()) {
      if (listed.includes(path)) version.set(path, await git('show', `${commit}:${path}`));
    }
    return version;
  };
  const passesAt = async (index: number): Promise<boolean> => {
    const commit = commits[index] ?? '';
    const action = { type: 'checkout-and-test', input: { at: { commit } } };
    return session.probe(action, await versionAt(commit));
  };

  // The parent of HEAD's history may be bad throughout: only a good commit makes the search worth its runs.
  let good = 0;
  let bad = commits.length - 1;
  if (!(await passesAt(good))) return session.giveUp('the tests fail on the first commit already');
  while (bad - good > 1) {
    if (!session.canRun) return session.giveUp('the budget of test runs is spent');
    const middle = Math.floor((good + bad) / 2);
    if (await passesAt(middle)) good = middle;
    else bad = middle;
  }

  const before = await versionAt(commits[good] ?? '');
  const after = await versionAt(commits[bad] ?? '');
  const changed = [...before.keys()].filter((path) => before.get(path) !== after.get(path));
  const merged = new Map<string, string>();
  const whole = new Map<string, string>();
  for (const path of changed) {
    const old = before.get(path) ?? '';
    whole.set(path, old);
    merged.set(path, (await mergeBack(session.texts.get(path) ?? '', after.get(path) ?? '', old)) ?? old);
  }
  const at = { commit: commits[bad] ?? '', files: changed };
  if (await session.attempt({ type: 'revert-commit', input: { scope: 'change', at } }, merged)) return;
  await session.attempt({ type: 'revert-commit', input: { scope: 'file', at } }, whole);
}

type Git = (...args: string[]) => Promise<string>;

function gitOf(workspace: string): Git {
  return async (...args) => {
    const { stdout } = await run('git', ['-C', workspace, ...args], { maxBuffer: 16_000_000 });
    return stdout;
  };
}

/** Three-way merge of a text with the way back from `after` to `before`; undefined when they overlap. */
async function mergeBack(current: string, after: string, before: string): Promise<string | undefined> {
  const scratch = new ScratchFolder('journeyman-merge-');
  try {
    const paths = ['current', 'after', 'before'].map((name) => join(scratch.path, name));
    const texts = [current, after, before];
    await Promise.all(paths.map((path, index) => writeFile(path, texts[index] ?? '')));
    const { stdout } = await run('git', ['merge-file', '-p', ...paths]);
    return stdout;
  } catch (error) {
    // git exits with the number of overlaps.
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return undefined;
    throw error;
  } finally {
    await scratch.remove();
  }
}
