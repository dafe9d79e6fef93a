import { describe, expect, it } from 'vitest';
import { trendsOf } from '../../../src/performance/analysis/trends.js';
import { dayAt, makeWorld, rowsOf, type WorldOptions } from './made-days.js';

const window = { from: dayAt(0), to: dayAt(89) };
const trends = (seed: string, options: WorldOptions) =>
  trendsOf(rowsOf(makeWorld(seed, options)), window, 'code');

describe('in steady worlds', () => {
  const steady: [string, WorldOptions][] = [
    ['plain', { pace: 3 }],
    ['outliers', { pace: 3, outliers: 0.05 }],
    ['another mix of tasks', { pace: 3, mix: (day) => (day < 45 ? [8, 1, 1, 1] : [1, 8, 1, 4]) }],
    ['sparse days', { pace: 0.5 }],
    ['more and more work', { pace: (day) => 1 + day / 20 }],
    ['days that differ by themselves', { pace: 6, dayNoise: 0.2 }],
  ];

  it('no more than 5 of 100 looks at an agent over 90 days show a change', () => {
    const WORLDS = 10;
    const alarms = steady.flatMap(([name, options]) =>
      Array.from({ length: WORLDS }, (_, world) => trends(`${name}${world}`, options).changes.length > 0),
    );
    expect(alarms.filter(Boolean).length / alarms.length).toBeLessThanOrEqual(0.05);
  });
});
