import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { contradicted } from '../../../../src/learning/inference/contradicted.js';
import { judge } from '../../../../src/learning/inference/judge.js';
import type { Observation } from '../../../../src/learning/inference/observation.js';
import { shareOfLevel } from '../../../../src/learning/inference/share-of-level.js';

function runs(seed: string, tasks: number, withIt: number, without: number): Observation[] {
  const uniform = seededUniform(seed);
  return Array.from({ length: 4 * tasks }, (_, index) => {
    const shown = uniform() < 0.5;
    return {
      id: `${index}`,
      task: `${Math.floor(index / 4)}`,
      agent: 'a',
      features: shown ? ['x'] : [],
      success: uniform() < (shown ? withIt : without),
      length: 5,
      iterations: 1,
      durationMs: 1,
      cost: null,
      at: index,
    };
  });
}

describe('an asserted verdict', () => {
  const [verdict] = judge(runs('first', 200, 0.8, 0.4));
  if (verdict === undefined) throw new Error('nothing judged');

  it('is contradicted by recent runs in which the effect is gone, or turned', () => {
    expect(verdict.state).toBe('asserted');
    expect(contradicted(verdict, runs('gone', 100, 0.5, 0.5))).toBe(true);
    expect(contradicted(verdict, runs('turned', 40, 0.3, 0.7))).toBe(true);
  });

  it('is not by runs like those before, save once in a hundred, nor by a few', () => {
    const times = Array.from({ length: 300 }, (_, seed) =>
      contradicted(verdict, runs(`same-${seed}`, 40, 0.8, 0.4)),
    ).filter(Boolean).length;
    expect(times).toBeLessThanOrEqual(6);
    expect(contradicted(verdict, runs('few', 2, 0, 1))).toBe(false);
    expect(contradicted(verdict, [])).toBe(false);
  });
});

it('shares of the level follow the runs, seldom change, and add up to no more than 1', () => {
  expect([100, 300, 600].map((own) => shareOfLevel(own, 1_000))).toEqual([1 / 16, 1 / 4, 1 / 2]);
  expect(shareOfLevel(7, 7)).toBe(1);
  expect(shareOfLevel(0, 7)).toBe(0);
});
