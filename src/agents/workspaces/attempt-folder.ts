/** The folder of one attempt on disk: its files, the record of what they were at first, and whose it is. */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { WorkspaceChange, WorkspaceRequest } from '../../shared/workspace.js';
import { clip } from '../clip.js';
import { git, MAX_PATCH_BYTES, splitZ } from './git.js';
import { readOwnFile, writeOwnFile } from './own-file.js';
import { quoteUnclearNames } from './patch-header.js';
import {
  ignoredFiles,
  initRepository,
  listFiles,
  type ObjectFormat,
  type PrivateRepository,
  recordFiles,
} from './private-repository.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';
import { removeFolder } from './remove-folder.js';
import { type TreeEntry, TreeMeter, walkTree } from './walk-tree.js';

/** Lies among the files of a workspace without being part of them. */
export const CANDIDATES = '.journeyman-candidates';

/** What the files of a new workspace came from. */
export interface Origin {
  /** The commit; without one, the digest of the files is the base. */
  commit?: string;
  format: ObjectFormat;
  /** Folder of objects that the record may use besides its own. */
  objects?: string;
  /** Folders whose contents are not looked at: submodules. */
  leftOut: string[];
}

interface AttemptState {
  tenant: string;
  key: string;
  /** Null when the folder is used by others than the process that made it. */
  owner: ProcessIdentity | null;
  /** Of who opened it last: who opened it before has no say in it any more. */
  token: string;
  workspace: WorkspaceRequest;
  notes: string[];
  /** What changes are told against, for people. */
  base: string;
  /** The files at first. */
  tree: string;
  /** The files after earlier changes were put in, where that is not the same. */
  given?: string;
  format: ObjectFormat;
  objects?: string;
  leftOut: string[];
  kept?: true;
  /** What became of it, once it is closed. */
  closed?: WorkspaceChange;
}

const STATE = 'attempt.json';
const MAX_STATE_BYTES = 16 * 1024 * 1024;
/** What is named in a note. */
const MAX_NAMED = 5;
const MAX_NOTE_CHARS = 500;

/** A change as it was taken out. */
export interface Collected extends Pick<WorkspaceChange, 'files' | 'additions' | 'deletions' | 'note'> {
  patch: Uint8Array;
}

export class AttemptFolder {
  private constructor(
    private readonly place: string,
    public state: AttemptState,
  ) {}

  static async create(
    place: string,
    given: Pick<AttemptState, 'tenant' | 'key' | 'owner' | 'token' | 'workspace'>,
  ): Promise<AttemptFolder> {
    await mkdir(join(place, 'work'), { recursive: true, mode: 0o700 });
    // A git started in a workspace without a repository would look for one above it, and could find that of
    // a project around the root. At this it stops.
    await writeFile(join(place, '.git'), 'gitdir: none\n');
    const empty = { notes: [], base: '', tree: '', format: 'sha1' as const, leftOut: [] };
    const attempt = new AttemptFolder(place, { ...given, ...empty });
    await attempt.update({});
    return attempt;
  }

