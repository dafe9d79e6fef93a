import { describe, expect, it } from 'vitest';
import { trendsOf } from '../../../src/performance/analysis/trends.js';
import { dayAt, makeWorld, rowsOf } from './made-days.js';

const window = { from: dayAt(0), to: dayAt(89) };

describe('trendsOf', () => {
  it('gives the figures of each day, oldest first, whatever order rows come in', () => {
    const made = makeWorld('days', { days: 20, pace: 3 });
    const rows = rowsOf(made);
    const { days } = trendsOf(rows.toReversed(), window, 'code');
    const active = [...new Set(made.map(({ day }) => dayAt(day)))].sort();
    expect(days.map(({ day }) => day)).toEqual(active);
    expect(days.reduce((sum, { executions }) => sum + executions, 0)).toBe(made.length);
  });

  it('says the same of the same rows, in whatever order', () => {
    const rows = rowsOf(makeWorld('same', { days: 60, shift: (day) => (day >= 40 ? { seconds: 2 } : {}) }));
    const once = trendsOf(rows, window, 'code');
    expect(once.changes.length).toBeGreaterThan(0);
    const again = trendsOf(rows.toReversed(), window, 'code');
    expect(again.changes.map(({ day, metric }) => [day, metric])).toEqual(
      once.changes.map(({ day, metric }) => [day, metric]),
    );
  });

  it('tells a change in a sentence', () => {
    const slower = makeWorld('sentence', {
      shift: (day) => (day >= 60 ? { seconds: 2, success: -0.4 } : {}),
    });
    const { verdict, changes } = trendsOf(rowsOf(slower), window, 'code on api');
    expect(changes.map(({ metric }) => metric).sort()).toEqual(['seconds', 'success']);
    expect(verdict).toMatch(
      /code on api became slower by \d+-\d+% from 2026-0[23]-\d\d on( \(2026-\d\d-\d\d to 2026-\d\d-\d\d\))?/,
    );
    expect(verdict).toMatch(/code on api succeeded less often by \d+-\d+ points from 2026-0[23]-\d\d on/);
  });

  it('does not take another share of agents for a change, where no agent is named', () => {
    const quick = makeWorld('quick', { agentType: 'quick', pace: (day) => (day < 45 ? 6 : 1) });
    const slow = makeWorld('slow', {
      ...{ agentType: 'slow', pace: (day: number) => (day < 45 ? 1 : 6) },
      shift: () => ({ seconds: 4 }),
    });
    const { days, changes } = trendsOf(rowsOf([...quick, ...slow]), window, 'all work');
    const mean = (part: typeof days) =>
      part.reduce((sum, { totalSeconds }) => sum + totalSeconds, 0) /
      part.reduce((sum, { executions }) => sum + executions, 0);
    expect(mean(days.slice(45))).toBeGreaterThan(1.7 * mean(days.slice(0, 45)));
    expect(changes).toEqual([]);
  });

  it('says so where there is too little, and nothing of what is not known', () => {
    expect(trendsOf([], window, 'code')).toMatchObject({
      ...{ days: [], changes: [], followed: [] },
      verdict: 'too few days with executions of code to tell whether anything changed',
    });
    const bare = makeWorld('bare', {}).map(({ cost: _cost, success: _success, ...made }) => made);
    expect(trendsOf(rowsOf(bare), window, 'code')).toMatchObject({
      ...{ followed: ['seconds', 'iterations', 'errors'], changes: [] },
      verdict: 'no change of code shown',
    });
  });
});
