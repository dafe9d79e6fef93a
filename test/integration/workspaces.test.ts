import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArtifactStore, type Workspace, Workspaces } from '../../src/agents/workspaces/workspaces.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import type { WorkspaceChange, WorkspaceRequest } from '../../src/shared/workspace.js';
import {
  contents,
  git,
  memoryArtifacts,
  repository,
  request,
  temporaryFolder,
  writeFiles,
} from './workspace-data.js';

const TENANT = 'acme';
let folder: string;
let root: string;
let artifacts: ArtifactStore;
let workspaces: Workspaces;
let source: string;
let opened = 0;

beforeEach(async () => {
  folder = await temporaryFolder();
  root = join(folder, 'root');
  source = join(folder, 'source');
  artifacts = memoryArtifacts();
  workspaces = new Workspaces({ root, artifacts });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (
  workspace: WorkspaceRequest,
  changes: readonly WorkspaceChange[] = [],
  key = `call-${opened++}#1`,
): Promise<Workspace> => workspaces.open({ tenant: TENANT, key, workspace, changes });

const patchOf = async ({ diff }: WorkspaceChange): Promise<string> =>
  diff === null ? '' : Buffer.from(await artifacts.get(TENANT, diff)).toString('utf8');

/** The change that some work on a workspace makes. */
async function changeBy(
  workspace: WorkspaceRequest,
  work: (folder: string) => Promise<void>,
  changes: readonly WorkspaceChange[] = [],
): Promise<WorkspaceChange> {
  const opened = await open(workspace, changes);
  await work(opened.folder);
  return opened.close(true);
}

/** What is in the root besides the changes that are kept there for a while. */
const left = async (): Promise<string[]> => (await readdir(root)).filter((name) => name !== 'recent');

/** Makes a workspace that of a process which is gone. */
async function orphan({ folder }: Workspace): Promise<void> {
  const state = join(dirname(folder), 'attempt.json');
  const told = JSON.parse(await readFile(state, 'utf8')) as { owner: object };
  await writeFile(state, JSON.stringify({ ...told, owner: { ...told.owner, started: '1' } }));
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('two attempts at once on one repository', () => {
  it('see nothing of each other, and the change of either applies to the source', async () => {
    await repository(source, { 'a.txt': 'one\n', 'src/b.txt': 'two\n' });
    const head = (await git(source, 'rev-parse', 'HEAD')).trim();
    const [one, other] = await Promise.all([open(request(source, 'git')), open(request(source, 'git'))]);
    await Promise.all(
      [one, other].map(async ({ folder }, index) => {
        const name = `agent${index}`;
        await writeFiles(folder, { [`${name}.txt`]: `${name}\n`, 'a.txt': `${name} was here\n` });
        await git(folder, 'switch', '--quiet', '--create', name);
        await git(folder, 'add', '--all');
        await git(folder, 'commit', '--quiet', '-m', `work of ${name}`);
        await git(folder, 'tag', `tag-${name}`);
        await writeFiles(folder, { 'src/b.txt': `stash of ${name}\n` });
        await git(folder, 'stash');
        await git(folder, 'config', 'agent.mark', name);
        await writeFiles(folder, { [`late-${name}.txt`]: 'not committed\n' });
      }),
    );
    const commits = await Promise.all([one, other].map(({ folder }) => git(folder, 'rev-parse', 'HEAD')));
    for (const [index, { folder }] of [one, other].entries()) {
      const foreign = `agent${1 - index}`;
      const listed = await Promise.all([
        readdir(folder, { recursive: true }).then((names) =>
          names.filter((name) => !name.startsWith('.git/')),
        ),
        git(folder, 'for-each-ref'),
        git(folder, 'stash', 'list'),
        git(folder, 'log', '--all', '--format=%s'),
        git(folder, 'config', '--local', '--list'),
        git(folder, 'fsck', '--lost-found', '--no-progress'),
      ]);
      expect(JSON.stringify(listed)).not.toContain(foreign);
      expect(JSON.stringify(listed)).toContain(`agent${index}`);
      const objects = await git(folder, 'cat-file', '--batch-all-objects', '--batch-check');
      expect(objects).toContain(commits[index]?.trim());
      expect(objects).not.toContain(commits[1 - index]?.trim());
      expect(await git(folder, 'remote')).toBe('');
    }
    const changes = await Promise.all([one.close(true), other.close(true)]);
    for (const change of changes) expect(change).toMatchObject({ base: head, files: 3 });
    expect(await git(source, 'status', '--porcelain')).toBe('');
    expect(await git(source, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main\n');

    expect(await workspaces.apply(TENANT, source, changes[1])).toEqual({ applied: true });
    expect(await contents(source)).toEqual({
      'a.txt': '- agent1 was here\n',
      'agent1.txt': '- agent1\n',
      'late-agent1.txt': '- not committed\n',
      'src/b.txt': '- two\n',
    });
    expect(await git(source, 'log', '--format=%s')).toBe('first\n');
  });

  it('may be of one key: the later one is made anew', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const first = await open(request(source, 'git'), [], 'same');
    await writeFiles(first.folder, { 'left.txt': 'left\n' });
    const second = await open(request(source, 'git'), [], 'same');
    expect(second).toMatchObject({ folder: first.folder, resumed: false });
    expect(await contents(second.folder)).toEqual({ 'a.txt': '- one\n' });
    const third = await workspaces.open({
      tenant: 'other',
      key: 'same',
      workspace: request(source, 'git'),
      changes: [],
    });
    expect(third.folder).not.toBe(second.folder);
    expect((await stat(dirname(third.folder))).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.getuid?.() === 0)('are not made in a folder of another user', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    await mkdir(root);
    await chown(root, 12_345, 12_345);
    await expect(open(request(source, 'git'))).rejects.toThrow(
      `the folder of workspaces ${root} belongs to another user (id 12345)`,
    );
  });

  it('can be taken up where an earlier process left it', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const first = await open(request(source, 'git'), [], 'same');
    await writeFiles(first.folder, { 'half.txt': 'half\n' });
    await orphan(first);
    const again = new Workspaces({ root, artifacts });
    const wanted = { tenant: TENANT, key: 'same', workspace: request(source, 'git'), changes: [] };
    const second = await again.open({ ...wanted, resume: true });
    expect(second.resumed).toBe(true);
    await writeFiles(second.folder, { 'more.txt': 'more\n' });
    expect(await second.close(true)).toMatchObject({ files: 2, additions: 2 });
    expect((await again.open({ ...wanted, resume: true })).resumed).toBe(false);
  });

  it('is not taken up while an attempt still works in it, nor removed by who lost it', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const silent = await open(request(source, 'git'), [], 'same');
    await writeFiles(silent.folder, { 'mine.txt': 'mine\n' });
    // Its heartbeats were late, so that the call was given to a second attempt.
    const wanted = { tenant: TENANT, workspace: request(source, 'git'), changes: [], resume: true };
    const second = await workspaces.open({ ...wanted, key: 'same' });
    expect(second.resumed).toBe(false);
    expect(second.folder).not.toBe(silent.folder);
    await writeFiles(second.folder, { 'yours.txt': 'yours\n' });
    expect(await silent.close(null)).toMatchObject({ files: 1, additions: 1 });
    expect(await exists(second.folder)).toBe(true);
    // By the key that it has now, it can be taken up in its turn; and then it is no longer the second's.
    await orphan(second);
    const third = await workspaces.open({ ...wanted, key: second.key });
    expect(third).toMatchObject({ resumed: true, folder: second.folder });
    expect(await second.close(null)).toMatchObject({
      diff: null,
      problem: expect.stringMatching(/another attempt/),
    });
    expect(await third.close(true)).toMatchObject({ files: 1 });
  });
});

describe('a clone', () => {
  it('is of the commit that is asked for, without what is not committed', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    await git(source, 'tag', 'v1');
    await writeFiles(source, { 'a.txt': 'two\n' });
    await git(source, 'commit', '--quiet', '-am', 'second');
    await writeFiles(source, { 'a.txt': 'not committed\n', 'untracked.txt': 'untracked\n' });
    const tagged = await open(request(source, 'git', { ref: 'v1' }));
    expect(await contents(tagged.folder)).toEqual({ 'a.txt': '- one\n' });
    const latest = await open(request(source, 'git'));
    expect(await contents(latest.folder)).toEqual({ 'a.txt': '- two\n' });
    expect(await git(latest.folder, 'status', '--porcelain')).toBe('');
    expect(await git(latest.folder, 'log', '--format=%s')).toBe('second\nfirst\n');
    expect(await latest.close(true)).toMatchObject({ diff: null, files: 0 });
  });

  it.each(['--upload-pack=touch marker', 'nowhere', 'HEAD:a.txt', ''])(
    'of no such commit as %j is refused',
    async (ref) => {
      await repository(source, { 'a.txt': 'one\n' });
      await expect(open(request(source, 'git', { ref }))).rejects.toThrow(
        new InvalidInputError('workspace.ref', ref, `a commit, branch or tag of ${source}`),
      );
      expect(await readdir(root)).toEqual([]);
    },
  );

  it('of what is no repository is refused, and so is a folder within one', async () => {
    await writeFiles(source, { 'a.txt': 'one\n' });
    await expect(open(request(source, 'git'))).rejects.toThrow(
      /workspace\.source: .*expected the top folder of a git repository; git says: not a git repository/,
    );
    await repository(source, { 'sub/b.txt': 'two\n' });
    await expect(open(request(join(source, 'sub'), 'git'))).rejects.toThrow(/it is a folder within one/);
    await expect(open(request(join(folder, 'nowhere'), 'copy'))).rejects.toThrow(/a folder that exists/);
  });

  it('works of a linked worktree, of a bare and of a shallow repository', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    await git(source, 'commit', '--quiet', '--allow-empty', '-m', 'second');
    await git(source, 'worktree', 'add', '--quiet', '--detach', join(folder, 'linked'));
    await git(folder, 'clone', '--quiet', '--bare', source, join(folder, 'bare'));
    await git(folder, 'clone', '--quiet', '--depth=1', `file://${source}`, join(folder, 'shallow'));
    for (const [name, log] of [
      ['linked', 'second\nfirst\n'],
      ['bare', 'second\nfirst\n'],
      ['shallow', 'second\n'],
    ]) {
      const opened = await open(request(join(folder, name ?? ''), 'git'));
      expect(await contents(opened.folder)).toEqual({ 'a.txt': '- one\n' });
      expect(await git(opened.folder, 'log', '--format=%s')).toBe(log);
    }
  });

  it('takes new files unless they are ignored, and commits that the agent took back', async () => {
    await repository(source, {
      '.gitignore': 'node_modules/\n*.log\n',
      'tracked.log': 'one\n',
      'a.txt': 'one\n',
    });
    const change = await changeBy(request(source, 'git'), async (work) => {
      await writeFiles(work, {
        'node_modules/x/index.js': 'x\n',
        'debug.log': 'x\n',
        'tracked.log': 'two\n',
        'b.txt': 'b\n',
      });
      await git(work, 'add', '--all');
      await git(work, 'commit', '--quiet', '-m', 'work');
      await git(work, 'rm', '--quiet', 'a.txt');
      await git(work, 'reset', '--quiet', '--soft', 'HEAD~1');
    });
    expect(change).toMatchObject({ files: 3, additions: 2, deletions: 2 });
    const patch = await patchOf(change);
    expect([...patch.matchAll(/^diff --git a\/(\S+)/gm)].map(([, path]) => path)).toEqual([
      'a.txt',
      'b.txt',
      'tracked.log',
    ]);
  });

  it('leaves submodules empty, and takes repositories that the agent makes as folders', async () => {
    const library = await repository(join(folder, 'library'), { 'lib.txt': 'lib\n' });
    await repository(source, { 'a.txt': 'one\n' });
    await git(source, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'library');
    await git(source, 'commit', '--quiet', '-m', 'submodule');
    const change = await changeBy(request(source, 'git'), async (work) => {
      expect(await readdir(join(work, 'library'))).toEqual([]);
      await git(work, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
      await repository(join(work, 'nested'), { 'n.txt': 'n\n' });
    });
    expect(change).toMatchObject({ files: 1, additions: 1 });
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await readFile(join(source, 'nested/n.txt'), 'utf8')).toBe('n\n');
    expect(await exists(join(source, 'nested/.git'))).toBe(false);
  });

  it('ends lines as the repository says, and tells the change on files as they are', async () => {
    await repository(source, {
      '.gitattributes': '*.txt text eol=crlf\n',
      'a.txt': 'one\r\ntwo\r\n',
      'b.txt': 'b\r\n',
    });
    const change = await changeBy(request(source, 'git'), (work) =>
      writeFiles(work, { 'a.txt': 'one\r\nthree\r\n' }),
    );
    expect(change).toMatchObject({ files: 1, additions: 1, deletions: 1 });
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await readFile(join(source, 'a.txt'), 'utf8')).toBe('one\r\nthree\r\n');
  });

  it('of a repository with SHA-256 ids works', async () => {
    await mkdir(source);
    await git(source, 'init', '--quiet', '--object-format=sha256');
    await repository(source, { 'a.txt': 'one\n', 'b.bin': 'a\0b' });
    const change = await changeBy(request(source, 'git'), (work) =>
      writeFiles(work, { 'a.txt': 'two\n', 'b.bin': 'a\0c' }),
    );
    expect(change).toMatchObject({ files: 2 });
    expect(change.base).toHaveLength(64);
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await contents(source)).toMatchObject({ 'a.txt': '- two\n', 'b.bin': '- a\0c' });
  });
});

