import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TASK_ROWS, rankOf, SAMPLE_ROWS, sampleOf } from '../../../src/learning/observations.js';

const DAY_MS = 86_400_000;
const row = (task: string, at: number, id: number) => ({
  _id: `row-${id}`,
  task,
  rank: rankOf(task, at),
  at,
});
const idsOf = (rows: readonly { _id: string }[]) => rows.map(({ _id }) => _id);

/** Rows of many tasks, one of which is tried far more often than fits. */
function drawn(seed: number, count: number) {
  let state = seed;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  return Array.from({ length: count }, (_, id) =>
    row(next(8) === 0 ? 'often' : `task-${next(1_500)}`, next(400) * DAY_MS, id),
  );
}

describe('the sample of a group', () => {
  it('is the same in whatever order and parts its rows come, and however often it is taken', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 6 }), (seed, parts) => {
        const rows = drawn(seed, SAMPLE_ROWS + 2_000);
        const whole = idsOf(sampleOf(rows));
        const shuffled = rows.toSorted((a, b) => (a._id + seed < b._id + seed ? 1 : -1));
        let kept: typeof rows = [];
        const size = Math.ceil(shuffled.length / parts);
        for (let start = 0; start < shuffled.length; start += size)
          kept = sampleOf([...kept, ...shuffled.slice(start, start + size)]);
        expect(idsOf(kept)).toEqual(whole);
        expect(whole).toHaveLength(SAMPLE_ROWS);
        expect(kept.filter(({ task }) => task === 'often').length).toBeLessThanOrEqual(MAX_TASK_ROWS);
      }),
      { numRuns: 12 },
    );
  });

  it('keeps of one task the newest rows', () => {
    const rows = Array.from({ length: MAX_TASK_ROWS + 50 }, (_, id) => row('often', id * DAY_MS, id));
    const kept = sampleOf(rows);
    expect(kept).toHaveLength(MAX_TASK_ROWS);
    expect(Math.min(...kept.map(({ at }) => at))).toBe(50 * DAY_MS);
  });

  it('holds each task whole or not at all, while none is too large', () => {
    const rows = Array.from({ length: 2 * SAMPLE_ROWS }, (_, id) => row(`task-${id % 1_600}`, 0, id));
    const perTask = new Map<string, number>();
    for (const { task } of sampleOf(rows)) perTask.set(task, (perTask.get(task) ?? 0) + 1);
    expect([...perTask.values()].every((count) => count === 5)).toBe(true);
    expect(perTask.size).toBe(SAMPLE_ROWS / 5);
  });

  it('prefers what is new: a row of ninety days ago is half as likely to be kept', () => {
    const kept = { old: 0, fresh: 0 };
    const rows = Array.from({ length: 10 * SAMPLE_ROWS }, (_, id) =>
      row(`task-${id}`, id % 2 === 0 ? 0 : 90 * DAY_MS, id),
    );
    for (const { at } of sampleOf(rows)) kept[at === 0 ? 'old' : 'fresh'] += 1;
    expect(kept.fresh / kept.old).toBeGreaterThan(1.75);
    expect(kept.fresh / kept.old).toBeLessThan(2.2);
  });
});
