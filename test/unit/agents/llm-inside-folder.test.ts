import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isWithin, OutsideFolderError, resolveInside } from '../../../src/agents/inside-folder.js';

const top = await realpath(await mkdtemp(path.join(tmpdir(), 'journeyman-inside-')));
const root = path.join(top, 'root');
await mkdir(path.join(root, 'sub/deep'), { recursive: true });
await mkdir(path.join(top, 'root-beside'));
await writeFile(path.join(root, 'sub/file'), '');
await symlink('sub', path.join(root, 'near'));
await symlink(path.join(root, 'sub/deep'), path.join(root, 'absolute'));
await symlink('../../..', path.join(root, 'sub/deep/up'));
await symlink('../root-beside', path.join(root, 'beside'));
await symlink('/', path.join(root, 'slash'));
await symlink('gone', path.join(root, 'dangling'));
await symlink('loop', path.join(root, 'loop'));
await symlink('near/deep/up', path.join(root, 'chain'));
const byLink = path.join(top, 'by-link');
await symlink(root, byLink);

afterAll(async () => {
  await rm(top, { recursive: true });
});

describe('what is inside', () => {
  it.each([
    ['.', ''],
    ['', ''],
    ['sub//./file', 'sub/file'],
    ['sub/../sub/file', 'sub/file'],
    ['new/and/deeper', 'new/and/deeper'],
    ['near/file', 'sub/file'],
    ['near/new', 'sub/new'],
    ['absolute/new', 'sub/deep/new'],
    ['..hidden', '..hidden'],
  ])('%j', async (relative, real) => {
    expect(await resolveInside(root, relative)).toBe(path.join(root, real));
    expect(await resolveInside(byLink, relative)).toBe(path.join(root, real));
  });
});

describe('what is not', () => {
  it.each([
    ['/etc/passwd', /relative to the folder$/],
    ['C:\\windows', /relative to the folder$/],
    ['a\0b', /without NUL$/],
    ['..', /leads out of the folder$/],
    ['sub/../../root/sub', /leads out of the folder$/],
    ['sub/deep/up', /leads out of the folder$/],
    ['near/deep/up/root/sub/file', /leads out of the folder$/],
    ['beside', /leads out of the folder$/],
    ['slash/etc/passwd', /leads out of the folder$/],
    ['chain/x', /leads out of the folder$/],
    ['dangling', /a link to nothing$/],
    ['loop/x', /a link to nothing$/],
  ])('%j', async (relative, why) => {
    const refused = resolveInside(root, relative);
    await expect(refused).rejects.toThrow(OutsideFolderError);
    await expect(refused).rejects.toThrow(why);
  });
});

it('tells a folder from one whose name begins alike', () => {
  expect(isWithin('/a/b', '/a/b')).toBe(true);
  expect(isWithin('/a/b', '/a/b/c')).toBe(true);
  expect(isWithin('/a/b', '/a/b/..c')).toBe(true);
  expect(isWithin('/a/b', '/a/bc')).toBe(false);
  expect(isWithin('/a/b', '/a')).toBe(false);
});
