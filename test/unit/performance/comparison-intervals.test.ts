import { describe, expect, it } from 'vitest';
import { countRatio } from '../../../src/performance/analysis/count-ratio.js';
import { logRatio } from '../../../src/performance/analysis/log-ratio.js';
import { successDifference } from '../../../src/performance/analysis/success-difference.js';
import { Chance } from './made-days.js';

const WORLDS = 400;
/** Three standard errors below 95%, of so many worlds. */
const LEAST_COVER = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / WORLDS);

const momentsOf = (values: readonly number[]) => {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, variance: n < 2 ? 0 : squares / (n - 1) };
};
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('successDifference', () => {
  it('is the published interval of a single stratum', () => {
    // Newcombe 1998 (two samples), table II, method 5 (Miettinen and Nurminen).
    const { low, high } = successDifference([
      { a: { successes: 56, known: 70 }, b: { successes: 48, known: 80 } },
    ])?.interval(0.05) ?? { low: 0, high: 0 };
    expect(low).toBeCloseTo(0.0528, 3);
    expect(high).toBeCloseTo(0.3382, 3);
  });

  it.each([
    ['one small stratum', 1, 5, 5, [0.9, 0.9]],
    ['rates near 1', 1, 60, 60, [0.99, 0.97]],
    ['many small strata', 12, 3, 2, [0.8, 0.6]],
    ['pairs', 40, 1, 1, [0.8, 0.8]],
    ['strata that differ', 4, 20, 6, [0.5, 0.7]],
  ] as const)('holds the true difference in 95 of 100 worlds: %s', (name, strata, first, second, [p, q]) => {
    const chance = new Chance(name);
    const drawn = (known: number, rate: number) => ({
      known,
      successes: times(known, () => chance.happens(rate)).filter(Boolean).length,
    });
    let held = 0;
    for (let world = 0; world < WORLDS; world += 1) {
      const contrast = successDifference(
        times(strata, (index) => {
          const easier = strata === 4 ? 0.1 * (index - 1.5) : 0;
          return { a: drawn(first, p + easier), b: drawn(second, q + easier) };
        }),
      );
      const { low, high } = contrast?.interval(0.05) ?? { low: 1, high: 1 };
      if (low <= p - q + 1e-9 && high >= p - q - 1e-9) held += 1;
      if ((contrast?.p ?? 1) < 0.049) expect(low > 0 || high < 0).toBe(true);
    }
    expect(held / WORLDS).toBeGreaterThan(LEAST_COVER);
  });

  it('is wide where both always succeeded, and knows nothing without a stratum in common', () => {
    const { low, high } = successDifference([
      { a: { successes: 5, known: 5 }, b: { successes: 5, known: 5 } },
    ])?.interval(0.05) ?? { low: 0, high: 0 };
    expect(high).toBeGreaterThan(0.35);
    expect(low).toBeLessThan(-0.35);
    expect(successDifference([{ a: { successes: 5, known: 5 }, b: { successes: 0, known: 0 } }])).toBeNull();
  });
});

describe('logRatio and countRatio', () => {
  it.each([
    ['few', 1, 5, 5, 0.5, 0.5],
    ['unequal spread', 3, 10, 5, 0.2, 1],
    ['pairs and more', 15, 2, 3, 0.6, 0.6],
  ] as const)(
    'the ratio of times is in its interval in 95 of 100 worlds: %s',
    (name, strata, first, second, s1, s2) => {
      const chance = new Chance(name);
      let held = 0;
      for (let world = 0; world < WORLDS; world += 1) {
        const contrast = logRatio(
          times(strata, (level) => ({
            a: momentsOf(times(first, () => level + 0.2 + s1 * chance.normal())),
            b: momentsOf(times(second, () => level + s2 * chance.normal())),
          })),
        );
        const { low, high } = contrast?.interval(0.05) ?? { low: 0, high: 0 };
        if (low <= Math.exp(0.2) && high >= Math.exp(0.2)) held += 1;
      }
      expect(held / WORLDS).toBeGreaterThan(LEAST_COVER - 0.01);
    },
  );

  it.each([
    ['iterations', 1, 20, 4, 3, 0.5],
    ['rare errors', 1, 60, 0.1, 0.05, 0],
    ['small strata', 10, 4, 2, 2, 0.5],
  ] as const)(
    'the ratio of counts is in its interval in 95 of 100 worlds: %s',
    (name, strata, n, first, second, spread) => {
      const chance = new Chance(name);
      const drawn = (mean: number) =>
        momentsOf(
          times(n, () => chance.poisson(mean * Math.exp(spread * chance.normal() - spread ** 2 / 2))),
        );
      let held = 0;
      for (let world = 0; world < WORLDS; world += 1) {
        const contrast = countRatio(times(strata, () => ({ a: drawn(first), b: drawn(second) })));
        const { low, high } = contrast?.interval(0.05) ?? { low: 0, high: Number.POSITIVE_INFINITY };
        if (low <= first / second && high >= first / second) held += 1;
      }
      expect(held / WORLDS).toBeGreaterThan(LEAST_COVER);
    },
  );

  it('are null where a spread or a ratio cannot be known', () => {
    const one = { n: 1, mean: 1, variance: 0 };
    const none = { n: 9, mean: 0, variance: 0 };
    expect(logRatio([{ a: one, b: momentsOf([1, 2, 3]) }])).toBeNull();
    expect(countRatio([{ a: one, b: one }])).toBeNull();
    expect(countRatio([{ a: none, b: none }])).toBeNull();
  });
});
