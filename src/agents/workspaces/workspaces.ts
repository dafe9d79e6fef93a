/** Folders that agents work in: a fresh one for each attempt, never shared by agents that run at once. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, realpath, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '../../shared/errors.js';
import type {
  AppliedChange,
  ArtifactReference,
  WorkspaceChange,
  WorkspaceRequest,
} from '../../shared/workspace.js';
import { clip } from '../clip.js';
import { endProcessesIn } from '../process-tree.js';
import { applyChange } from './apply-change.js';
import { AttemptFolder } from './attempt-folder.js';
import { cloneSource } from './clone-source.js';
import { copySource } from './copy-source.js';
import { putEarlierChanges, writeCandidates } from './earlier-changes.js';
import { isLitter, takenUp } from './litter.js';
import { ownIdentity } from './process-identity.js';
import { type ArtifactStore, RecentArtifacts } from './recent-artifacts.js';
import { removeFolder } from './remove-folder.js';
import { withSourceLock } from './source-lock.js';

export type { ArtifactStore } from './recent-artifacts.js';

export interface OpenRequest {
  tenant: string;
  /** Names the attempt. */
  key: string;
  workspace: WorkspaceRequest;
  /** Earlier agents' changes, put into the folder in this order. */
  changes: readonly WorkspaceChange[];
  /** Changes to decide among, laid beside the files as patches; no part of what the agent changes. */
  candidates?: readonly WorkspaceChange[];
  /** Takes the folder of the same key as it is, when it is still there and nobody works in it any more. */
  resume?: boolean;
  /** The folder is used by others, and stays when this process ends. */
  detached?: boolean;
}

export interface Workspace {
  readonly folder: string;
  /** By which a later attempt finds it. */
  readonly key: string;
  /** What its agent should know of it, a sentence each. */
  readonly notes: string[];
  /** Whether it was found as an earlier process left it. */
  readonly resumed: boolean;
  /**
   * Takes the change out and removes the folder, unless it is to be kept: `failed` keeps it when success is
   * not true, and when its change could not be had. Never throws, and answers the same when called again.
   */
  close(success: boolean | null): Promise<WorkspaceChange>;
}

/** Milliseconds that what an agent left running in its folder has to end. */
const END_MS = 500;
/** Paths in it may be very long. */
const MAX_PROBLEM_CHARS = 300;
/** Milliseconds that a folder whose process has gone may still be taken up by a later attempt. */
const GRACE_MS = 3_600_000;

/**
 * Makes, closes and sweeps the workspaces of one machine. Workers that share a machine share its root.
 *
 * Git programs do the work, with settings of our own only: nothing that an agent or a repository set up
 * (hooks, filters, drivers, monitors) is run by us.
 */
export class Workspaces {
  readonly #root: string;
  readonly #artifacts: RecentArtifacts;

  constructor(options: { root: string; artifacts: ArtifactStore }) {
    this.#root = resolve(options.root);
    this.#artifacts = new RecentArtifacts(options.artifacts, async () =>
      join(await this.#rootFolder(), 'recent'),
    );
  }

