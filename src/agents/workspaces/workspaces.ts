/** Folders that agents work in: a fresh one for each attempt, never shared by agents that run at once. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidInputError } from '../../shared/errors.js';
import type {
  AppliedChange,
  ArtifactReference,
  WorkspaceChange,
  WorkspaceRequest,
} from '../../shared/workspace.js';
import { applyChange } from './apply-change.js';
import { AttemptFolder } from './attempt-folder.js';
import { cloneSource } from './clone-source.js';
import { copySource } from './copy-source.js';
import { putEarlierChanges, writeCandidates } from './earlier-changes.js';
import { ownIdentity } from './process-identity.js';
import { removeFolder } from './remove-folder.js';
import { withSourceLock } from './source-lock.js';

/** Keeps large values by reference. */
export interface ArtifactStore {
  /** @throws Error when it is too large, or cannot be kept at present */
  put(tenant: string, content: Uint8Array): Promise<ArtifactReference>;
  /** @throws Error when it is not there, or is not what was put */
  get(tenant: string, reference: ArtifactReference): Promise<Uint8Array>;
}

export interface OpenRequest {
  tenant: string;
  /** Names the attempt. */
  key: string;
  workspace: WorkspaceRequest;
  /** Earlier agents' changes, put into the folder in this order. */
  changes: readonly WorkspaceChange[];
  /** Changes to decide among, laid beside the files as patches; no part of what the agent changes. */
  candidates?: readonly WorkspaceChange[];
  /** Takes the folder of the same key as it is, when it is still there. */
  resume?: boolean;
  /** The folder is used by others, and stays when this process ends. */
  detached?: boolean;
}

export interface Workspace {
  readonly folder: string;
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

/** Since when its owner is known to be gone. */
const ABANDONED = 'abandoned';
/** Milliseconds that a folder whose process has gone may still be taken up by a later attempt. */
const GRACE_MS = 3_600_000;
/** Milliseconds after which nobody asks any more for a folder that no process owns. */
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

/**
 * Makes, closes and sweeps the workspaces of one machine. Workers that share a machine share its root.
 *
 * Git programs do the work, with settings of our own only: nothing that an agent or a repository set up
 * (hooks, filters, drivers, monitors) is run by us.
 */
export class Workspaces {
  readonly #root: string;
  readonly #artifacts: ArtifactStore;

  constructor(options: { root: string; artifacts: ArtifactStore }) {
    this.#root = resolve(options.root);
    this.#artifacts = options.artifacts;
  }

  /**
   * Makes an attempt's folder; one that is left of the same key is replaced, unless it is to be resumed.
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
    const { tenant, key, workspace } = request;
    const root = await this.#rootFolder();
    const place = join(root, nameOf(tenant, key));
    if (request.resume === true) {
      const left = await AttemptFolder.find(place);
      if (left !== null && left.state.closed === undefined) {
        await left.update({ owner: request.detached === true ? null : await ownIdentity() });
        await rm(join(place, ABANDONED), { force: true });
        return this.#handle(left, tenant, true);
      }
    }
    await checkFolder(workspace.source);
    // Made aside, so that a try which is given up on cannot write into the next one's folder.
    const aside = `${place}.${randomUUID().slice(0, 8)}`;
    try {
      const attempt = await AttemptFolder.create(aside, {
        tenant,
        key,
        owner: await ownIdentity(),
        workspace,
      });
      const make = workspace.isolation === 'git' ? cloneSource : copySource;
      await attempt.started(await make(workspace, attempt.work, { root, signal }), signal);
      const notes = await putEarlierChanges(attempt, request.changes, this.#fetch(tenant), signal);
      notes.push(...(await writeCandidates(attempt, request.candidates ?? [], this.#fetch(tenant))));
      await attempt.update({ notes });
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
   * @throws Error when the change cannot be fetched, or the source cannot be written
   */
  async apply(tenant: string, source: string, change: WorkspaceChange): Promise<AppliedChange> {
    if (change.diff === null)
      return change.problem === undefined ? { applied: true } : { applied: false, reason: change.problem };
    await checkFolder(source);
    const folder = await realpath(source);
    const patch = await this.#artifacts.get(tenant, change.diff);
    const root = await this.#rootFolder();
    const journal = join(root, 'applying', nameOf(folder, change.diff.id));
    return withSourceLock(join(root, 'locks'), folder, () => applyChange(folder, patch, journal));
  }

  /**
   * Removes what processes that are gone have left: at once what they had not finished making, and after
   * `graceMs` what a later attempt might have taken up. Kept folders stay.
   *
   * @returns the number of folders removed
   */
  async sweep(graceMs = GRACE_MS): Promise<number> {
    const root = await this.#rootFolder();
    let removed = 0;
    for (const name of await readdir(root)) {
      if (!/^[0-9a-f]{32}(\.|$)/.test(name)) continue;
      const folder = join(root, name);
      if (await isLitter(folder, name.includes('.'), graceMs)) {
        await removeFolder(folder);
        removed += 1;
      }
    }
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
      notes: attempt.state.notes,
      resumed,
      close: (success) => {
        closing ??= this.#close(attempt, tenant, success, false);
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
    const { keep } = attempt.state.workspace;
    let change: WorkspaceChange;
    try {
      const { patch, ...counts } = await attempt.collect();
      const diff = patch.length === 0 ? null : await this.#artifacts.put(tenant, patch);
      change = { base: attempt.state.base, diff, ...counts };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
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

async function isLitter(folder: string, unfinished: boolean, graceMs: number): Promise<boolean> {
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
  const seen = await stat(mark).catch(() => null);
  if (seen !== null) return Date.now() - seen.mtimeMs;
  await writeFile(mark, '');
  return 0;
}