describe('a copy', () => {
  it('has all files as they are, and its change is against those', async () => {
    await repository(source, { 'a.txt': 'one\n', '.gitignore': 'ignored/\n' });
    await writeFiles(source, { 'a.txt': 'not committed\n', 'ignored/kept.txt': 'kept\n' });
    await symlink('a.txt', join(source, 'link'));
    await chmod(join(source, 'ignored'), 0o500);
    const opened = await open(request(source, 'copy'));
    expect(await contents(opened.folder)).toEqual(await contents(source));
    expect(await git(opened.folder, 'status', '--porcelain')).toBe(
      await git(source, 'status', '--porcelain'),
    );
    // Times are kept to the millisecond.
    const times = await Promise.all([opened.folder, source].map((at) => stat(join(at, 'a.txt'))));
    expect(Math.abs((times[0]?.mtimeMs ?? 0) - (times[1]?.mtimeMs ?? 0))).toBeLessThan(1);
    await writeFiles(opened.folder, { 'ignored/kept.txt': 'changed\n', 'ignored/new.txt': 'new\n' });
    await git(opened.folder, 'commit', '--quiet', '-am', 'work');
    const change = await opened.close(true);
    expect(change).toMatchObject({ files: 1, additions: 1, deletions: 1 });
    expect(change.base).toMatch(/^[0-9a-f]{40}$/);
    expect(await git(source, 'log', '--format=%s')).toBe('first\n');
    await chmod(join(source, 'ignored'), 0o700);
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await readFile(join(source, 'ignored/kept.txt'), 'utf8')).toBe('changed\n');
  });

  it('does not hold a way into repositories elsewhere', async () => {
    const main = await repository(join(folder, 'main'), { 'a.txt': 'one\n' });
    await git(main, 'worktree', 'add', '--quiet', '--detach', source);
    const linked = await open(request(source, 'copy'));
    expect(await exists(join(linked.folder, '.git'))).toBe(false);
    // Without a repository of its own, git does not find one above it either.
    await git(folder, 'init', '--quiet');
    await expect(git(linked.folder, 'status')).rejects.toThrow(/not a git repository/);
    await git(main, 'config', 'core.worktree', main);
    const whole = await open(request(main, 'copy'));
    expect(await git(whole.folder, 'config', '--list', '--local')).not.toContain('worktree');
    expect(await exists(join(whole.folder, '.git/worktrees'))).toBe(false);
  });

  it('leaves out what is no file, and the root of workspaces itself', async () => {
    await writeFiles(source, { 'a.txt': 'one\n' });
    const inside = new Workspaces({ root: join(source, '.state/workspaces'), artifacts });
    const server = createServer().listen(join(source, 'socket'));
    await once(server, 'listening');
    try {
      for (const key of ['1', '2']) {
        const opened = await inside.open({
          tenant: TENANT,
          key,
          workspace: request(source, 'copy'),
          changes: [],
        });
        expect(await contents(opened.folder)).toEqual({ 'a.txt': '- one\n' });
      }
    } finally {
      server.close();
    }
  });
});

