import { describe, expect, it } from 'vitest';
import { estimate, rescaled, studentQuantile } from '../../../src/evaluate/estimate.js';
import { seededUniform } from '../../../src/evidence/random.js';

describe('an estimate over seeds', () => {
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [4, 2.7764],
    [19, 2.093],
    [49, 2.0096],
    [199, 1.972],
  ])('with %i degrees of freedom reaches %f standard errors, as tables of t have it', (freedom, quantile) => {
    expect(studentQuantile(freedom)).toBeCloseTo(quantile, 4);
  });

  it('has the interval of Student by hand', () => {
    const { mean, interval } = estimate([1, 2, 3]);
    expect(mean).toBe(2);
    expect(interval?.low).toBeCloseTo(2 - 4.30265 / Math.sqrt(3), 4);
    expect(interval?.high).toBeCloseTo(2 + 4.30265 / Math.sqrt(3), 4);
  });

  it('of one seed is not sure of anything, and of equal seeds entirely', () => {
    expect(estimate([0.4])).toEqual({ mean: 0.4, interval: null });
    expect(estimate([0.5, 0.5, 0.5])).toEqual({ mean: 0.5, interval: { low: 0.5, high: 0.5 } });
  });

  it('holds the truth as often as it says', () => {
    const uniform = seededUniform('estimate');
    let held = 0;
    for (let trial = 0; trial < 2_000; trial++) {
      // Twelve uniform draws add up to a normal one nearly.
      const draw = () => Array.from({ length: 12 }, uniform).reduce((sum, each) => sum + each, -6);
      const { interval } = estimate(Array.from({ length: 5 }, draw));
      if (interval !== null && interval.low <= 0 && interval.high >= 0) held += 1;
    }
    expect(held / 2_000).toBeGreaterThan(0.935);
    expect(held / 2_000).toBeLessThan(0.965);
  });

  it('moves to another scale with its interval', () => {
    const moved = rescaled({ mean: 0.4, interval: { low: 0.35, high: 0.45 } }, 0.3, 0.2);
    expect(moved.mean).toBeCloseTo(0.5);
    expect(moved.interval?.low).toBeCloseTo(0.25);
    expect(moved.interval?.high).toBeCloseTo(0.75);
    expect(rescaled({ mean: 1, interval: null }, 0, 2)).toEqual({ mean: 0.5, interval: null });
  });
});
