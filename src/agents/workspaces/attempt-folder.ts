/** The folder of one attempt on disk: its files, the record of what they were at first, and whose it is. */
import { lstat, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceChange, WorkspaceRequest } from '../../shared/workspace.js';
import { git, MAX_PATCH_BYTES, splitZ } from './git.js';
import { quoteUnclearNames } from './patch-header.js';
import {
  ignoredFiles,
  initRepository,
  listFiles,
  type ObjectFormat,
  type PrivateRepository,
  recordFiles,
  writeSettings,
} from './private-repository.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';
import { removeFolder } from './remove-folder.js';
import { TreeMeter } from './walk-tree.js';

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
  workspace: WorkspaceRequest;
  notes: string[];
  /** What changes are told against, for people. */
  base: string;
  /** The files at first. */
  tree: string;
  format: ObjectFormat;
  leftOut: string[];
  kept?: true;
  /** What became of it, once it is closed. */
  closed?: WorkspaceChange;
}

const STATE = 'attempt.json';

export class AttemptFolder {
  private constructor(
    private readonly place: string,
    public state: AttemptState,
  ) {}

  static async create(
    place: string,
    given: Pick<AttemptState, 'tenant' | 'key' | 'owner' | 'workspace'>,
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

  /** Null when there is none. */
  static async find(place: string): Promise<AttemptFolder | null> {
    try {
      return new AttemptFolder(place, JSON.parse(await readFile(join(place, STATE), 'utf8')) as AttemptState);
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
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
    const file = join(this.place, STATE);
    await writeFile(`${file}.new`, JSON.stringify(this.state), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async isOwned(): Promise<boolean> {
    return this.state.owner !== null && (await isRunning(this.state.owner));
  }

  /** Records the files as those that changes are told against. */
  async started({ commit, format, objects, leftOut }: Origin, signal: AbortSignal): Promise<void> {
    await initRepository(this.repository, format, objects);
    const files = await listFiles(this.work, leftOut, signal);
    const paths = files.map(({ path }) => path);
    const tree = await recordFiles(this.repository, paths, signal);
    await this.update({ tree, base: commit ?? tree, format, leftOut });
  }

  /**
   * What is different from the beginning. A new file that a `.gitignore` names is no part of it, nor does it
   * count for the limits.
   *
   * @throws Error when the files are over the limits, or the change is too large, or cannot be read
   */
  async collect(): Promise<{ patch: Uint8Array; files: number; additions: number; deletions: number }> {
    const { tree, format, leftOut, workspace } = this.state;
    const { repository } = this;
    if (!(await lstat(this.work)).isDirectory())
      throw new Error('the workspace was replaced by something else');
    await writeSettings(repository.gitDir, format);
    const all = await listFiles(this.work, [...leftOut, CANDIDATES]);
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
