/** Whatever an agent does to files, its change makes the same of the source. */
import { chmod, cp, lstat, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Workspace, Workspaces } from '../../src/agents/workspaces/workspaces.js';
import type { WorkspaceChange, WorkspaceRequest } from '../../src/shared/workspace.js';
import { contents, memoryArtifacts, repository, request, temporaryFolder } from './workspace-data.js';

const TENANT = 'acme';
let folder: string;
let workspaces: Workspaces;
let opened = 0;

beforeEach(async () => {
  folder = await temporaryFolder();
  workspaces = new Workspaces({ root: join(folder, 'root'), artifacts: memoryArtifacts() });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (workspace: WorkspaceRequest, changes: readonly WorkspaceChange[] = []): Promise<Workspace> =>
  workspaces.open({ tenant: TENANT, key: `call-${opened++}#1`, workspace, changes });

describe('any change', () => {
  const names = ['a', 'b b', 'c\nd', 'é☃', '"q"', 'e\tf', "it's", 'x\\y', '-dash', 'dir', ' lead', 'trail '];
  const name = fc.constantFrom(...names);
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const content = fc.oneof(
    fc.constant(''),
    fc.constant('no new line at the end'),
    fc.constant('one\r\ntwo\r\n'),
    fc
      .array(fc.constantFrom('alpha', 'beta', '', '+plus', '-minus', ' space', 'diff --git a/x b/x'), {
        maxLength: 12,
      })
      .map((lines) => lines.map((line) => `${line}\n`).join('')),
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const write = fc.record({ kind: fc.constant('write' as const), path, content, executable: fc.boolean() });
  const edit = fc.oneof(
    write,
    fc.record({ kind: fc.constant('remove' as const), path }),
    fc.record({ kind: fc.constant('rename' as const), path, to: path }),
    fc.record({ kind: fc.constant('link' as const), path, target: name }),
    fc.record({ kind: fc.constant('mode' as const), path, executable: fc.boolean() }),
  );
  type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

  /** Does what can be done of it. */
  async function make(work: string, edit: Edit): Promise<void> {
    const full = join(work, edit.path);
    /** Folders up to a path: what is in their way goes, links too, as they would lead elsewhere. */
    const makeRoom = async (path: string): Promise<void> => {
      let parent = work;
      for (const step of path.split('/').slice(0, -1)) {
        parent = join(parent, step);
        const found = await lstat(parent).catch(() => null);
        if (found?.isDirectory() === true) continue;
        await rm(parent, { force: true });
        await mkdir(parent);
      }
    };
    if (edit.kind === 'remove') return rm(full, { recursive: true, force: true }).catch(() => undefined);
    if (edit.kind === 'mode') {
      const found = await lstat(full).catch(() => null);
      return found?.isFile() === true ? chmod(full, edit.executable ? 0o755 : 0o644) : undefined;
    }
    if (edit.kind === 'rename') {
      await makeRoom(edit.to);
      return rename(full, join(work, edit.to)).catch(() => undefined);
    }
    await makeRoom(edit.path);
    await rm(full, { recursive: true, force: true });
    if (edit.kind === 'link') return symlink(edit.target, full);
    return writeFile(full, Buffer.from(edit.content, 'latin1'), { mode: edit.executable ? 0o755 : 0o644 });
  }

  it.each(['git', 'copy'] as const)(
    'in a %s, applied to a copy of the source, gives the workspace',
    async (isolation) => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(write, { maxLength: 6 }),
          fc.array(edit, { minLength: 1, maxLength: 8 }),
          async (files, edits) => {
            run += 1;
            const from = join(folder, `from-${run}`);
            const to = join(folder, `to-${run}`);
            await mkdir(from);
            for (const file of files) await make(from, file);
            await cp(from, to, { recursive: true, verbatimSymlinks: true });
            if (isolation === 'git') await repository(from, {});
            const opened = await open(request(from, isolation));
            for (const step of edits) await make(opened.folder, step);
            const wanted = await contents(opened.folder);
            const change = await opened.close(true);
            expect(change.problem).toBeUndefined();
            expect(await workspaces.apply(TENANT, to, change)).toEqual({ applied: true });
            expect(await contents(to)).toEqual(wanted);
            expect(await workspaces.apply(TENANT, to, change)).toEqual({ applied: true });
            expect(await contents(to)).toEqual(wanted);
            const next = await open(request(from, isolation), [change]);
            expect(next.notes).toEqual([]);
            expect(await contents(next.folder)).toEqual(wanted);
            await next.close(true);
          },
        ),
        { numRuns: 25, seed: 20_240_611 },
      );
    },
    180_000,
  );
});
