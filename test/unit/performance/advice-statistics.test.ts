import { binomialDistribution, mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { normalTail } from '../../../src/evidence/normal.js';
import { seededUniform } from '../../../src/evidence/random.js';
import type { Cell } from '../../../src/performance/advice/cells.js';
import { contrast, contrastOver, deviateOf } from '../../../src/performance/advice/contrast.js';
import { evidenceOf, meanEvidence } from '../../../src/performance/advice/evidence-value.js';
import { hotBuckets } from '../../../src/performance/advice/hot-buckets.js';
import { promiseOf } from '../../../src/performance/advice/promise.js';
import { shareOf } from '../../../src/performance/advice/share.js';

const normals = (seed: string): (() => number) => {
  const uniform = seededUniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
};
const cellOf = (values: readonly number[], day = 0, stratum = 0): Cell => ({
  stratum,
  day,
  n: values.length,
  total: values.reduce((sum, value) => sum + value, 0),
  squares: values.reduce((sum, value) => sum + value ** 2, 0),
});

describe('contrast', () => {
  it('is the difference of means with the error of Welch where there are many', () => {
    const normal = normals('welch');
    const [a, b] = [2, 1].map((level) => Array.from({ length: 200 }, () => level + level * normal()));
    const found = contrast([cellOf(a ?? [])], [cellOf(b ?? [])], { scale: 'logs' });
    const variance = (values: number[]): number =>
      values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
    const welch = Math.sqrt(variance(a ?? []) / 200 + variance(b ?? []) / 200);
    expect(found?.estimate).toBeCloseTo(mean(a ?? []) - mean(b ?? []), 10);
    expect((found?.error ?? 0) / welch).toBeCloseTo(1, 1);
    expect(found?.freedom).toBeGreaterThan(250);
  });

  it('compares within strata only, and asks for 5 executions of each side there', () => {
    const easy = (n: number) => cellOf(Array<number>(n).fill(1), 0, 0);
    const hard = (n: number) => cellOf(Array<number>(n).fill(5), 0, 1);
    const found = contrast([easy(10), hard(90)], [easy(90), hard(10)], { scale: 'logs' });
    expect(found?.estimate).toBeCloseTo(0, 10);
    expect(contrast([easy(90)], [hard(90)], { scale: 'logs' })).toBeNull();
    expect(contrast([easy(90), hard(4)], [hard(90)], { scale: 'logs' })).toBeNull();
  });

  it('says what a difference comes to on the tasks of one side, unless it can hardly be told', () => {
    const normal = normals('whose');
    const cells = (n: number, level: number, stratum: number) =>
      cellOf(
        Array.from({ length: n }, () => level + 0.01 * normal()),
        0,
        stratum,
      );
    const logs = { scale: 'logs' } as const;
    const [first, second] = [
      [cells(60, 3, 0), cells(30, 1, 1)],
      [cells(30, 1, 0), cells(60, 1, 1)],
    ];
    const found = contrast(first, second, logs);
    const over = (whose: 'first' | 'second'): number | undefined =>
      found === null ? undefined : contrastOver(whose, found, first, second, logs).estimate;
    expect(found?.estimate).toBeCloseTo(1, 1);
    expect(over('first')).toBeCloseTo(4 / 3, 1);
    expect(over('second')).toBeCloseTo(2 / 3, 1);
    const few = [cells(1, 1, 0), cells(60, 1, 1)];
    const rough = contrast(first, few, logs);
    expect(rough !== null && contrastOver('first', rough, first, few, logs)).toBe(rough);
  });

  it('is less sure where days differ more than executions do', () => {
    const normal = normals('days');
    const of = (isSame: boolean) =>
      Array.from({ length: 30 }, (_, day) => {
        const shift = normal();
        return cellOf(
          Array.from({ length: 20 }, () => (isSame ? 0 : shift) + 0.2 * normal()),
          day,
        );
      });
    const error = (cells: Cell[]): number =>
      contrast(cells.slice(0, 15), cells.slice(15), { scale: 'logs' })?.error ?? 0;
    expect(error(of(false))).toBeGreaterThan(5 * error(of(true)));
  });

  it.each([
    [0, 7, 56, 106],
    [14, 20, 190, 200],
    [3, 5, 50, 50],
    [5, 10, 95, 100],
  ])('takes %i of %i against %i of %i as no rarer than a binomial count does', (s1, n1, s2, n2) => {
    const cells = (successes: number, n: number): Cell => ({
      ...{ stratum: 0, day: 0, n, total: successes, squares: successes },
    });
    const found = contrast([cells(s2, n2)], [cells(s1, n1)], { scale: 'points' });
    const distribution = binomialDistribution(n1, Math.min(0.995, s2 / n2)) ?? [];
    const exact = distribution.slice(0, s1 + 1).reduce((sum, each) => sum + each, 0);
    const z = found === null ? 0 : deviateOf(found, 0);
    expect(z).toBeGreaterThan(1.5);
    expect(normalTail(z)).toBeGreaterThan(exact / 3);
  });

  it('knows a ratio of counts, and is modest about none at all', () => {
    const many = Array.from({ length: 100 }, (_, at) => at % 3);
    const found = contrast([cellOf(many)], [cellOf(many.map((value) => 2 * value))], { scale: 'counts' });
    expect(found?.estimate).toBeCloseTo(-Math.log(2), 1);
    const none = contrast([cellOf([0, 1, 0, 0, 1])], [cellOf([0, 0, 0, 0, 0])], { scale: 'counts' });
    expect(none !== null && deviateOf(none, 0)).toBeLessThan(1.2);
  });

  it('turns t into the deviate that is as surprising', () => {
    // t of 2.228 on 10 degrees of freedom leaves 2.5% beyond it.
    expect(deviateOf({ estimate: 2.228, error: 1, freedom: 10 }, 0)).toBeCloseTo(1.96, 2);
    expect(deviateOf({ estimate: -2.228, error: 1, freedom: 10 }, 0)).toBeCloseTo(-1.96, 2);
    expect(deviateOf({ estimate: 3, error: 1, freedom: Number.POSITIVE_INFINITY }, 1)).toBe(2);
  });
});

describe('evidence', () => {
  it.each([0.1, 0.3, 2])('is 1 on average where there is nothing, at error %d', (error) => {
    let average = 0;
    for (let z = -12; z <= 24; z += 0.001)
      average += (0.001 * evidenceOf(z, error, 0.3) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
    expect(average).toBeCloseTo(1, 2);
  });

  it('reaches 1 / alpha at any of very many looks no more often than alpha', () => {
    const normal = normals('looks');
    let reached = 0;
    for (let world = 0; world < 2_000; world += 1) {
      let sum = 0;
      for (let n = 1; n <= 400; n += 1) {
        sum += normal();
        if (n >= 5 && evidenceOf(sum / Math.sqrt(n), 1 / Math.sqrt(n), 0.3) >= 20) {
          reached += 1;
          break;
        }
      }
    }
    expect(reached / 2_000).toBeLessThanOrEqual(0.05);
    expect(reached).toBeGreaterThan(0);
  });

  it('is averaged over what might have been found', () => {
    expect(meanEvidence([])).toBe(0);
    expect(meanEvidence([0, 0, 30])).toBeCloseTo(10, 10);
  });
});

describe('promiseOf', () => {
  const effect = { scale: 'points', error: 0.05, least: 0.02, typical: 0.15 } as const;

  it('holds the truth of what was first told when it looked large, in 85 to 95 of 100 cases', () => {
    const normal = normals('promises');
    const uniform = seededUniform('promises');
    let [told, held, naive] = [0, 0, 0];
    for (let world = 0; world < 4_000; world += 1) {
      const truth = uniform() < 0.5 ? 0 : Math.abs(0.2 * normal());
      let sum = 0;
      for (let n = 10; n <= 400; n += 10) {
        sum += 10 * truth + Math.sqrt(10) * 0.7 * normal();
        const [estimate, error] = [sum / n, 0.7 / Math.sqrt(n)];
        if (evidenceOf((estimate - 0.02) / error, error, 0.15) < 300) continue;
        const { low, high } = promiseOf({ ...effect, estimate, error }, 'successRate');
        told += 1;
        held += Number(low <= truth && truth <= high);
        naive += Number(Math.abs(estimate - truth) <= 1.645 * error);
        break;
      }
    }
    expect(told).toBeGreaterThan(500);
    expect(held / told).toBeGreaterThan(0.85);
    expect(held / told).toBeLessThan(0.95);
    expect(held).toBeGreaterThan(naive);
  });

  it('leaves large and exact estimates as they are, and promises no harm and no more than all', () => {
    const sure = promiseOf({ ...effect, estimate: 0.4, error: 0.001 }, 'successRate');
    expect(sure.value).toBeCloseTo(0.4, 4);
    expect(sure.high - sure.low).toBeCloseTo(2 * 1.645 * 0.001, 4);
    expect(promiseOf({ ...effect, estimate: 0.02, error: 0.2 }, 'successRate').low).toBe(0);
    expect(promiseOf({ ...effect, estimate: 0.99, error: 0.2 }, 'successRate').high).toBeLessThanOrEqual(1);
    const halved = promiseOf({ ...effect, scale: 'ratio', estimate: Math.log(2), error: 0.001 }, 'seconds');
    expect(halved.value).toBeCloseTo(0.5, 3);
  });
});

describe('shareOf', () => {
  it('is the share of sums, surer the less days differ', () => {
    const days = (spread: number) =>
      Array.from({ length: 20 }, (_, day) => ({ part: 20 + (day % 2 === 0 ? spread : -spread), whole: 100 }));
    expect(shareOf(days(0), 100, 1)).toEqual({ estimate: 0.2, error: 0, freedom: 19 });
    expect(shareOf(days(10), 100, 1)?.error).toBeCloseTo(0.1 / Math.sqrt(19), 10);
    expect(shareOf(days(0).slice(0, 2), 25, 1)?.error).toBeCloseTo(Math.sqrt((0.2 * 0.8) / 25), 10);
    expect(shareOf([], 0, 1)).toBeNull();
  });
});

describe('hotBuckets', () => {
  const entry = (counts: Record<string, number>) => ({ stratum: 0, day: 0, sums: counts });
  it('are those far above the others, and none where all are alike', () => {
    const uniform = seededUniform('buckets');
    const sums: Record<string, number> = { repeats: 3, executions: 2_000 };
    for (let action = 0; action < 2_000; action += 1) {
      const name = `r${Math.floor(uniform() * 256)}`;
      sums[name] = (sums[name] ?? 0) + 1;
    }
    expect(hotBuckets([entry(sums)])).toEqual([]);
    const [hot, ...more] = hotBuckets([entry(sums), entry({ r9: 80 })]);
    expect(more).toEqual([]);
    expect(hot?.bucket).toBe(9);
    expect(hot?.spared).toBeCloseTo(80 / (80 + (sums['r9'] ?? 0)), 1);
  });
});
