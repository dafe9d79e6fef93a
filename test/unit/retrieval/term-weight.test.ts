import { expect, it } from 'vitest';
import { termWeight } from '../../../src/retrieval/term-weight.js';

it('weighs a rare term more than a common one, and one that no document has the most', () => {
  const weights = [0, 1, 10, 100, 1_000].map((having) => termWeight(1, having, 1_000));
  expect(weights).toEqual([...weights].sort((a, b) => b - a));
  expect(new Set(weights).size).toBe(5);
  expect(weights.at(-1)).toBeGreaterThan(0);
});

it('counts a repeated term of a query for more, but never for as much again', () => {
  const [once, twice, often] = [1, 2, 1_000].map((times) => termWeight(times, 3, 50));
  expect(once).toBeCloseTo(2.2 * Math.log(1 + 47.5 / 3.5) ** 2);
  expect(twice).toBeGreaterThan(once ?? 0);
  expect(twice).toBeLessThan(2 * (once ?? 0));
  expect(often).toBeLessThan(9 * (once ?? 0));
});
