import fc from 'fast-check';
import { mean, sampleVariance } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { addSums } from '../../../src/performance/figures.js';
import { countSums, logMoments, logSums, moments } from '../../../src/performance/statistics/moments.js';

describe('moments of sums', () => {
  it('are those of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000 }), { minLength: 2, maxLength: 200 }), (values) => {
        const sums = addSums(values.map((value) => ({ executions: 1, ...countSums('errors', value) })));
        const found = moments(sums, 'errors');
        expect(found.n).toBe(values.length);
        expect(found.mean).toBeCloseTo(mean(values), 9);
        expect(found.variance).toBeCloseTo(sampleVariance(values), 4);
      }),
    );
  });

  it('of logarithms are near those of the values, which are counted where they are above 0', () => {
    const times = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(fc.array(times, { minLength: 2, maxLength: 200 }), (values) => {
        const logs = values.filter((value) => value > 0).map(Math.log);
        const found = logMoments(addSums(values.map((value) => logSums('logMs', value))), 'logMs');
        expect(found.n).toBe(logs.length);
        if (logs.length < 2) return;
        expect(Math.abs(found.mean - mean(logs))).toBeLessThan(0.001);
        // What is rounded away of each value moves the variance by as much at most as it does the largest.
        expect(Math.abs(found.variance - sampleVariance(logs))).toBeLessThan(0.05);
      }),
    );
  });

  it('of nothing and of one value say so', () => {
    expect(moments({}, 'iterations')).toEqual({ n: 0, mean: 0, variance: 0 });
    expect(moments({ executions: 1, ...countSums('iterations', 7) }, 'iterations')).toEqual({
      ...{ n: 1, mean: 7, variance: 0 },
    });
    expect(logMoments({ executions: 3 }, 'logCost')).toEqual({ n: 0, mean: 0, variance: 0 });
  });

  it('take values without squares, of earlier versions, to spread as widely as their mean', () => {
    expect(moments({ executions: 10, iterations: 40 }, 'iterations')).toEqual({
      ...{ n: 10, mean: 4, variance: 16 },
    });
  });
});