  /**
   * Makes an attempt's folder; one that is left of the same key is replaced, unless it is to be resumed. One
   * that was to be resumed while its owner still lives stays as it is, and the new one has a key of its own.
   *
   * A clone (`git`) has the source's commit and history, but no branch, remote, stash or hook of it; filters
   * such as LFS do not run, and submodules stay empty. A copy (`copy`) has all files, `.git` included, but no
   * sockets or devices, and no `.git` file that names a repository elsewhere.
   *
   * @throws InvalidInputError when the source or ref is not there, is over a limit, or has a link that leads
   * out of it
   * @throws Error when git is missing or the disk does not take it
   */
  async open(request: OpenRequest, signal: AbortSignal = new AbortController().signal): Promise<Workspace> {
    const { tenant, workspace } = request;
    const root = await this.#rootFolder();
    let { key } = request;
    const token = randomUUID();
    if (request.resume === true) {
      const place = join(root, nameOf(tenant, key));
      const left = await AttemptFolder.find(place);
      if (left !== null && left.state.closed === undefined) {
        if (!(await left.isOwned())) {
          await left.update({ owner: request.detached === true ? null : await ownIdentity(), token });
          await takenUp(place);
          return this.#handle(left, tenant, true);
        }
        // Its heartbeats were late, perhaps, and it does not yet know that it was given up on.
        key = `${key}.${token.slice(0, 8)}`;
      }
    }
    const place = join(root, nameOf(tenant, key));
    await checkFolder(workspace.source);
    // Made aside, so that a try which is given up on cannot write into the next one's folder.
    const aside = `${place}.${randomUUID().slice(0, 8)}`;
    try {
      const attempt = await AttemptFolder.create(aside, {
        tenant,
        key,
        owner: await ownIdentity(),
        token,
        workspace,
      });
      const make = workspace.isolation === 'git' ? cloneSource : copySource;
      await attempt.started(await make(workspace, attempt.work, { root, signal }), signal);
      const notes = await putEarlierChanges(attempt, request.changes, this.#fetch(tenant), signal);
      notes.push(...(await writeCandidates(attempt, request.candidates ?? [], this.#fetch(tenant))));
      await attempt.completed(notes);
      signal.throwIfAborted();
      await setAside(place);
      await rename(aside, place);
      const made = attempt.movedTo(place);
      // Only now: a sweep takes an unfinished folder that nobody owns for litter.
      if (request.detached === true) await made.update({ owner: null });
      return this.#handle(made, tenant, false);
    } catch (error) {
      await removeFolder(aside);
      signal.throwIfAborted();
      throw error;
    }
  }

  /**
   * Closes a workspace that this process need not have opened. What it answered is remembered, so that it
   * answers the same when asked again.
   */
  async closeByKey(request: {
    tenant: string;
    key: string;
    success: boolean | null;
  }): Promise<WorkspaceChange> {
    const { tenant, key, success } = request;
    const attempt = await AttemptFolder.find(join(await this.#rootFolder(), nameOf(tenant, key)));
    if (attempt === null)
      return { ...nothing, problem: 'its workspace is not on this machine, or no longer' };
    return attempt.state.closed ?? this.#close(attempt, tenant, success, true);
  }

  /**
   * Puts a change into its source's files (not into its git index or history), whole or not at all. One that
   * is in already is left as it is; one that a crash cut off is completed when it is asked for again.
   *
   * @returns why not, when the source's files are others by now or the change would lead out of the source
   * @param signal ends the wait for other changes; once it goes in, it does so to the end
   * @throws Error when the change cannot be fetched, or the source cannot be written
   */
  async apply(
    tenant: string,
    source: string,
    change: WorkspaceChange,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<AppliedChange> {
    if (change.diff === null)
      return change.problem === undefined ? { applied: true } : { applied: false, reason: change.problem };
    await checkFolder(source);
    const folder = await realpath(source);
    const patch = await this.#artifacts.get(tenant, change.diff);
    const root = await this.#rootFolder();
    const journal = join(root, 'applying', nameOf(folder, change.diff.id));
    return withSourceLock(join(root, 'locks'), folder, () => applyChange(folder, patch, journal), signal);
  }

  /**
   * Removes what processes that are gone have left: at once what they had not finished making, and after
   * `graceMs` what a later attempt might have taken up. Kept folders stay.
   *
   * @returns the number of folders removed
   * @throws Error when some could not be; all others are
   */
  async sweep(graceMs = GRACE_MS): Promise<number> {
    const root = await this.#rootFolder();
    let removed = 0;
    await this.#artifacts.sweep();
    const problems: string[] = [];
    for (const name of await readdir(root)) {
      if (!/^[0-9a-f]{32}(\.|$)/.test(name)) continue;
      const folder = join(root, name);
      try {
        if (!(await isLitter(folder, name.includes('.'), graceMs))) continue;
        await removeFolder(folder);
        removed += 1;
      } catch (error) {
        // One that cannot be removed does not keep the others.
        problems.push(messageOf(error));
      }
    }
    if (problems.length > 0) throw new Error(clip(problems.join('; '), MAX_PROBLEM_CHARS));
    return removed;
  }

  async #rootFolder(): Promise<string> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const { uid } = await stat(this.#root);
    // Whoever else made it, e.g. beforehand in the system's folder for temporary files, could change what is in it.
    if (uid !== 0 && uid !== process.getuid?.())
      throw new Error(`the folder of workspaces ${this.#root} belongs to another user (id ${uid})`);
    return realpath(this.#root);
  }

  #fetch(tenant: string): (reference: ArtifactReference) => Promise<Uint8Array> {
    return (reference) => this.#artifacts.get(tenant, reference);
  }

  #handle(attempt: AttemptFolder, tenant: string, resumed: boolean): Workspace {
    let closing: Promise<WorkspaceChange> | undefined;
    return {
      folder: attempt.work,
      key: attempt.state.key,
      notes: attempt.state.notes,
      resumed,
      close: (success) => {
        closing ??= endProcessesIn(attempt.work, END_MS).then(() =>
          this.#close(attempt, tenant, success, false),
        );
        return closing;
      },
    };
  }

  async #close(
    attempt: AttemptFolder,
    tenant: string,
    success: boolean | null,
    remember: boolean,
  ): Promise<WorkspaceChange> {
    if (!(await attempt.isStillOurs()))
      return {
        ...nothing,
        base: attempt.state.base,
        problem: 'its workspace is gone, or another attempt has it by now',
      };
    const { keep } = attempt.state.workspace;
    let change: WorkspaceChange;
    try {
      const { patch, ...counts } = await attempt.collect();
      const diff = patch.length === 0 ? null : await this.#artifacts.put(tenant, patch);
      change = { base: attempt.state.base, diff, ...counts };
    } catch (error) {
      const problem = clip(messageOf(error), MAX_PROBLEM_CHARS);
      change = { ...nothing, base: attempt.state.base, problem };
    }
    const kept =
      keep === 'always' || (keep === 'failed' && (success !== true || change.problem !== undefined));
    if (kept) change.folder = attempt.work;
    try {
      await attempt.end(change, { kept, remember });
    } catch {
      // What could not be removed now is swept up later; the change is safe.
    }
    return change;
  }
}

const nothing: WorkspaceChange = { base: '', diff: null, files: 0, additions: 0, deletions: 0 };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const nameOf = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

async function checkFolder(source: string): Promise<void> {
  const found = await stat(source).catch(() => null);
  if (found === null || !found.isDirectory())
    throw new InvalidInputError('workspace.source', source, 'a folder that exists on this machine');
}

/** Takes an older folder out of the way. */
async function setAside(place: string): Promise<void> {
  const aside = `${place}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(place, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await removeFolder(aside);
}
