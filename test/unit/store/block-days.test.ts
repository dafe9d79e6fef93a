import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOf, coverOf, dayNumber, daysWithin } from '../../../src/store/block-days.js';
import { dayOf } from '../../../src/store/counters.js';

const DAY = 86_400_000;
const days = fc.integer({ min: 0, max: 40_000 });
const text = (number: number): string => dayOf(number * DAY);

/** How many of a cover's blocks hold a day. */
function held(cover: ReturnType<typeof coverOf>, day: string): number {
  const { named, range } = cover;
  return (blocksOf(day) ?? []).filter(
    (block) => named.includes(block) || (range !== null && block >= range.$gte && block <= range.$lte),
  ).length;
}

describe('blocks of days', () => {
  it('hold each day of a window once and no other, whichever ends are open', () => {
    const window = fc.tuple(days, days, fc.boolean(), fc.boolean(), days);
    fc.assert(
      fc.property(window, ([one, other, fromOpen, toOpen, probe]) => {
        const [first, last] = one < other ? [one, other] : [other, one];
        const asked = { ...(fromOpen ? {} : { from: text(first) }), ...(toOpen ? {} : { to: text(last) }) };
        const near = [first - 1, first, first + 1, last - 1, last, last + 1, probe].filter((day) => day >= 0);
        for (const day of near) {
          const inside = (fromOpen || day >= first) && (toOpen || day <= last);
          expect(held(coverOf(asked), text(day))).toBe(inside ? 1 : 0);
          expect(held(daysWithin(asked), text(day))).toBe(inside ? 1 : 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are few for any 90 days', () => {
    const counts = Array.from({ length: 64 }, (_, first) => {
      const { named, range } = coverOf({ from: text(first), to: text(first + 89) });
      expect(range).toBeNull();
      return named.length;
    });
    expect(Math.max(...counts)).toBeLessThanOrEqual(16);
  });

  it('are none of what is no day', () => {
    for (const none of ['', 'unknown', '2026-1-1', '2026-13-01', '+010000-01']) {
      expect(dayNumber(none)).toBeNull();
      expect(blocksOf(none)).toBeNull();
    }
    expect(blocksOf('2026-01-31')).toEqual([
      '1:2026-01-31',
      '4:2026-01-31',
      '16:2026-01-27',
      '64:2026-01-27',
    ]);
    expect(coverOf({ from: '2026-02-02', to: '2026-02-01' })).toEqual({ named: [], range: null });
  });
});
