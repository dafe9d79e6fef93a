import { describe, expect, it } from 'vitest';
import { medianEstimate } from '../../../bench/selection/measures/median.js';
import { ratio } from '../../../bench/selection/measures/ratio.js';
import { tasksUntil } from '../../../bench/selection/measures/tasks-until.js';
import { seededUniform } from '../../../src/evidence/random.js';

describe('tasks until choices follow', () => {
  const sequence = (text: string): boolean[] => Array.from(text, (each) => each === '1');

  it('is the first task at which 4 of the last 5 follow', () => {
    const window = { choices: 5, following: 4 };
    expect(tasksUntil(sequence('0010110111'), window)).toBe(9);
    expect(tasksUntil(sequence('0101010101'), window)).toBeNull();
  });

  it('is a whole window at the least, and 20 tasks by default', () => {
    expect(tasksUntil(sequence('1'.repeat(30)))).toBe(20);
    expect(tasksUntil(sequence('1'.repeat(19)))).toBeNull();
    expect(tasksUntil(sequence(`${'0'.repeat(100)}${'1'.repeat(30)}`))).toBe(116);
    expect(tasksUntil(sequence(`${'1'.repeat(15)}${'0'.repeat(5)}${'1'.repeat(20)}`))).toBe(36);
  });

  it('reads no further than needed', () => {
    let read = 0;
    function* endless(): Generator<boolean> {
      for (;;) {
        read += 1;
        yield true;
      }
    }
    expect(tasksUntil(endless())).toBe(20);
    expect(read).toBe(20);
  });
});

describe('the ratio of means', () => {
  it('weighs worlds by what there is to gain', () => {
    const { mean, interval } = ratio([1, 0], [1, 0.1]);
    expect(mean).toBeCloseTo(1 / 1.1, 12);
    expect(interval?.low).toBeLessThan(mean);
  });

  it('is sure where every world has the same ratio', () => {
    const { mean, interval } = ratio([0.2, 0.4, 0.8], [0.1, 0.2, 0.4]);
    expect(mean).toBeCloseTo(2, 12);
    expect(interval?.low).toBeCloseTo(2, 12);
    expect(interval?.high).toBeCloseTo(2, 12);
  });

  it('covers the truth about as often as it says', () => {
    const uniform = seededUniform('coverage');
    const covered = Array.from({ length: 1_000 }, () => {
      const gaps = Array.from({ length: 25 }, () => 0.1 + 0.4 * uniform());
      const { interval } = ratio(
        gaps.map((gap) => 0.6 * gap + 0.1 * (uniform() - 0.5)),
        gaps,
      );
      return interval !== null && interval.low <= 0.6 && interval.high >= 0.6;
    });
    const share = covered.filter(Boolean).length / covered.length;
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.98);
  });
});

describe('the median', () => {
  it('has an interval of the values about it', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(medianEstimate(values)).toEqual({ mean: 50.5, interval: { low: 40, high: 61 } });
  });

  it('has none of few values', () => {
    expect(medianEstimate([3, 1, 2])).toEqual({ mean: 2, interval: null });
  });
});