describe('limits', () => {
  it.each(['git', 'copy'] as const)('hold before a %s is made, and say the numbers', async (isolation) => {
    await repository(source, { 'a.txt': '12345', 'b.txt': '12345', 'c.txt': '12345' });
    // A copy takes the repository along.
    if (isolation === 'copy') await rm(join(source, '.git'), { recursive: true });
    await expect(open(request(source, isolation, { maxFiles: 2 }))).rejects.toThrow(
      new InvalidInputError('workspace.source', source, 'at most 2 files; it has 3 or more'),
    );
    await expect(open(request(source, isolation, { maxBytes: 14 }))).rejects.toThrow(
      new InvalidInputError('workspace.source', source, 'at most 14 bytes of files; it has 15 or more'),
    );
    expect(await readdir(root)).toEqual([]);
    await open(request(source, isolation, { maxBytes: 15, maxFiles: 3 }));
  });

  it.each(['git', 'copy'] as const)('hold at the end of a %s', async (isolation) => {
    await repository(source, { '.gitignore': 'ignored\n' });
    if (isolation === 'copy') await rm(join(source, '.git'), { recursive: true });
    const limited = request(source, isolation, { maxFiles: 3, maxBytes: 100 });
    const fill = (names: string[], text: string) => (work: string) =>
      writeFiles(work, Object.fromEntries(names.map((name) => [name, text])));
    expect(await changeBy(limited, fill(['a', 'b', 'c'], ''))).toMatchObject({
      diff: null,
      problem: 'the workspace is over the limit: at most 3 files; it has 4 or more',
    });
    expect(await changeBy(limited, fill(['a'], 'x'.repeat(99)))).toMatchObject({
      diff: null,
      problem: expect.stringMatching(/over the limit: at most 100 bytes of files; it has 107/),
    });
    expect(await changeBy(limited, fill(['a', 'ignored'], 'x'.repeat(50)))).toMatchObject({ files: 1 });
  });
});

