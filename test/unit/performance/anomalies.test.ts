import { describe, expect, it } from 'vitest';
import { anomaliesOf } from '../../../src/performance/analysis/anomalies.js';
import { dayAt, makeWorld, rowsOf, type Shift, type WorldOptions } from './made-days.js';

const window = { from: dayAt(90), to: dayAt(96) };
const BAD = 93;
const look = (seed: string, options: WorldOptions) =>
  anomaliesOf(rowsOf(makeWorld(seed, { days: 97, pace: 12, ...options })), window);
const onBadDay = (shift: Shift) => ({ shift: (day: number) => (day === BAD ? shift : {}) });

describe('anomaliesOf', () => {
  it.each([
    ['seconds', { seconds: 3.5 }, 12],
    ['success', { success: -0.9 }, 20],
    ['errors', { errors: 8 }, 12],
    ['cost', { cost: 3 }, 12],
  ] as const)('tells a bad day in %s', (metric, shift, pace) => {
    const { anomalies } = look(`bad ${metric}`, { pace, ...onBadDay(shift) });
    const found = anomalies.filter((anomaly) => anomaly.metric === metric && anomaly.day === dayAt(BAD));
    expect(found.map(({ category }) => category).sort()).toEqual(['api', 'tests']);
    for (const { worse, observed, expected, p } of found) {
      expect(worse).toBe(true);
      expect(p).toBeLessThanOrEqual(0.05);
      if (metric === 'success') expect(observed).toBeLessThan(expected.low);
      else expect(observed).toBeGreaterThan(expected.high);
      expect(expected.value).toBeGreaterThan(expected.low);
      expect(expected.value).toBeLessThan(expected.high);
    }
    expect(anomalies.filter(({ day }) => day !== dayAt(BAD))).toEqual([]);
  });

  it('says it in a sentence, the worse ones first', () => {
    const { anomalies } = look('told', { pace: 20, ...onBadDay({ seconds: 4, cost: 0.2 }) });
    expect(anomalies[0]?.sentence).toMatch(
      /^code on (api|tests), 2026-04-04: \d+ s in \d+ executions, where \d+ to \d+ s was to be expected$/,
    );
    expect(anomalies.map(({ worse }) => worse)).toEqual([true, true, false, false]);
    expect(anomalies.at(-1)).toMatchObject({ metric: 'cost', worse: false });
  });

  it('holds a day against what it was since the last change', () => {
    const slower = look('slower since', { shift: (day) => (day >= 50 ? { seconds: 3 } : {}) });
    expect(slower.anomalies).toEqual([]);
    const back = look('back', { shift: (day) => (day >= 50 && day !== BAD ? { seconds: 4 } : {}) });
    expect(back.anomalies.map(({ day, metric, worse }) => [day, metric, worse])).toEqual([
      [dayAt(BAD), 'seconds', false],
      [dayAt(BAD), 'seconds', false],
    ]);
  });

  it('takes neither other tasks nor single outliers for an alert', () => {
    expect(look('mix', { mix: (day) => (day < 90 ? [5, 1, 1, 1] : [1, 5, 1, 5]) }).anomalies).toEqual([]);
    const made = makeWorld('outlier', { days: 97, pace: 12 });
    const [last] = made.filter(({ day }) => day === 95);
    if (last !== undefined) last.seconds = 50_000;
    expect(anomaliesOf(rowsOf(made), window).anomalies).toEqual([]);
  });

  it('expects nothing without a past', () => {
    expect(anomaliesOf([], window)).toEqual({ window, lookedAt: 0, anomalies: [] });
    const fresh = makeWorld('fresh', { days: 97 }).filter(({ day }) => day >= 86);
    expect(anomaliesOf(rowsOf(fresh), window).lookedAt).toBe(0);
  });

  it('in 95 of 100 weeks in which nothing happened it says nothing', () => {
    const worlds: WorldOptions[] = [
      { pace: 6 },
      { pace: 6, outliers: 0.05 },
      { pace: 3 },
      { pace: 6, dayNoise: 0.2 },
      { pace: 6, shift: (day) => (day >= 50 ? { seconds: 1.6, errors: 2 } : {}) },
    ];
    const alarms = worlds.flatMap((options, kind) =>
      Array.from({ length: 4 }, (_, world) => look(`calm ${kind} ${world}`, options).anomalies.length > 0),
    );
    expect(alarms.filter(Boolean).length / alarms.length).toBeLessThanOrEqual(0.1);
  });
});
