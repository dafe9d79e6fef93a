import { expect, it } from 'vitest';
import { shareOfLevel } from '../../../../src/learning/inference/share-of-level.js';

it('shares of the level follow the runs, seldom change, and add up to no more than 1', () => {
  expect([100, 300, 600].map((own) => shareOfLevel(own, 1_000))).toEqual([1 / 16, 1 / 4, 1 / 2]);
  expect(shareOfLevel(7, 7)).toBe(1);
  expect(shareOfLevel(0, 7)).toBe(0);
});