describe('symbolic links', () => {
  const escapes: [string, string][] = [
    ['out', '/etc/passwd'],
    ['deep/out', '../../secret'],
    ['deep/out', '../deep/../../secret'],
    ['out', '..'],
  ];
  it.each(escapes)('of the source that lead out (%s to %s) are refused', async (path, target) => {
    await mkdir(join(source, 'deep'), { recursive: true });
    await symlink(target, join(source, path));
    await expect(open(request(source, 'copy'))).rejects.toThrow(
      `${JSON.stringify(path)} leads to ${JSON.stringify(target)}`,
    );
    await repository(source, {});
    await expect(open(request(source, 'git'))).rejects.toThrow(InvalidInputError);
  });

  it('that an agent makes are not followed, and a change that leads out is not applied', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    await writeFiles(folder, { 'secret/key.txt': 'secret\n' });
    const change = await changeBy(request(source, 'git'), async (work) => {
      await symlink(join(folder, 'secret'), join(work, 'out'));
      await symlink('a.txt', join(work, 'in'));
    });
    expect(change.files).toBe(2);
    expect(await patchOf(change)).not.toContain('secret\n-');
    expect(await patchOf(change)).not.toContain('key.txt');
    expect(await workspaces.apply(TENANT, source, change)).toEqual({
      applied: false,
      reason: `its link "out" leads out of the source, to ${JSON.stringify(join(folder, 'secret'))}`,
    });
    expect(Object.keys(await contents(source))).toEqual(['a.txt']);
    const later = await open(request(source, 'git'), [change]);
    expect(later.notes.join()).toMatch(
      /^Change 1 of 1 by earlier agents is not in this workspace: its link "out"/,
    );
    expect(Object.keys(await contents(later.folder))).toEqual(['a.txt']);
  });

  it('of the source are not written through', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const change = await changeBy(request(source, 'git'), (work) => writeFiles(work, { 'new/b.txt': 'b\n' }));
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(source, 'new'));
    expect(await workspaces.apply(TENANT, source, change)).toEqual({
      applied: false,
      reason: '"new/b.txt" would lie in "new", which is a link or a file',
    });
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('that replace a folder are told as what they are', async () => {
    await repository(source, { 'dir/a.txt': 'one\n', 'dir/b.txt': 'two\n', 'other/c.txt': 'three\n' });
    const change = await changeBy(request(source, 'git'), async (work) => {
      await rm(join(work, 'dir'), { recursive: true });
      await symlink('other', join(work, 'dir'));
      await rm(join(work, 'other'), { recursive: true });
      await writeFile(join(work, 'other'), 'a file now\n');
    });
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await contents(source)).toEqual({ dir: '-> other', other: '- a file now\n' });
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
  });
});

