/** Healthy module: cuts lists into pages and shows page numbers. */
import type { BaseModule } from './base-module.js';

export const pagination: BaseModule = {
  name: 'pagination',
  kind: 'collections',
  about: 'cuts lists into pages and shows page numbers',
  files: {
    'pagination.mjs': String.raw`export function pageCount(total, size) {
  if (size < 1) throw new RangeError('a page holds at least one item');
  return Math.max(1, Math.ceil(total / size));
}

export function page(items, number, size = 10) {
  const pages = pageCount(items.length, size);
  const current = Math.min(Math.max(number, 1), pages);
  const start = (current - 1) * size;
  return {
    items: items.slice(start, start + size),
    current,
    pages,
    hasNext: current < pages,
    hasPrevious: current > 1,
  };
}

export function pageNumbers(current, pages, around = 1) {
  const numbers = [];
  for (let number = 1; number <= pages; number += 1) {
    const near = Math.abs(number - current) <= around;
    if (number === 1 || number === pages || near) {
      numbers.push(number);
    } else if (numbers[numbers.length - 1] !== '…') {
      numbers.push('…');
    }
  }
  return numbers;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { pageCount, page, pageNumbers } from './pagination.mjs';

test('the last page may be short', () => {
  assert.equal(pageCount(21, 10), 3);
  assert.equal(pageCount(20, 10), 2);
  assert.equal(pageCount(0, 10), 1);
  assert.throws(() => pageCount(5, 0), RangeError);
  assert.equal(pageCount(5, 1), 5);
});
test('a page knows its neighbours', () => {
  const items = [1, 2, 3, 4, 5];
  assert.deepEqual(page(items, 2, 2), { items: [3, 4], current: 2, pages: 3, hasNext: true, hasPrevious: true });
  assert.deepEqual(page(items, 3, 2), { items: [5], current: 3, pages: 3, hasNext: false, hasPrevious: true });
});
test('page numbers out of range are clamped, ten items by default', () => {
  assert.equal(page([1], 9).current, 1);
  assert.equal(page([1], -1).hasPrevious, false);
  assert.equal(page(new Array(11).fill(0), 1).items.length, 10);
});
test('far pages are shown as dots', () => {
  assert.deepEqual(pageNumbers(5, 9), [1, '…', 4, 5, 6, '…', 9]);
  assert.deepEqual(pageNumbers(1, 3), [1, 2, 3]);
});
`,
};
