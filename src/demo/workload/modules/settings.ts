/** Healthy module: merges and reads nested settings. */
import type { BaseModule } from './base-module.js';

export const settings: BaseModule = {
  name: 'settings',
  kind: 'collections',
  about: 'merges and reads nested settings',
  files: {
    'settings.mjs': String.raw`export const DEFAULTS = { retries: 3, timeout: 1000, colors: true, paths: { cache: '.cache', logs: 'logs' } };

function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function merge(base, changes) {
  const merged = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    if (isRecord(value) && isRecord(merged[key])) {
      merged[key] = merge(merged[key], value);
    } else if (value !== undefined) {
      merged[key] = value;
    }
  }
  return merged;
}

export function read(settings, path, fallback = null) {
  let current = settings;
  for (const key of path.split('.')) {
    if (!isRecord(current)) return fallback;
    current = current[key];
  }
  return current ?? fallback;
}

export function write(settings, path, value) {
  const [key, ...rest] = path.split('.');
  const copy = { ...settings };
  copy[key] = rest.length === 0 ? value : write(copy[key] ?? {}, rest.join('.'), value);
  return copy;
}

export function load(changes = {}) {
  return merge(DEFAULTS, changes);
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEFAULTS, merge, read, write, load } from './settings.mjs';

test('defaults apply where nothing is set', () => {
  assert.equal(load().retries, 3);
  assert.equal(load({ retries: 0 }).retries, 0);
  assert.deepEqual(load({ paths: { logs: '/var' } }).paths, { cache: '.cache', logs: '/var' });
});
test('merge replaces lists, ignores undefined, and leaves both sides alone', () => {
  assert.deepEqual(merge({ a: [1, 2], b: 1 }, { a: [3], b: undefined }), { a: [3], b: 1 });
  assert.deepEqual(merge({ a: { b: 1 } }, { a: 5 }), { a: 5 });
  assert.equal(DEFAULTS.paths.logs, 'logs');
  assert.equal(DEFAULTS.retries, 3);
});
test('read follows a path', () => {
  assert.equal(read(DEFAULTS, 'paths.cache'), '.cache');
  assert.equal(read({ a: { b: 0 } }, 'a.b', 7), 0);
  assert.equal(read(DEFAULTS, 'paths.none', 'x'), 'x');
  assert.equal(read(DEFAULTS, 'retries.more'), null);
});
test('write makes a changed copy', () => {
  const before = { a: { b: 1 } };
  assert.deepEqual(write(before, 'a.c', 2), { a: { b: 1, c: 2 } });
  assert.deepEqual(write(before, 'x.y', 3), { a: { b: 1 }, x: { y: 3 } });
  assert.deepEqual(before, { a: { b: 1 } });
});
`,
};