describe('a hostile agent', () => {
  it('has nothing of its own run when its change is taken', async () => {
    await repository(source, { 'a.txt': 'one\n', '.gitattributes': '*.md filter=evil\n', 'b.md': 'b\n' });
    const marker = join(folder, 'marker');
    const touch = `touch ${marker}; cat`;
    const hostile = async (work: string): Promise<void> => {
      const settings = {
        'filter.evil.clean': touch,
        'filter.evil.smudge': touch,
        'filter.evil.process': touch,
        'diff.evil.textconv': touch,
        'diff.evil.command': touch,
        'diff.external': touch,
        'merge.evil.driver': touch,
        'core.fsmonitor': touch,
        'core.pager': touch,
        'core.editor': touch,
      };
      for (const [name, value] of Object.entries(settings)) await git(work, 'config', name, value);
      await writeFile(join(work, '.gitattributes'), '* filter=evil diff=evil merge=evil\n');
      for (const hook of [
        'pre-commit',
        'post-checkout',
        'post-index-change',
        'reference-transaction',
        'post-merge',
      ]) {
        await mkdir(join(work, '.git/hooks'), { recursive: true });
        await writeFile(join(work, '.git/hooks', hook), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
      }
      await writeFile(join(work, 'a.txt'), 'two\n');
    };
    const opened = await open(request(source, 'git'));
    await hostile(opened.folder);
    const change = await opened.close(true);
    expect(change).toMatchObject({ files: 2 });
    expect(await exists(marker)).toBe(false);

    // It is not run either where the change goes, nor from the source's own settings.
    await hostile(source);
    await git(source, 'config', 'core.fsmonitor', 'false');
    await rm(marker, { force: true });
    await git(source, 'config', 'core.fsmonitor', touch);
    await writeFiles(source, { 'a.txt': 'one\n', '.gitattributes': '*.md filter=evil\n' });
    const later = await open(request(source, 'git'), [change]);
    expect(later.notes).toEqual([]);
    await later.close(true);
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
    expect(await exists(marker)).toBe(false);
    // The trap does work.
    await git(source, 'status');
    expect(await exists(marker)).toBe(true);
  });

  it.each<[string, (work: string) => Promise<void>, object]>([
    [
      'removes its folder',
      (work) => rm(work, { recursive: true }),
      { problem: expect.stringMatching(/work/) },
    ],
    [
      'replaces its folder with a file',
      async (work) => {
        await rm(work, { recursive: true });
        await writeFile(work, '');
      },
      { problem: expect.stringMatching(/work/) },
    ],
    [
      'replaces its folder with a link',
      async (work) => {
        await rm(work, { recursive: true });
        await symlink(source, work);
      },
      { problem: expect.stringMatching(/work/) },
    ],
    ['destroys its repository', (work) => rm(join(work, '.git'), { recursive: true }), { files: 0 }],
    [
      'makes a pipe',
      (work) => promisify(execFile)('mkfifo', [join(work, 'pipe')]).then(() => {}),
      { files: 0 },
    ],
  ])('that %s ends with a change or a problem', async (_, mess, expected) => {
    await repository(source, { 'a.txt': 'one\n' });
    const opened = await open(request(source, 'git'));
    await mess(opened.folder);
    expect(await opened.close(true)).toMatchObject({ diff: null, ...expected });
    expect(await readdir(root)).toEqual([]);
    expect(await contents(source)).toEqual({ 'a.txt': '- one\n' });
  });

  it('cannot keep its folder by making it read-only', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const change = await changeBy(request(source, 'git'), async (work) => {
      await writeFiles(work, { 'deep/er/b.txt': 'b\n' });
      await chmod(join(work, 'deep/er'), 0o500);
      await chmod(join(work, 'deep'), 0o500);
    });
    expect(change.files).toBe(1);
    expect(await left()).toEqual([]);
  });
});

