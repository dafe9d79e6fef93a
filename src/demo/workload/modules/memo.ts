/** Healthy module: caches answers of slow look-ups for a while. */
import type { BaseModule } from './base-module.js';

export const memo: BaseModule = {
  name: 'memo',
  kind: 'async',
  about: 'caches answers of slow look-ups for a while',
  files: {
    'memo.mjs': String.raw`export function memoize(lookup, options = {}) {
  const lifetime = options.lifetime ?? 1000;
  const now = options.now ?? Date.now;
  const cache = new Map();
  return async (key) => {
    const entry = cache.get(key);
    if (entry !== undefined && now() - entry.time < lifetime) {
      return entry.value;
    }
    const value = await lookup(key);
    cache.set(key, { value, time: now() });
    return value;
  };
}

export async function loadAll(keys, lookup) {
  const entries = await Promise.all(
    keys.map(async (key) => {
      const value = await lookup(key);
      return [key, value];
    }),
  );
  return Object.fromEntries(entries);
}

export async function sumOf(keys, lookup) {
  let sum = 0;
  for (const key of keys) {
    sum += await lookup(key);
  }
  return sum;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { memoize, loadAll, sumOf } from './memo.mjs';

test('an answer is looked up once within its lifetime', async () => {
  let calls = 0;
  let time = 0;
  const get = memoize(async (key) => { calls += 1; return key + calls; }, { lifetime: 10, now: () => time });
  assert.equal(await get('a'), 'a1');
  time = 9;
  assert.equal(await get('a'), 'a1');
  time = 10;
  assert.equal(await get('a'), 'a2');
});
test('keys do not share answers', async () => {
  const get = memoize(async (key) => key * 2);
  assert.deepEqual([await get(1), await get(2), await get(1)], [2, 4, 2]);
});
test('a lifetime of nothing never caches', async () => {
  let calls = 0;
  const get = memoize(async () => { calls += 1; return calls; }, { lifetime: 0 });
  assert.deepEqual([await get('a'), await get('a')], [1, 2]);
});
test('loads all keys into a record', async () => {
  assert.deepEqual(await loadAll(['a', 'bb'], async (key) => key.length), { a: 1, bb: 2 });
});
test('sums asynchronous numbers', async () => {
  assert.equal(await sumOf([1, 2, 3], async (key) => key * key), 14);
});
`,
};
