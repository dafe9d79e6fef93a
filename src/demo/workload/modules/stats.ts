/** Healthy module: computes mean, median, variance and percentiles of samples. */
import type { BaseModule } from './base-module.js';

export const stats: BaseModule = {
  name: 'stats',
  kind: 'numbers',
  about: 'computes mean, median, variance and percentiles of samples',
  files: {
    'stats.mjs': String.raw`export function mean(values) {
  if (values.length === 0) return Number.NaN;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) {
    return sorted[middle];
  }
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

export function variance(values) {
  if (values.length < 2) return 0;
  const average = mean(values);
  const squares = values.map((value) => {
    return (value - average) ** 2;
  });
  return squares.reduce((sum, square) => sum + square, 0) / (values.length - 1);
}

export function percentile(values, percent) {
  const sorted = values.slice().sort((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1];
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mean, median, variance, percentile } from './stats.mjs';

test('mean of samples', () => {
  assert.equal(mean([2, 4, 9]), 5);
  assert.equal(mean([]), Number.NaN);
});
test('median of odd and even counts', () => {
  assert.equal(median([9, 1, 10]), 9);
  assert.equal(median([4, 1, 3, 10]), 3.5);
  assert.equal(median([]), Number.NaN);
});
test('median leaves the samples in their order', () => {
  const samples = [3, 1, 2];
  median(samples);
  assert.deepEqual(samples, [3, 1, 2]);
});
test('sample variance', () => {
  assert.equal(variance([2, 4, 6]), 4);
  assert.equal(variance([1, 5]), 8);
  assert.equal(variance([5]), 0);
});
test('percentile by nearest rank leaves the samples in their order', () => {
  const samples = [50, 15, 40, 20, 35];
  assert.equal(percentile(samples, 40), 20);
  assert.equal(percentile(samples, 100), 50);
  assert.equal(percentile(samples, 0), 15);
  assert.deepEqual(samples, [50, 15, 40, 20, 35]);
});
`,
};