describe('closing', () => {
  it.each([
    ['never', true, false],
    ['never', false, false],
    ['failed', true, false],
    ['failed', false, true],
    ['failed', null, true],
    ['always', true, true],
  ] as const)('with keep %s and success %s keeps: %s', async (keep, success, kept) => {
    await repository(source, { 'a.txt': 'one\n' });
    const opened = await open(request(source, 'git', { keep }));
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    const change = await opened.close(success);
    expect(change.folder).toBe(kept ? opened.folder : undefined);
    expect(await exists(opened.folder)).toBe(kept);
    expect(change).toMatchObject({ files: 1, additions: 1, deletions: 1 });
    expect(await opened.close(null)).toEqual(change);
    expect(await workspaces.sweep(0)).toBe(0);
    expect(await exists(opened.folder)).toBe(kept);
  });

  it('answers the same by key, though the process that opened it is another', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const wanted = { tenant: TENANT, key: 'call#1', workspace: request(source, 'git'), changes: [] };
    const opened = await workspaces.open({ ...wanted, detached: true });
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    const later = new Workspaces({ root, artifacts });
    expect(await later.sweep(0)).toBe(0);
    const ask = { tenant: TENANT, key: 'call#1', success: true };
    const change = await later.closeByKey(ask);
    expect(change).toMatchObject({ files: 1 });
    expect(await exists(opened.folder)).toBe(false);
    expect(await later.closeByKey(ask)).toEqual(change);
    expect(await later.closeByKey({ ...ask, tenant: 'other' })).toMatchObject({
      diff: null,
      problem: 'its workspace is not on this machine, or no longer',
    });
    expect((await later.open({ ...wanted, resume: true })).resumed).toBe(false);
  });

  it('says so when the change could not be kept, and keeps the folder of a failed one', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const broken: ArtifactStore = { ...artifacts, put: () => Promise.reject(new Error('the disk is full')) };
    const opened = await new Workspaces({ root, artifacts: broken }).open({
      tenant: TENANT,
      key: 'k',
      workspace: request(source, 'git', { keep: 'failed' }),
      changes: [],
    });
    await writeFiles(opened.folder, { 'a.txt': 'two\n' });
    expect(await opened.close(true)).toMatchObject({
      diff: null,
      problem: 'the disk is full',
      folder: opened.folder,
    });
  });
});