  /** Null when there is none, or not as it was written. */
  static async find(place: string): Promise<AttemptFolder | null> {
    const text = await readOwnFile(join(place, STATE), MAX_STATE_BYTES);
    try {
      const state = JSON.parse(text?.toString('utf8') ?? 'null') as AttemptState | null;
      // What git is told must be no option of it.
      const isId = (id: unknown): boolean => /^[0-9a-f]*$/.test(String(id));
      return state !== null && isId(state.tree) && isId(state.given ?? '')
        ? new AttemptFolder(place, state)
        : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** The folder that the agent works in. */
  get work(): string {
    return join(this.place, 'work');
  }

  get repository(): PrivateRepository {
    return { gitDir: join(this.place, 'base'), workTree: this.work };
  }

  movedTo(place: string): AttemptFolder {
    return new AttemptFolder(place, this.state);
  }

  async update(changed: Partial<AttemptState>): Promise<void> {
    this.state = { ...this.state, ...changed };
    await writeOwnFile(join(this.place, STATE), JSON.stringify(this.state));
  }

  /** Whether nobody else has opened the folder since, or made it anew. */
  async isStillOurs(): Promise<boolean> {
    return (await AttemptFolder.find(this.place))?.state.token === this.state.token;
  }

  async isOwned(): Promise<boolean> {
    return this.state.owner !== null && (await isRunning(this.state.owner));
  }

  /** Records the files as those that changes are told against. */
  async started({ commit, format, objects, leftOut }: Origin, signal: AbortSignal): Promise<void> {
    await initRepository(this.repository, format, objects === undefined ? [] : [objects]);
    const files = await listFiles(this.work, leftOut, signal);
    const paths = files.map(({ path }) => path);
    const tree = await recordFiles(this.repository, paths, signal);
    const known = objects === undefined ? {} : { objects };
    await this.update({ tree, base: commit ?? tree, format, leftOut, ...known });
  }

  /** Notes what was put in besides. */
  async completed(notes: string[]): Promise<void> {
    const given = (await git(['write-tree'], this.repository)).toString().trim();
    await this.update({ notes, given });
  }

  /**
   * What is different from the beginning. A new file that a `.gitignore` names is no part of it, nor does it
   * count for the limits.
   *
   * @throws Error when the files are over the limits, or the change is too large, or cannot be read
   */
  async collect(): Promise<Collected> {
    if (!(await lstat(this.work)).isDirectory())
      throw new Error('the workspace was replaced by something else');
    const others: TreeEntry[] = [];
    const all = await listFiles(this.work, [...this.state.leftOut, CANDIDATES], undefined, others);
    // Git would wait for what somebody writes into a pipe.
    const unreadable = others.find(({ path }) => /^\.git(ignore|attributes)$/.test(basename(path)));
    if (unreadable !== undefined) throw new Error(`${JSON.stringify(unreadable.path)} is no file`);
    const repository = await this.#freshRepository();
    try {
      const note = noteOn(others);
      return { ...(await this.#compare(repository, all)), ...(note === null ? {} : { note }) };
    } finally {
      await removeFolder(repository.gitDir);
    }
  }

  /**
   * A repository with what is known of the beginning and nothing else in it. That beside the files has been
   * within the reach of the agent: of it only objects are used, which are data.
   */
  async #freshRepository(): Promise<PrivateRepository> {
    const { tree, given = tree, format, objects } = this.state;
    const recorded = join(this.repository.gitDir, 'objects');
    for (const folder of [this.repository.gitDir, recorded])
      if (!(await lstat(folder)).isDirectory()) throw new Error('the record of its beginning was replaced');
    // Where else there are objects is known.
    await removeFolder(join(recorded, 'info'));
    for await (const { kind, path } of walkTree(recorded, () => false))
      if (kind !== 'file' && kind !== 'folder')
        throw new Error(`the record of its beginning was changed: ${JSON.stringify(path)} is no file`);
    const place = { gitDir: join(this.place, `change-${randomUUID()}`), workTree: this.work };
    const known = objects === undefined ? [recorded] : [recorded, objects];
    const repository = await initRepository(place, format, known);
    await git(['read-tree', given], repository);
    return repository;
  }

  async #compare(repository: PrivateRepository, all: readonly TreeEntry[]): Promise<Omit<Collected, 'note'>> {
    const { tree, workspace } = this.state;
    const ignored = await ignoredFiles(
      repository,
      all.map(({ path }) => path),
    );
    const files = all.filter(({ path }) => !ignored.has(path));
    const meter = new TreeMeter(workspace);
    for (const { bytes } of files) {
      const over = meter.count(bytes);
      if (over !== null) throw new Error(`the workspace is over the limit: ${over}`);
    }
    const now = await recordFiles(
      repository,
      files.map(({ path }) => path),
    );
    const compare = (...how: string[]): Promise<Buffer> =>
      git(['diff-tree', '-r', '-M', '--no-ext-diff', '--no-textconv', ...how, tree, now], repository);
    const patch = quoteUnclearNames(await compare('-p', '--binary', '--full-index', '--no-color'));
    if (patch.length > MAX_PATCH_BYTES)
      throw new Error(`the change is ${patch.length} bytes, over the limit of ${MAX_PATCH_BYTES}`);
    const counts = { files: 0, additions: 0, deletions: 0 };
    for (const line of splitZ(await compare('--numstat', '-z'))) {
      // A renamed file's two names follow by themselves; binary files have no lines.
      const [, added, removed] = /^(\d+|-)\t(\d+|-)\t/.exec(line) ?? [];
      if (added === undefined || removed === undefined) continue;
      counts.files += 1;
      counts.additions += Number(added) || 0;
      counts.deletions += Number(removed) || 0;
    }
    return { patch, ...counts };
  }

  /** Removes the files unless they are kept; what became of them is remembered where it may be asked for. */
  async end(
    closed: WorkspaceChange,
    { kept, remember }: { kept: boolean; remember: boolean },
  ): Promise<void> {
    if (!kept && !remember) return removeFolder(this.place);
    await this.update({ closed, ...(kept ? { kept } : {}) });
    await removeFolder(this.repository.gitDir);
    if (!kept) await removeFolder(this.work);
  }
}

/** A sentence on what no patch can tell; null when there is nothing of it. */
function noteOn(others: readonly TreeEntry[]): string | null {
  if (others.length === 0) return null;
  const named = others
    .slice(0, MAX_NAMED)
    .map(
      ({ path, kind }) =>
        `${JSON.stringify(path)} ${kind === 'other' ? 'is no file' : "is named like git's own"}`,
    );
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : '';
  return clip(`Not in the change: ${named.join(', ')}${more}.`, MAX_NOTE_CHARS);
}
