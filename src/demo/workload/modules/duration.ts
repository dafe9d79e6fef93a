/** Healthy module: parses and prints durations such as 1h 30m. */
import type { BaseModule } from './base-module.js';

export const duration: BaseModule = {
  name: 'duration',
  kind: 'dates',
  about: 'parses and prints durations such as 1h 30m',
  files: {
    'duration.mjs': String.raw`const UNITS = { d: 86400, h: 3600, m: 60, s: 1 };

export function parseDuration(text) {
  const parts = text.trim().split(/\s+/);
  return parts.reduce((seconds, part) => {
    const match = /^(\d+)([dhms])$/.exec(part);
    if (match === null) throw new SyntaxError('not a duration: ' + part);
    return seconds + Number.parseInt(match[1], 10) * UNITS[match[2]];
  }, 0);
}

export function formatDuration(seconds, maxParts = 2) {
  if (seconds < 1) return '0s';
  const parts = [];
  let rest = seconds;
  for (const [unit, size] of Object.entries(UNITS)) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(count + unit);
    rest = rest % size;
  }
  return parts.slice(0, maxParts).join(' ');
}

export function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes + ':' + String(seconds % 60).padStart(2, '0');
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseDuration, formatDuration, clock } from './duration.mjs';

test('parts add up', () => {
  assert.equal(parseDuration('1h 30m'), 5400);
  assert.equal(parseDuration('2d 5s'), 172805);
  assert.throws(() => parseDuration('5 apples'), SyntaxError);
});
test('prints the two largest parts', () => {
  assert.equal(formatDuration(5400), '1h 30m');
  assert.equal(formatDuration(90061), '1d 1h');
  assert.equal(formatDuration(90061, 4), '1d 1h 1m 1s');
  assert.equal(formatDuration(1), '1s');
  assert.equal(formatDuration(0), '0s');
});
test('clock has two digits for seconds', () => {
  assert.equal(clock(65), '1:05');
  assert.equal(clock(600), '10:00');
});
`,
};
