/** Healthy module: compares and merges date ranges. */
import type { BaseModule } from './base-module.js';

export const dateRanges: BaseModule = {
  name: 'date-ranges',
  kind: 'dates',
  about: 'compares and merges date ranges',
  files: {
    'date-ranges.mjs': String.raw`import { addDays, daysBetween } from './days.mjs';

export function contains(range, day) {
  return range.from <= day && day <= range.to;
}

export function overlaps(left, right) {
  return left.from <= right.to && right.from <= left.to;
}

export function length(range) {
  return daysBetween(range.from, range.to) + 1;
}

export function mergeRanges(ranges) {
  const sorted = [...ranges].sort((a, b) => (a.from < b.from ? -1 : 1));
  const merged = [];
  for (const range of sorted) {
    const last = merged[merged.length - 1];
    if (last !== undefined && range.from <= addDays(last.to, 1)) {
      last.to = range.to > last.to ? range.to : last.to;
    } else {
      merged.push({ ...range });
    }
  }
  return merged;
}

export function eachDay(range) {
  const days = [];
  for (let day = range.from; day <= range.to; day = addDays(day, 1)) {
    days.push(day);
  }
  return days;
}
`,
    'days.mjs': String.raw`const DAY = 24 * 60 * 60 * 1000;

export function addDays(day, count) {
  return new Date(Date.parse(day) + count * DAY).toISOString().slice(0, 10);
}

export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { contains, overlaps, length, mergeRanges, eachDay } from './date-ranges.mjs';

const june = { from: '2024-06-01', to: '2024-06-30' };

test('a range holds its first and last day', () => {
  assert.equal(contains(june, '2024-06-01'), true);
  assert.equal(contains(june, '2024-06-30'), true);
  assert.equal(contains(june, '2024-07-01'), false);
});
test('ranges that share a day overlap', () => {
  assert.equal(overlaps(june, { from: '2024-06-30', to: '2024-07-02' }), true);
  assert.equal(overlaps({ from: '2024-05-30', to: '2024-06-01' }, june), true);
  assert.equal(overlaps(june, { from: '2024-07-01', to: '2024-07-02' }), false);
});
test('length counts both ends', () => {
  assert.equal(length(june), 30);
  assert.equal(length({ from: '2024-02-28', to: '2024-03-01' }), 3);
});
test('neighbours are merged and the input stays', () => {
  const first = { from: '2024-01-05', to: '2024-01-07' };
  const input = [first, { from: '2024-01-01', to: '2024-01-04' }, { from: '2024-01-09', to: '2024-01-09' }];
  assert.deepEqual(mergeRanges(input), [{ from: '2024-01-01', to: '2024-01-07' }, { from: '2024-01-09', to: '2024-01-09' }]);
  assert.equal(input[0], first);
  assert.equal(input[1].to, '2024-01-04');
});
test('a range within another is absorbed', () => {
  assert.deepEqual(mergeRanges([june, { from: '2024-06-10', to: '2024-06-12' }]), [june]);
});
test('lists each day', () => {
  assert.deepEqual(eachDay({ from: '2023-12-31', to: '2024-01-01' }), ['2023-12-31', '2024-01-01']);
});
`,
};
