/** Healthy module: chunks, zips, rotates and intersects arrays. */
import type { BaseModule } from './base-module.js';

export const arrays: BaseModule = {
  name: 'arrays',
  kind: 'collections',
  about: 'chunks, zips, rotates and intersects arrays',
  files: {
    'arrays.mjs': String.raw`export function chunk(list, size) {
  const chunks = [];
  for (let start = 0; start < list.length; start += size) {
    chunks.push(list.slice(start, start + size));
  }
  return chunks;
}

export function zip(left, right) {
  const length = Math.min(left.length, right.length);
  return Array.from({ length }, (_, index) => [left[index], right[index]]);
}

export function rotate(list, steps) {
  if (list.length === 0) return [];
  const shift = ((steps % list.length) + list.length) % list.length;
  return [...list.slice(shift), ...list.slice(0, shift)];
}

export function difference(left, right) {
  return left.filter((item) => !right.includes(item));
}

export function insertSorted(list, value) {
  const copy = [...list];
  let index = copy.length;
  while (index > 0 && copy[index - 1] > value) {
    index -= 1;
  }
  copy.splice(index, 0, value);
  return copy;
}

export function reversed(list) {
  return [...list].reverse();
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chunk, zip, rotate, difference, insertSorted, reversed } from './arrays.mjs';

test('chunks of equal size, the rest last', () => {
  assert.deepEqual(chunk([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(chunk([1, 2], 2), [[1, 2]]);
});
test('zip stops at the shorter list', () => {
  assert.deepEqual(zip([1, 2, 3], ['a', 'b']), [[1, 'a'], [2, 'b']]);
});
test('rotate turns left, and right with negative steps', () => {
  assert.deepEqual(rotate([1, 2, 3, 4], 1), [2, 3, 4, 1]);
  assert.deepEqual(rotate([1, 2, 3, 4], -1), [4, 1, 2, 3]);
  assert.deepEqual(rotate([], 3), []);
});
test('difference keeps what only the first list has', () => {
  assert.deepEqual(difference([1, 2, 3, 4], [2, 4, 6]), [1, 3]);
});
test('insertSorted keeps order and the list it was given', () => {
  const list = [1, 3, 5];
  assert.deepEqual(insertSorted(list, 4), [1, 3, 4, 5]);
  assert.deepEqual(insertSorted(list, 0), [0, 1, 3, 5]);
  assert.deepEqual(list, [1, 3, 5]);
});
test('reversed gives a new list', () => {
  const list = [1, 2, 3];
  assert.deepEqual(reversed(list), [3, 2, 1]);
  assert.deepEqual(list, [1, 2, 3]);
});
`,
};