describe('sweeping', () => {
  it('removes what a killed process left, not what a live one uses', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    await open(request(source, 'git', { keep: 'always' })).then((kept) => kept.close(true));
    const live = await open(request(source, 'git'));
    const killed = await open(request(source, 'git'));
    const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const state = join(dirname(killed.folder), 'attempt.json');
      const told = JSON.parse(await readFile(state, 'utf8')) as { owner: { pid: number; started: string } };
      const line = await readFile(`/proc/${idle.pid}/stat`, 'utf8');
      const started = line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
      await writeFile(state, JSON.stringify({ ...told, owner: { ...told.owner, pid: idle.pid, started } }));
      expect(await workspaces.sweep(0)).toBe(0);
    } finally {
      idle.kill('SIGKILL');
      await once(idle, 'exit');
    }
    // For a while a later attempt may take it up.
    expect(await workspaces.sweep()).toBe(0);
    expect(await exists(killed.folder)).toBe(true);
    expect(await workspaces.sweep(0)).toBe(1);
    expect(await exists(killed.folder)).toBe(false);
    expect(await exists(live.folder)).toBe(true);
  });

  it('does not take a new process of the same pid for the old one', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const left = await open(request(source, 'git'));
    const state = join(dirname(left.folder), 'attempt.json');
    const told = JSON.parse(await readFile(state, 'utf8')) as { owner: object };
    await writeFile(state, JSON.stringify({ ...told, owner: { ...told.owner, started: '1' } }));
    expect(await workspaces.sweep(0)).toBe(1);
  });

  it('removes what was cut off while it was made', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const left = await open(request(source, 'git'));
    const state = join(dirname(left.folder), 'attempt.json');
    const told = JSON.parse(await readFile(state, 'utf8')) as { owner: object };
    await writeFile(state, JSON.stringify({ ...told, owner: { ...told.owner, started: '1' } }));
    await rename(dirname(left.folder), `${dirname(left.folder)}.12345678`);
    expect(await workspaces.sweep()).toBe(1);
    expect(await readdir(root)).toEqual([]);
  });

  it('is not needed after a cancelled opening', async () => {
    await repository(source, Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}.txt`, `${n}`])));
    const ending = new AbortController();
    const reason = new Error('cancelled');
    const opening = workspaces.open(
      { tenant: TENANT, key: 'k', workspace: request(source, 'copy'), changes: [] },
      ending.signal,
    );
    setTimeout(() => ending.abort(reason), 20);
    await expect(opening).rejects.toBe(reason);
    expect(await readdir(root)).toEqual([]);
  });
});

describe('earlier changes', () => {
  it('are merged in order; what contradicts is left out and named', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`);
    const text = (changed: Record<number, string>) =>
      lines.map((line, n) => `${changed[n] ?? line}\n`).join('');
    await repository(source, { 'a.txt': text({}), 'b.txt': 'b\n', 'c.txt': 'c\n' });
    const wanted = request(source, 'git');
    const first = await changeBy(wanted, async (work) => {
      await writeFiles(work, { 'a.txt': text({ 2: 'first' }) });
      await rename(join(work, 'b.txt'), join(work, 'renamed.txt'));
      await rm(join(work, 'c.txt'));
    });
    // Its change includes the first one's.
    const second = await changeBy(
      wanted,
      (work) => writeFiles(work, { 'a.txt': text({ 2: 'first', 20: 'second' }) }),
      [first],
    );
    expect(second.files).toBe(3);
    const contradicting = await changeBy(wanted, (work) =>
      writeFiles(work, { 'a.txt': text({ 2: 'other' }), 'd.txt': 'd\n' }),
    );
    const fitting = await changeBy(wanted, (work) => writeFiles(work, { 'e.txt': 'e\n' }));
    const failed: WorkspaceChange = { ...fitting, diff: null, problem: 'it was over the limit' };
    const unchanged: WorkspaceChange = { ...fitting, diff: null };

    const opened = await open(wanted, [first, second, contradicting, failed, unchanged, fitting]);
    expect(opened.notes).toEqual([
      'Change 3 of 6 by earlier agents is not in this workspace: it contradicts those before it in "a.txt".',
      'Change 4 of 6 by earlier agents is not in this workspace: it was over the limit.',
    ]);
    expect(await contents(opened.folder)).toEqual({
      'a.txt': `- ${text({ 2: 'first', 20: 'second' })}`,
      'renamed.txt': '- b\n',
      'e.txt': '- e\n',
    });
    const change = await opened.close(true);
    expect(change).toMatchObject({ base: first.base, files: 4 });
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
  });

  it('of other files are left out', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const change = await changeBy(request(source, 'git'), (work) => writeFiles(work, { 'a.txt': 'two\n' }));
    await writeFiles(source, { 'a.txt': 'three\n' });
    const opened = await open(request(source, 'copy'), [change]);
    expect(opened.notes.join()).toMatch(/it is of other files than these \(.*a\.txt/);
    expect(await contents(opened.folder)).toEqual({ 'a.txt': '- three\n' });
  });

  it('to decide among lie beside the files, and are no part of the change', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const wanted = request(source, 'git');
    const candidates = [
      await changeBy(wanted, (work) => writeFiles(work, { 'a.txt': 'two\n' })),
      await changeBy(wanted, () => Promise.resolve()),
    ];
    const judge = await workspaces.open({
      tenant: TENANT,
      key: 'judge',
      workspace: wanted,
      changes: [],
      candidates,
    });
    expect(judge.notes).toEqual([
      'Candidate 1 is the patch .journeyman-candidates/1.patch: 1 files, 1 lines added, 1 removed.',
      'Candidate 2 has no patch: it changes nothing.',
    ]);
    expect(await git(judge.folder, 'status', '--porcelain')).toBe('');
    await git(judge.folder, 'apply', '.journeyman-candidates/1.patch');
    expect(await patchOf(await judge.close(true))).toBe(await patchOf(candidates[0] as WorkspaceChange));
  });
});

