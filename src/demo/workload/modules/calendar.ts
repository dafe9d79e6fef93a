/** Healthy module: knows leap years, month lengths and working days. */
import type { BaseModule } from './base-module.js';

export const calendar: BaseModule = {
  name: 'calendar',
  kind: 'dates',
  about: 'knows leap years, month lengths and working days',
  files: {
    'calendar.mjs': String.raw`const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isLeapYear(year) {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year, month) {
  if (month < 1 || month > 12) throw new RangeError('months run from 1 to 12');
  return month === 2 && isLeapYear(year) ? 29 : LENGTHS[month - 1];
}

export function isWorkday(date, holidays = []) {
  const weekday = date.getUTCDay();
  if (weekday === 0 || weekday === 6) return false;
  return !holidays.includes(date.toISOString().slice(0, 10));
}

export function workdaysInMonth(year, month, holidays = []) {
  let count = 0;
  for (let day = 1; day <= daysInMonth(year, month); day += 1) {
    const date = new Date(Date.UTC(year, month - 1, day));
    if (isWorkday(date, holidays)) count += 1;
  }
  return count;
}

export function dayOfYear(year, month, day) {
  let count = day;
  for (let earlier = 1; earlier < month; earlier += 1) {
    count += daysInMonth(year, earlier);
  }
  return count;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { isLeapYear, daysInMonth, isWorkday, workdaysInMonth, dayOfYear } from './calendar.mjs';

test('leap years', () => {
  assert.deepEqual([2024, 2023, 1900, 2000].map(isLeapYear), [true, false, false, true]);
});
test('month lengths', () => {
  assert.equal(daysInMonth(2024, 2), 29);
  assert.equal(daysInMonth(2023, 2), 28);
  assert.equal(daysInMonth(2023, 12), 31);
  assert.equal(daysInMonth(2023, 1), 31);
  assert.throws(() => daysInMonth(2023, 13), RangeError);
  assert.throws(() => daysInMonth(2023, 0), RangeError);
});
test('weekends and holidays are free', () => {
  assert.equal(isWorkday(new Date('2024-06-07')), true);
  assert.equal(isWorkday(new Date('2024-06-08')), false);
  assert.equal(isWorkday(new Date('2024-06-09')), false);
  assert.equal(isWorkday(new Date('2024-06-07'), ['2024-06-07']), false);
});
test('working days of a month', () => {
  assert.equal(workdaysInMonth(2024, 5), 23);
  assert.equal(workdaysInMonth(2024, 5, ['2024-05-01']), 22);
});
test('day of the year', () => {
  assert.equal(dayOfYear(2024, 1, 1), 1);
  assert.equal(dayOfYear(2024, 3, 1), 61);
  assert.equal(dayOfYear(2023, 12, 31), 365);
});
`,
};
