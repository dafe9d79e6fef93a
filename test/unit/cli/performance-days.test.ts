import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { daysText } from '../../../src/cli/performance-days.js';
import { widest } from '../../../src/cli/wrap.js';
import type { TrendPoint } from '../../../src/performance/analysis/trends.js';
import { figuresOf } from '../../../src/performance/figures.js';
import { binOf } from '../../../src/performance/statistics/sketch.js';

const DAY = 86_400_000;
const day = (place: number): string =>
  new Date(Date.parse('2026-01-01') + place * DAY).toISOString().slice(0, 10);

/** A day on which so many succeeded, each in so many seconds. */
function point(place: number, successes: number, failures: number, seconds: number): TrendPoint {
  const executions = successes + failures;
  const ms = 1_000 * seconds;
  return {
    day: day(place),
    ...figuresOf({
      ...{ executions, successes, failures, iterations: executions, errors: failures },
      ...{ durationMs: ms * executions, [binOf('t', ms)]: executions },
    }),
  };
}

const days = [point(0, 2, 0, 2), point(1, 0, 4, 8), point(3, 4, 0, 4)];
const linesAt = (width: number, points = days, to = day(4)) =>
  stripVTControlCharacters(daysText({ days: points, window: { from: '2025-12-01', to } }, width)).split('\n');

describe('days as sparklines', () => {
  it('begin with the first that there is, have gaps, and say what all come to', () => {
    const [head, success, time, ...rest] = linesAt(100);
    expect(head).toMatch(/^ +a mark a day +least +most +overall +95% interval$/);
    expect(success).toMatch(/^success +▇▁ ▇ +0% +100% +60% +31-83%$/);
    expect(time).toMatch(/^median time +▁▇ ▃ +2\.0 s +8\.0 s +\S+ s$/);
    expect(rest.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ['iterations', '▄▄ ▄'],
      ['errors', '▁▇ ▁'],
      ['executions', '▁▇ ▇'],
    ]);
  });

  it('leave out what nobody tells, and time where none was taken', () => {
    const lines = linesAt(100, [point(0, 1, 0, 0)]);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['', 'success', 'iterations', 'executions']);
  });

  it.each([60, 80, 140])('stay within %d characters', (width) => {
    const many = Array.from({ length: 90 }, (_, place) => point(place, place % 5, 1, 1 + (place % 7)));
    const lines = linesAt(width, many, day(89));
    expect(widest(lines)).toBeLessThanOrEqual(width);
    expect(lines[1]).toMatch(/[▁▂▃▄▅▆▇]{12}/);
  });
});