describe('applying', () => {
  it('is whole or not at all, and names the files of a conflict', async () => {
    await repository(source, { 'a.txt': 'one\n', 'b.txt': 'one\n', 'c.txt': 'one\n' });
    const change = await changeBy(request(source, 'git'), async (work) => {
      await writeFiles(work, { 'a.txt': 'two\n', 'b.txt': 'two\n', 'new.txt': 'new\n' });
      await rm(join(work, 'c.txt'));
    });
    await writeFiles(source, { 'b.txt': 'three\n', 'new.txt': 'there already\n' });
    const before = await contents(source);
    expect(await workspaces.apply(TENANT, source, change)).toEqual({
      applied: false,
      reason:
        "it does not fit the source's files as they are now: b.txt: patch does not apply; new.txt: already exists in the source",
    });
    expect(await contents(source)).toEqual(before);
  });

  it('again changes nothing, even where lines repeat', async () => {
    const repeated = (times: number) => 'x\n'.repeat(times);
    await repository(source, { 'a.txt': repeated(20), 'b.sh': 'b\n' });
    const change = await changeBy(request(source, 'git'), async (work) => {
      await writeFiles(work, { 'a.txt': repeated(21) });
      await chmod(join(work, 'b.sh'), 0o755);
    });
    for (let time = 0; time < 3; time += 1) {
      expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
      expect(await contents(source)).toEqual({ 'a.txt': `- ${repeated(21)}`, 'b.sh': 'x b\n' });
    }
    await writeFiles(source, { 'a.txt': repeated(30) });
    expect(await workspaces.apply(TENANT, source, change)).toMatchObject({ applied: false });
    expect(await contents(source)).toMatchObject({ 'a.txt': `- ${repeated(30)}` });
  });

  it('of two at once has both changes in, or one refused', async () => {
    await repository(source, { 'a.txt': 'one\n', 'b.txt': 'one\n' });
    const wanted = request(source, 'git');
    const changes = [
      await changeBy(wanted, (work) => writeFiles(work, { 'a.txt': 'A\n' })),
      await changeBy(wanted, (work) => writeFiles(work, { 'b.txt': 'B\n' })),
      await changeBy(wanted, (work) => writeFiles(work, { 'a.txt': 'C\n' })),
    ];
    const others = new Workspaces({ root, artifacts });
    const answers = await Promise.all(
      changes.map((change, index) => (index === 1 ? others : workspaces).apply(TENANT, source, change)),
    );
    expect(answers[1]).toEqual({ applied: true });
    expect([answers[0], answers[2]].filter((answer) => answer?.applied)).toHaveLength(1);
    const winner = answers[0]?.applied ? 'A' : 'C';
    expect(await contents(source)).toEqual({ 'a.txt': `- ${winner}\n`, 'b.txt': '- B\n' });
    expect(await readdir(join(root, 'locks'))).toEqual([]);
    expect(await readdir(join(root, 'applying'))).toEqual([]);
  });

  it('is completed after a crash in the middle of it', async () => {
    await writeFiles(source, { 'a.txt': 'one\n', 'b.txt': 'one\n' });
    const change = await changeBy(request(source, 'copy'), (work) =>
      writeFiles(work, { 'a.txt': 'two\n', 'b.txt': 'two\n', 'c/d.txt': 'new\n' }),
    );
    // The journal as it is when the first file is written: taken by a copy of the folder at that moment.
    const target = join(folder, 'blocked');
    await cp(source, target, { recursive: true });
    await mkdir(join(target, 'c'));
    await chmod(join(target, 'c'), 0o500);
    const asRoot = process.getuid?.() === 0;
    if (asRoot) {
      await rm(join(target, 'c'), { recursive: true });
      // Root writes anywhere; a name in the way of the file put aside stops it, too.
      await mkdir(join(target, 'c', `d.txt.journeyman-${process.pid}`, 'x'), { recursive: true });
    }
    await expect(workspaces.apply(TENANT, target, change)).rejects.toThrow(/c\/d\.txt/);
    expect(await contents(target)).toEqual({ 'a.txt': '- two\n', 'b.txt': '- two\n' });
    if (asRoot) await rm(join(target, 'c'), { recursive: true });
    else await chmod(join(target, 'c'), 0o700);
    expect(await workspaces.apply(TENANT, target, change)).toEqual({ applied: true });
    expect(await contents(target)).toEqual({ 'a.txt': '- two\n', 'b.txt': '- two\n', 'c/d.txt': '- new\n' });
    expect(await readdir(join(root, 'applying'))).toEqual([]);
  });

  it('takes a lock over from a process that has ended', async () => {
    await repository(source, { 'a.txt': 'one\n' });
    const change = await changeBy(request(source, 'git'), (work) => writeFiles(work, { 'a.txt': 'two\n' }));
    const script = `
      const { withSourceLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/agents/workspaces/source-lock.ts'))});
      await withSourceLock(${JSON.stringify(join(root, 'locks'))}, ${JSON.stringify(source)}, () => process.kill(process.pid, 'SIGKILL'));`;
    await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ]).catch(() => {});
    expect((await readdir(join(root, 'locks'))).filter((name) => name.endsWith('.lock'))).toHaveLength(1);
    expect(await workspaces.apply(TENANT, source, change)).toEqual({ applied: true });
  });

  it('of no change does nothing, and of one that could not be had says why', async () => {
    await writeFiles(source, { 'a.txt': 'one\n' });
    const none: WorkspaceChange = { base: '', diff: null, files: 0, additions: 0, deletions: 0 };
    expect(await workspaces.apply(TENANT, source, none)).toEqual({ applied: true });
    expect(await workspaces.apply(TENANT, source, { ...none, problem: 'lost' })).toEqual({
      applied: false,
      reason: 'lost',
    });
  });

  it.each([
    ['../out.txt', /out\.txt/],
    ['.git/hooks/pre-commit', /\.git/],
    ['sub/.GIT/config', /\.GIT/],
  ])('of a patch to %s is refused', async (path, reason) => {
    await repository(source, { 'a.txt': 'one\n' });
    const patch = `diff --git a/${path} b/${path}\nnew file mode 100755\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+evil\n`;
    const diff = await artifacts.put(TENANT, Buffer.from(patch));
    const change = { base: '', diff, files: 1, additions: 1, deletions: 0 };
    const answer = await workspaces.apply(TENANT, source, change);
    expect(answer).toMatchObject({ applied: false, reason: expect.stringMatching(reason) });
    expect(Object.keys(await contents(source))).toEqual(['a.txt']);
    expect(await exists(join(source, '.git/hooks/pre-commit'))).toBe(false);
  });
});
