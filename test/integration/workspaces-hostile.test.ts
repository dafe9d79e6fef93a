/** Agents that reach beyond their folder: into what is kept beside it, and into what outlives them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isNameOfGit } from '../../src/agents/workspaces/names-of-git.js';
import { removeFolder } from '../../src/agents/workspaces/remove-folder.js';
import { type ArtifactStore, type Workspace, Workspaces } from '../../src/agents/workspaces/workspaces.js';
import { isAlive } from './agents-is-alive.js';
import { git, memoryArtifacts, repository, request, temporaryFolder, writeFiles } from './workspace-data.js';

const run = promisify(execFile);
const TENANT = 'acme';
let folder: string;
let root: string;
let source: string;
let artifacts: ArtifactStore;
let workspaces: Workspaces;

beforeEach(async () => {
  folder = await temporaryFolder();
  root = join(folder, 'root');
  source = await repository(join(folder, 'source'), { 'a.txt': 'one\n' });
  artifacts = memoryArtifacts();
  workspaces = new Workspaces({ root, artifacts });
});
afterEach(() => removeFolder(folder));

const open = (key = 'call#1'): Promise<Workspace> =>
  workspaces.open({ tenant: TENANT, key, workspace: request(source, 'git'), changes: [] });
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
const fifo = (path: string) => run('mkfifo', [path]);

/** Folders within folders, too deep for any path to name the last. */
async function nest(at: string): Promise<void> {
  const half = Array.from({ length: 30 }, () => 'd'.repeat(100));
  const aside = join(folder, 'aside');
  await mkdir(join(aside, ...half), { recursive: true });
  await mkdir(join(at, ...half), { recursive: true });
  await rename(join(aside, half[0] ?? ''), join(at, ...half, 'deeper'));
}

describe('what an agent plants beside its folder', () => {
  it('is not run: another folder of settings', async () => {
    const opened = await open();
    const marker = join(folder, 'marker');
    const evil = join(opened.folder, 'evil');
    const clean = `[filter "x"]\n\tclean = touch ${marker}; cat\n`;
    await writeFiles(evil, {
      config: `[core]\n\trepositoryformatversion = 0\n${clean}`,
      'info/attributes': '* filter=x\n',
    });
    await cp(join(dirname(opened.folder), 'base/objects'), join(evil, 'objects'), { recursive: true });
    await writeFile(join(dirname(opened.folder), 'base/commondir'), `${evil}\n`);
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    expect((await opened.close(true)).problem).toBeUndefined();
    expect(await exists(marker)).toBe(false);
  });

  it.each<[string, (base: string, victim: string) => Promise<unknown>]>([
    [
      'settings that are a link',
      async (base, victim) => {
        await unlink(join(base, 'config'));
        await symlink(victim, join(base, 'config'));
      },
    ],
    [
      'settings that are a pipe',
      async (base) => {
        await unlink(join(base, 'config'));
        await fifo(join(base, 'config'));
      },
    ],
    [
      'a pipe for other objects',
      async (base) => {
        await rm(join(base, 'objects/info/alternates'), { force: true });
        await fifo(join(base, 'objects/info/alternates'));
      },
    ],
    [
      'an index that is a link',
      async (base, victim) => {
        await unlink(join(base, 'index'));
        await symlink(victim, join(base, 'index'));
      },
    ],
    [
      'a state file in the making',
      (base, victim) => symlink(victim, join(dirname(base), 'attempt.json.new')),
    ],
  ])('changes nothing and holds nobody up: %s', async (_what, plant) => {
    const victim = join(folder, 'victim');
    await writeFile(victim, 'precious\n');
    const opened = await open();
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    await plant(join(dirname(opened.folder), 'base'), victim);
    expect(await opened.close(true)).toMatchObject({ files: 1, additions: 1, deletions: 1 });
    expect(await readFile(victim, 'utf8')).toBe('precious\n');
  });

  it.each<[string, (base: string) => Promise<unknown>, RegExp]>([
    [
      'a pipe for an object',
      (base) => fifo(join(base, 'objects/pack/pack-1.idx')),
      /record of its beginning was changed/,
    ],
    [
      'a link for all objects',
      async (base) => {
        await rename(join(base, 'objects'), join(base, 'others'));
        await symlink('others', join(base, 'objects'));
      },
      /record of its beginning was replaced/,
    ],
    [
      'a pipe for its state',
      async (base) => {
        const state = join(dirname(base), 'attempt.json');
        await unlink(state);
        await fifo(state);
      },
      /its workspace is gone, or another attempt has it/,
    ],
    [
      'a state with an option for git',
      async (base) => {
        const state = join(dirname(base), 'attempt.json');
        const told = JSON.parse(await readFile(state, 'utf8')) as object;
        await writeFile(
          state,
          JSON.stringify({ ...told, tree: `--output=${join(dirname(base), 'written')}` }),
        );
      },
      /its workspace is gone/,
    ],
  ])('makes its change unreadable, and no more: %s', async (_what, plant, problem) => {
    const opened = await open();
    await mkdir(join(dirname(opened.folder), 'base/objects/pack'), { recursive: true });
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    await plant(join(dirname(opened.folder), 'base'));
    expect(await opened.close(true)).toMatchObject({ diff: null, problem: expect.stringMatching(problem) });
    expect(await exists(join(dirname(opened.folder), 'written'))).toBe(false);
  });

  it.each(['.gitignore', 'deep/.gitattributes'])('does not hold git up: a pipe for %s', async (path) => {
    const opened = await open();
    await mkdir(dirname(join(opened.folder, path)), { recursive: true });
    await fifo(join(opened.folder, path));
    expect((await opened.close(true)).problem).toBe(`${JSON.stringify(path)} is no file`);
  });
});

