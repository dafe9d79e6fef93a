import { describe, expect, it } from 'vitest';
import { evidenceOfArms } from '../../../src/strategy/evidence-of-arms.js';
import { slotOf } from '../../../src/strategy/evidence-rows.js';

const arm = (day: string, sums: Record<string, number>) => ({
  dimensions: { plan: 'single(a)', category: 'c', day },
  sums,
});

describe("a plan's statistics by day as evidence", () => {
  const old = arm('2026-01-30', { executions: 2, successes: 2, durationMs: 10 });
  const late = arm('2026-01-31', {
    executions: 5,
    successes: 3,
    failures: 1,
    unknown: 1,
    claimedSuccesses: 2,
    durationMs: 50,
    costMicroUsd: 700,
  });

  it('are of the last minute of the day, with what is known of outcomes, costs and times', () => {
    const [row] = evidenceOfArms([late], 10);
    expect(row).toMatchObject({
      projection: 'evidence',
      dimensions: { plan: 'single(a)', category: 'c', slot: slotOf(Date.UTC(2026, 0, 31, 23, 59)) },
    });
    expect(row?.sums).toEqual({
      executions: 4,
      reward: 3e6,
      rewardSquares: 3e6,
      claimedSuccesses: 2e6,
      costed: 5,
      costMicroUsd: 700,
      timed: 5,
      durationMs: 50,
    });
  });

  it('are the newest, where there is no room for all; a cost of nothing is one that is not known', () => {
    expect(evidenceOfArms([old, late], 1)).toEqual(evidenceOfArms([late], 1));
    const rows = evidenceOfArms([old, late], 2);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(2);
    expect(rows[1]?.sums).not.toHaveProperty('costed');
  });
});
