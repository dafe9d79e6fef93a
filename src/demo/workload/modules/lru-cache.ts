/** Healthy module: keeps the most recently used entries of a cache. */
import type { BaseModule } from './base-module.js';

export const lruCache: BaseModule = {
  name: 'lru-cache',
  kind: 'structures',
  about: 'keeps the most recently used entries of a cache',
  files: {
    'lru-cache.mjs': String.raw`export class LruCache {
  constructor(capacity = 2) {
    if (capacity < 1) throw new RangeError('a cache holds at least one entry');
    this.capacity = capacity;
    this.entries = new Map();
  }

  get size() {
    return this.entries.size;
  }

  get(key, fallback) {
    if (!this.entries.has(key)) return fallback;
    const value = this.entries.get(key);
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key, value) {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size > this.capacity) {
      const oldest = this.entries.keys().next().value;
      this.entries.delete(oldest);
    }
    return this;
  }

  keys() {
    return [...this.entries.keys()].reverse();
  }
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { LruCache } from './lru-cache.mjs';

test('remembers and falls back', () => {
  const cache = new LruCache(2).set('a', 1);
  assert.equal(cache.get('a'), 1);
  assert.equal(cache.get('b', 0), 0);
  assert.equal(cache.size, 1);
});
test('drops the entry that was not used longest', () => {
  const cache = new LruCache(2).set('a', 1).set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  assert.deepEqual(cache.keys(), ['c', 'a']);
});
test('setting again refreshes', () => {
  const cache = new LruCache().set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  assert.equal(cache.get('a'), 3);
  assert.equal(cache.get('b'), undefined);
});
test('a cache of one holds one', () => {
  assert.deepEqual(new LruCache(1).set('a', 1).set('b', 2).keys(), ['b']);
  assert.throws(() => new LruCache(0), RangeError);
});
`,
};