describe('what no patch can tell', () => {
  it('is said', async () => {
    const opened = await open();
    await writeFiles(opened.folder, { 'a.txt': 'two\n', 'x/.GIT/config': 'x\n' });
    await fifo(join(opened.folder, 'pipe'));
    const change = await opened.close(true);
    expect(change).toMatchObject({ files: 1 });
    expect(change.problem).toBeUndefined();
    expect(change.note).toMatch(/^Not in the change: /);
    expect(change.note).toContain('"pipe" is no file');
    expect(change.note).toContain(`"x/.GIT/config" is named like git's own`);
  });

  it('is not said where there is nothing of it', async () => {
    const opened = await open();
    await git(opened.folder, 'commit', '--allow-empty', '--quiet', '-m', 'work');
    expect((await opened.close(true)).note).toBeUndefined();
  });
});

describe('names that some file system takes for .git', () => {
  it.each([
    '.git',
    '.GIT',
    '.g\u200cit',
    '\ufeff.git',
    'git~1',
    'GIT~2',
    '.git. .',
    '.git::$INDEX_ALLOCATION',
    'a\\.git',
    '.git\\hooks',
  ])('are seen: %j', (name) => expect(isNameOfGit(name)).toBe(true));
  it.each(['.gitignore', '.github', 'git', 'a.git', 'git~', '.git-blame-ignore-revs', '.giṭ'])(
    'are not others: %j',
    (name) => expect(isNameOfGit(name)).toBe(false),
  );

  it('are not written into a source', async () => {
    const opened = await open();
    await writeFiles(opened.folder, { '.g\u200cit/hooks/post-checkout': 'x\n' });
    const change = await opened.close(true);
    expect(await workspaces.apply(TENANT, source, change)).toEqual({
      applied: false,
      reason: expect.stringMatching(/lies in a folder of git$/),
    });
    expect((await readdir(source)).sort()).toEqual(['.git', 'a.txt']);
  });
});

describe('folders that lie deep', () => {
  it('are removed when their workspace is closed, with a reason of readable length', async () => {
    const opened = await open();
    await nest(opened.folder);
    const { problem = '' } = await opened.close(true);
    expect(problem).toMatch(/ENAMETOOLONG/);
    expect(problem.length).toBeLessThanOrEqual(300);
    expect(await exists(dirname(opened.folder))).toBe(false);
  });

  it('are swept up', async () => {
    const left = dirname((await open()).folder);
    await nest(join(left, 'work'));
    const state = join(left, 'attempt.json');
    const told = JSON.parse(await readFile(state, 'utf8')) as { owner: object };
    await writeFile(state, JSON.stringify({ ...told, owner: { ...told.owner, started: '1' } }));
    expect(await workspaces.sweep(0)).toBe(1);
    expect(await exists(left)).toBe(false);
  });
});

describe('processes that an agent leaves in its folder', () => {
  it.runIf(process.platform === 'linux')('end with its workspace, and others do not', async () => {
    const [opened, other] = await Promise.all([open('one'), open('other')]);
    const below = join(opened.folder, 'below');
    await mkdir(below);
    const started = [opened.folder, below, other.folder].map((cwd) =>
      spawn('sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done'], {
        cwd,
        detached: true,
        env: { PATH: process.env['PATH'] },
      }),
    );
    await Promise.all(started.map(({ stdout }) => once(stdout, 'data')));
    const pids = started.map(({ pid }) => pid ?? 0);
    await opened.close(true);
    expect(pids.map(isAlive)).toEqual([false, false, true]);
    await other.close(true);
    expect(pids.map(isAlive)).toEqual([false, false, false]);
  });
});

describe('changes of late', () => {
  it('are at hand while the store is away, unless their file was changed', async () => {
    const opened = await open();
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    const change = await opened.close(true);
    const away: ArtifactStore = {
      put: (tenant, content) => artifacts.put(tenant, content),
      get: () => Promise.reject(new Error('the store is away')),
    };
    const later = new Workspaces({ root, artifacts: away });
    const next = await later.open({
      tenant: TENANT,
      key: 'next',
      workspace: request(source, 'git'),
      changes: [change],
    });
    expect(await readFile(join(next.folder, 'a.txt'), 'utf8')).toBe('two\n');
    await next.close(true);
    await expect(later.apply('other', source, change)).rejects.toThrow('the store is away');

    const [name = ''] = await readdir(join(root, 'recent'));
    await writeFile(join(root, 'recent', name), 'x'.repeat(change.diff?.bytes ?? 0));
    await expect(later.apply(TENANT, source, change)).rejects.toThrow('the store is away');
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await exists(join(root, 'recent', name))).toBe(true);
  });

  it('are forgotten after a day', async () => {
    const opened = await open();
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    await opened.close(true);
    await workspaces.sweep(0);
    const [name = ''] = await readdir(join(root, 'recent'));
    const before = new Date(Date.now() - 25 * 3_600_000);
    await utimes(join(root, 'recent', name), before, before);
    await workspaces.sweep(0);
    expect(await readdir(join(root, 'recent'))).toEqual([]);
  });
});
