import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRows } from '../../../src/performance/analysis/comparison.js';
import { dayAt, type Made, makeWorld, rowsOf } from './made-days.js';

const window = { from: dayAt(0), to: dayAt(29) };
const compare = (executions: readonly Made[]) => compareRows('a', 'b', rowsOf(executions), window);
const repeat = (count: number, made: (index: number) => Omit<Made, 'day'>): Made[] =>
  Array.from({ length: count }, (_, index) => ({ day: index % 30, ...made(index) }));

/** Two agents on all kinds of tasks; b as the shift says. */
const worlds = (seed: string, shift: Parameters<typeof makeWorld>[1], pace = 4) =>
  compare([
    ...makeWorld(`${seed}-a`, { days: 30, pace, agentType: 'a' }),
    ...makeWorld(`${seed}-b`, { days: 30, pace, agentType: 'b', ...shift }),
  ]);

describe('compareRows', () => {
  it('says by how much an agent is faster, and in what no difference is shown', () => {
    const { verdict, metrics, byCategory } = worlds('faster', { shift: () => ({ seconds: 1.6 }) }, 8);
    const seconds = metrics.find(({ metric }) => metric === 'seconds');
    expect(seconds).toMatchObject({ better: 'a' });
    expect(seconds?.stated?.high).toBeLessThan(1);
    expect(verdict).toMatch(
      /^a is faster than b by \d+-\d+%; no difference shown in success \(95% interval of the difference -?[\d.]+ to -?[\d.]+ points\), cost \(/,
    );
    expect(byCategory.map(({ category }) => category)).toEqual(['api', 'tests']);
    expect(byCategory[0]?.verdict).toMatch(/^a is faster than b on api by \d+-\d+%; no difference shown in/);
  });

  it('names the better one first, and where it is worse', () => {
    const { verdict } = worlds('mixed', { shift: () => ({ seconds: 0.5, cost: 0.5, success: -0.4 }) }, 10);
    expect(verdict).toMatch(
      /^b is faster than a by \d+-\d+% and is cheaper by \d+-\d+%, but succeeds less often by \d+-\d+ points; no difference/,
    );
  });

  it('compares like with like: an agent that got the hard tasks is not slower for it', () => {
    const compared = compare([
      ...makeWorld('easy', { days: 30, pace: 8, agentType: 'a', mix: () => [9, 1, 1, 1] }),
      ...makeWorld('hard', { days: 30, pace: 8, agentType: 'b', mix: () => [1, 9, 1, 9] }),
    ]);
    expect(compared.b.meanSeconds ?? 0).toBeGreaterThan(1.3 * (compared.a.meanSeconds ?? 0));
    expect(compared.metrics.filter(({ better }) => better !== null)).toEqual([]);
    expect(compared.verdict).toMatch(/^no difference shown in success between a and b \(/);
  });

  it('says where a category differs from the whole', () => {
    const both = (['api', 'tests'] as const).flatMap((category) =>
      repeat(60, (index) => ({
        ...{ category, agentType: index % 2 === 0 ? 'a' : 'b', success: true },
        seconds: (10 + (index % 7)) * ((index % 2 === 0) === (category === 'api') ? 1 : 2),
      })),
    );
    expect(compare(both).verdict).toMatch(
      /^no difference shown in success between a and b .*; a is faster than b on api by .*; b is faster than a on tests by /,
    );
  });

  it('says how much of the work is comparable, and plainly where nothing is', () => {
    const { comparable } = compare([
      ...repeat(6, () => ({ agentType: 'a', success: true })),
      ...repeat(4, () => ({ agentType: 'a', category: 'own', complexity: 'unknown' })),
      ...repeat(6, () => ({ agentType: 'b', success: true })),
      ...repeat(2, () => ({ agentType: 'b', complexity: 'unknown' })),
      ...repeat(3, () => ({ agentType: 'a', complexity: 'unknown' })),
    ]);
    expect(comparable).toEqual({
      a: { executions: 9, of: 13, ofUnknownComplexity: 1 / 3 },
      b: { executions: 8, of: 8, ofUnknownComplexity: 1 / 4 },
    });
    const apart = compare([
      ...repeat(9, () => ({ agentType: 'a', category: 'x', success: true })),
      ...repeat(9, () => ({ agentType: 'b', category: 'y', success: true })),
    ]);
    expect(apart).toMatchObject({ categories: [], metrics: [], success: null, a: { executions: 0 } });
    expect(apart.verdict).toBe('nothing is comparable: a and b have worked in no category in common');
    const unlike = compare([
      ...repeat(9, () => ({ agentType: 'a', complexity: 'SIMPLE', success: true })),
      ...repeat(9, () => ({ agentType: 'b', complexity: 'COMPLEX', success: true })),
    ]);
    expect(unlike.verdict).toMatch(/^nothing is comparable: .* on tasks of no complexity in common$/);
  });

  it('states nothing of fewer than 5 executions, however clear, and says when no outcome is known', () => {
    const few = compare([
      ...repeat(4, (index) => ({ agentType: 'a', success: true, seconds: 1 + index / 100 })),
      ...repeat(40, (index) => ({ agentType: 'b', success: false, seconds: 100 + index })),
    ]);
    expect(few.metrics).toMatchObject([{ metric: 'success', value: 1, better: null, stated: null }]);
    const unknown = compare([
      ...repeat(9, (index) => ({ agentType: 'a', seconds: 10 + index })),
      ...repeat(9, (index) => ({ agentType: 'b', seconds: 40 + index })),
    ]);
    expect(unknown.success).toBeNull();
    expect(unknown.verdict).toMatch(
      /^a is faster than b on api by .*; it is not known yet how the tasks of both a and b went$/,
    );
  });

  it('bears no errors on one side', () => {
    const { metrics, verdict } = compare([
      ...repeat(60, (index) => ({ agentType: 'a', errors: index % 2 })),
      ...repeat(60, () => ({ agentType: 'b' })),
    ]);
    expect(metrics.find(({ metric }) => metric === 'errors')).toMatchObject({
      ...{ value: Number.POSITIVE_INFINITY, better: 'b' },
      interval: { high: Number.POSITIVE_INFINITY },
    });
    expect(verdict).toMatch(/^b makes fewer errors than a on api by \d+-100%/);
  });

  it('mirrors: exchanged, the agents come out the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (seed, factor) => {
          const rows = rowsOf([
            ...makeWorld(`${seed}-a`, { days: 12, pace: 2, agentType: 'a' }),
            ...makeWorld(`${seed}-b`, {
              days: 12,
              pace: 2,
              agentType: 'b',
              shift: () => ({ seconds: factor }),
            }),
          ]);
          const forth = compareRows('a', 'b', rows, window);
          const back = compareRows('b', 'a', rows, window);
          expect(back.verdict.replaceAll(/\(.*?\)/g, '')).toBe(
            forth.verdict.replaceAll(/\(.*?\)/g, '').replace('between a and b', 'between b and a'),
          );
          for (const [index, { metric, value, p }] of forth.metrics.entries()) {
            const mirrored = back.metrics[index];
            expect(mirrored?.value).toBeCloseTo(metric === 'success' ? -value : 1 / value, 8);
            expect(mirrored?.p).toBeCloseTo(p, 6);
          }
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });

  it('shows no difference between equal agents in 95 of 100 comparisons', () => {
    let [shown, covered, metrics] = [0, 0, 0];
    for (let world = 0; world < 60; world += 1) {
      const compared = worlds(`alike-${world}`, {}, 2);
      if (compared.metrics.some(({ better }) => better !== null)) shown += 1;
      for (const { metric, interval } of compared.metrics) {
        const none = metric === 'success' ? 0 : 1;
        metrics += 1;
        if (interval.low <= none && interval.high >= none) covered += 1;
      }
    }
    expect(shown).toBeLessThanOrEqual(6);
    expect(covered / metrics).toBeGreaterThan(0.92);
  });
});
