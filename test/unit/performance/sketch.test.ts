import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededUniform, type Uniform } from '../../../src/evidence/random.js';
import { addSums, type Sums } from '../../../src/performance/figures.js';
import { binOf, isBin, percentile, percentiles } from '../../../src/performance/statistics/sketch.js';

const RANK_ERROR = 0.01;
/** A bin is as wide as this share of its values, and a little more by the curve of its logarithm. */
const BIN_WIDTH = 0.00502;

const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const gamma = (shape: number, uniform: Uniform): number => {
  let sum = 0;
  for (let part = 0; part < shape; part += 1) sum -= Math.log(1 - uniform());
  return sum;
};

/** Milliseconds, as times of many kinds of work spread. */
const worlds: Record<string, (scale: number, spread: number, uniform: Uniform) => number> = {
  lognormal: (scale, spread, uniform) => scale * Math.exp(spread * normal(uniform)),
  gamma: (scale, spread, uniform) => (scale * gamma(Math.ceil(5 * spread), uniform)) / Math.ceil(5 * spread),
  uniform: (scale, spread, uniform) => scale * (1 + 4 * spread * uniform()),
  bimodal: (scale, spread, uniform) =>
    scale * (uniform() < 0.7 ? 1 : 40) * Math.exp(0.5 * spread * normal(uniform)),
  'heavy-tailed': (scale, spread, uniform) => scale * (1 - uniform()) ** (-1 / (0.5 + spread)),
  tied: (scale, spread, uniform) => scale * Math.ceil(4 * spread * uniform()),
  'mostly the same': (scale, spread, uniform) =>
    uniform() < 0.8 ? scale : scale * Math.exp(spread * normal(uniform)),
};

const bounded = (value: number): number => Math.max(1, Math.min(1e10, Math.round(value)));

function sketchOf(values: readonly number[]): Record<string, number> {
  const sums: Record<string, number> = { executions: values.length };
  for (const value of values) sums[binOf('t', value)] = (sums[binOf('t', value)] ?? 0) + 1;
  return sums;
}

/**
 * How far the rank of a value is from a share: 0 where the share lies within [P(X < v), P(X <= v)]. Where values
 * are tied at one that is as near as the bins are wide, that one is meant.
 */
function rankError(sorted: readonly number[], value: number, q: number): number {
  const tied = new Map<number, number>();
  const reach = value * BIN_WIDTH;
  for (const one of sorted) if (Math.abs(one - value) <= reach) tied.set(one, (tied.get(one) ?? 0) + 1);
  const candidates = [value, ...[...tied].flatMap(([one, count]) => (count > 1 ? [one] : []))];
  return Math.min(
    ...candidates.map((candidate) => {
      const below = sorted.filter((one) => one < candidate).length / sorted.length;
      const upTo = sorted.filter((one) => one <= candidate).length / sorted.length;
      return q < below ? below - q : q > upTo ? q - upTo : 0;
    }),
  );
}

const world = fc.record({
  kind: fc.constantFrom(...Object.keys(worlds)),
  seed: fc.integer(),
  n: fc.integer({ min: 300, max: 3_000 }),
  /** From a tenth of a second to a day. */
  scale: fc.double({ min: Math.log(100), max: Math.log(86_400_000), noNaN: true }).map(Math.exp),
  spread: fc.double({ min: 0.4, max: 2, noNaN: true }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function valuesOf({ kind, seed, n, scale, spread }: World): number[] {
  const uniform = seededUniform(`${kind}/${seed}`);
  const draw = worlds[kind] ?? (() => 1);
  return Array.from({ length: n }, () => bounded(draw(scale, spread, uniform)));
}

describe('percentiles of a sketch', () => {
  it('are within 1% of the rank that is asked for', () => {
    fc.assert(
      fc.property(world, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (given, other) => {
        const values = valuesOf(given);
        const sorted = [...values].sort((a, b) => a - b);
        const qs = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, other];
        for (const [index, value] of percentiles(sketchOf(values), 't', qs).entries())
          expect(rankError(sorted, value ?? Number.NaN, qs[index] ?? 0)).toBeLessThanOrEqual(RANK_ERROR);
      }),
      { numRuns: 300 },
    );
  });

  it('are within half a percent of what has that rank, however few there are', () => {
    const few = fc.array(fc.integer({ min: 1, max: 1e10 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(few, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const truth = sorted[Math.max(0, Math.ceil(q * values.length) - 1)] ?? Number.NaN;
        const found = percentile(sketchOf(values), 't', q) ?? Number.NaN;
        expect(Math.abs(found - truth)).toBeLessThanOrEqual(truth * BIN_WIDTH);
      }),
    );
  });

  it('are the same however the parts are put together', () => {
    const parted = fc.tuple(world, fc.integer({ min: 1, max: 20 }), fc.integer());
    fc.assert(
      fc.property(parted, ([given, parts, seed]) => {
        const values = valuesOf(given);
        const uniform = seededUniform(`parts/${seed}`);
        const split: number[][] = Array.from({ length: parts }, () => []);
        for (const value of values) split[Math.floor(uniform() * parts)]?.push(value);
        const shuffled = split.map(sketchOf).sort(() => uniform() - 0.5);
        const halves = [shuffled.slice(0, parts / 2), shuffled.slice(parts / 2)];
        const merged = addSums(halves.map(addSums));
        expect(merged).toEqual(sketchOf(values));
        const qs = [0.1, 0.5, 0.9, 0.99];
        expect(percentiles(merged, 't', qs)).toEqual(percentiles(sketchOf(values), 't', qs));
      }),
    );
  });

  it('are as if it had never come once something is taken back', () => {
    fc.assert(
      fc.property(world, world, (kept, gone) => {
        const stays = sketchOf(valuesOf(kept));
        const goes = sketchOf(valuesOf(gone));
        const negated: Sums = Object.fromEntries(Object.entries(goes).map(([name, n]) => [name, -n]));
        const left = addSums([goes, stays, negated]);
        for (const q of [0.01, 0.5, 0.99]) expect(percentile(left, 't', q)).toBe(percentile(stays, 't', q));
      }),
    );
  });

  it('are exact for whole numbers up to a hundred, and null without any', () => {
    const hundred = sketchOf(Array.from({ length: 100 }, (_, index) => index + 1));
    for (const q of [0.01, 0.37, 0.5, 0.99]) expect(percentile(hundred, 't', q)).toBe(Math.round(q * 100));
    expect(percentile({ executions: 3, timed: 3, tokened: 2 }, 't', 0.5)).toBeNull();
    expect(percentile(hundred, 'c', 0.5)).toBeNull();
  });

  it('know bins from other sums', () => {
    expect(['t0', 't2763', 'c17', 'q5', 'y1'].every(isBin)).toBe(true);
    expect(['timed', 'r17', 'm3', 'costed', 'tokened', 't', 't1x'].some(isBin)).toBe(false);
  });
});
