import { describe, expect, it } from 'vitest';
import { type ChangePoint, trendsOf } from '../../../src/performance/analysis/trends.js';
import { dayAt, makeWorld, rowsOf, type WorldOptions } from './made-days.js';

const window = { from: dayAt(0), to: dayAt(89) };
const trends = (seed: string, options: WorldOptions) =>
  trendsOf(rowsOf(makeWorld(seed, options)), window, 'code');
const DAY_MS = 86_400_000;
const AT = 60;

const away = ({ day }: ChangePoint): number => Math.abs(Date.parse(day) - Date.parse(dayAt(AT))) / DAY_MS;

describe('a shift of detectable size', () => {
  it.each([
    ['seconds', 1.5, { pace: 6, outliers: 0.04, shift: (day) => (day >= AT ? { seconds: 1.5 } : {}) }],
    ['success', -0.3, { pace: 7, shift: (day) => (day >= AT ? { success: -0.3 } : {}) }],
    ['errors', 2.5, { pace: 6, shift: (day) => (day >= AT ? { errors: 2.5 } : {}) }],
    [
      'cost',
      0.65,
      {
        ...{ pace: 6, shift: (day) => (day >= AT ? { cost: 0.65 } : {}) },
        mix: (day) => (day < 45 ? [4, 1, 1, 1] : [1, 4, 1, 2]),
      },
    ],
  ] satisfies [string, number, WorldOptions][])(
    'in %s is found, dated and measured',
    (metric, truth, options) => {
      const WORLDS = 10;
      const found = Array.from({ length: WORLDS }, (_, world) =>
        trends(`${metric}${world}`, options).changes.find((change) => change.metric === metric),
      ).filter((change) => change !== undefined);
      expect(found.length).toBeGreaterThanOrEqual(0.9 * WORLDS);
      expect(found.filter((change) => away(change) <= 4).length).toBeGreaterThanOrEqual(0.8 * found.length);
      const dated = found.filter(({ from, to }) => from <= dayAt(AT) && to >= dayAt(AT));
      expect(dated.length).toBeGreaterThanOrEqual(0.8 * found.length);
      const measured = found.filter(({ interval }) => interval.low <= truth && interval.high >= truth);
      expect(measured.length).toBeGreaterThanOrEqual(0.8 * found.length);
      for (const { p } of found) expect(p).toBeLessThanOrEqual(0.05);
    },
  );

  it('is found twice where there are two', () => {
    const steps = (day: number) => (day >= 60 ? { seconds: 2.6 } : day >= 30 ? { seconds: 1.6 } : {});
    const { changes } = trends('two steps', { shift: steps });
    const slower = changes.filter(({ metric }) => metric === 'seconds');
    expect(slower).toHaveLength(2);
    for (const [index, change] of slower.entries()) {
      expect(Math.abs(Date.parse(change.day) - Date.parse(dayAt(30 * (index + 1))))).toBeLessThanOrEqual(
        4 * DAY_MS,
      );
      expect(change.value).toBeGreaterThan(1.3);
    }
  });

  it('and undone again is both', () => {
    const bump = (day: number) => (day >= 40 && day < 60 ? { seconds: 2 } : {});
    const { changes } = trends('bump', { shift: bump });
    expect(changes.filter(({ metric }) => metric === 'seconds').map(({ value }) => value > 1)).toEqual([
      true,
      false,
    ]);
  });

  it('of a single day is no change', () => {
    expect(trends('spike', { shift: (day) => (day === 50 ? { seconds: 8 } : {}) }).changes).toEqual([]);
  });
});
