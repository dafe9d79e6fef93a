import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { centeredSum } from '../../../../src/strategy/what-if/compound-poisson.js';
import { type Jump, SignedBins, varianceOf } from '../../../../src/strategy/what-if/jumps.js';

/** Sums drawn outright, about their mean, in order. */
function drawnSums(jumps: readonly Jump[], draws: number): number[] {
  const uniform = seededUniform('compound');
  const mean = jumps.reduce((sum, { size, rate }) => sum + size * rate, 0);
  return Array.from({ length: draws }, () =>
    jumps.reduce((sum, { size, rate }) => {
      let [count, left] = [0, Math.exp(-rate)];
      for (let product = uniform(); product > left; product *= uniform()) count += 1;
      left = 0;
      return sum + count * size;
    }, -mean),
  ).sort((one, other) => one - other);
}

describe('a sum of rare events', () => {
  it.each<[string, Jump[]]>([
    [
      'few heavy ones',
      [
        { size: 3, rate: 0.8 },
        { size: -4, rate: 0.5 },
        { size: 0.3, rate: 20 },
      ],
    ],
    [
      'many',
      [
        { size: 1, rate: 40 },
        { size: -0.5, rate: 30 },
      ],
    ],
    [
      'one-sided',
      [
        { size: 2, rate: 3 },
        { size: 0.4, rate: 9 },
      ],
    ],
  ])('of %s has the quantiles of its draws', (_, jumps) => {
    const sums = drawnSums(jumps, 2_000);
    const { quantile, below, deviation } = centeredSum(jumps);
    expect(deviation ** 2).toBeCloseTo(varianceOf(jumps), 8);
    for (const level of [0.025, 0.5, 0.975]) {
      const share = sums.filter((sum) => sum <= quantile(level)).length / sums.length;
      // Atoms are blurred: a quantile may fall to either side of one.
      expect(Math.abs(share - level)).toBeLessThan(level === 0.5 ? 0.09 : 0.02);
      expect(below(quantile(level))).toBeCloseTo(level, 4);
    }
  });

  it('of very many is normal, but for the blur', () => {
    const { quantile, deviation } = centeredSum([
      { size: 1, rate: 1e5 },
      { size: -1, rate: 1e5 },
    ]);
    expect(quantile(0.975) / deviation).toBeCloseTo(1.966, 2);
    expect(quantile(0.025) / deviation).toBeCloseTo(-1.966, 2);
  });

  it('is certain far out', () => {
    const { below, deviation } = centeredSum([{ size: 1, rate: 40 }]);
    expect([-500, -76, -9, 9, 76, 500].map((far) => below(far * deviation))).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('of none is 0', () => {
    const { quantile, below } = centeredSum([]);
    expect([quantile(0.975), below(-1e-9), below(0)]).toEqual([0, 0, 1]);
  });

  it('keeps its variance and sign when it is binned', () => {
    const bins = new SignedBins();
    const jumps = [0.001, -0.37, 12, 1_900, -1_900, 0].map((size, index) => ({ size, rate: index + 0.5 }));
    for (const { size, rate } of jumps) bins.add(size, rate);
    expect(varianceOf(bins.jumps(2))).toBeCloseTo(4 * varianceOf(jumps), 3);
    expect(bins.jumps().filter(({ size }) => size < 0)).toHaveLength(2);
  });
});
