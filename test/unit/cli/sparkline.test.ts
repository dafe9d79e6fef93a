import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotsOf, sparkline } from '../../../src/cli/sparkline.js';

describe('a sparkline', () => {
  it('reaches from the lowest mark to the highest, with gaps where nothing is known', () => {
    expect(sparkline([0, 0.5, null, 1], { low: 0, high: 1 })).toBe('▁▄ ▇');
    expect(sparkline([10, 12, 14, 16, 18, 20, 22], { low: 10, high: 22 })).toBe('▁▂▃▄▅▆▇');
  });

  it('is flat where all is the same, and keeps what lies outside at the edge', () => {
    expect(sparkline([3, null, 3], { low: 3, high: 3 })).toBe('▄ ▄');
    expect(sparkline([-1, 2], { low: 0, high: 1 })).toBe('▁▇');
  });

  it('has one mark a value, and a higher one only for a higher value', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: -5, max: 5, noNaN: true }))), (values) => {
        const line = Array.from(sparkline(values, { low: -5, high: 5 }));
        expect(line).toHaveLength(values.length);
        for (const [at, value] of values.entries())
          for (const [other, than] of values.entries()) {
            expect(line[at] === ' ').toBe(value === null);
            if (value !== null && than !== null && value < than)
              expect((line[at] ?? '') <= (line[other] ?? '')).toBe(true);
          }
      }),
    );
  });
});

describe('days in slots', () => {
  const window = { from: '2026-02-26', to: '2026-03-03' };
  const days = ['2026-02-26', '2026-02-28', '2026-03-01', '2026-03-03'].map((day) => ({ day }));
  const laid = (most: number) => {
    const { slots, daysASlot } = slotsOf(days, window, most);
    return { daysASlot, slots: slots.map((slot) => slot.map(({ day }) => day.slice(5))) };
  };

  it('are one a day where there is room, those without anything among them', () => {
    expect(laid(6)).toEqual({ daysASlot: 1, slots: [['02-26'], [], ['02-28'], ['03-01'], [], ['03-03']] });
  });

  it('are several together where there is none, the newest ones full', () => {
    expect(laid(5)).toEqual({ daysASlot: 2, slots: [['02-26'], ['02-28', '03-01'], ['03-03']] });
    expect(laid(2)).toEqual({
      daysASlot: 3,
      slots: [
        ['02-26', '02-28'],
        ['03-01', '03-03'],
      ],
    });
    expect(slotsOf(days, { ...window, from: '2026-02-25' }, 2)).toMatchObject({
      daysASlot: 4,
      slots: [[{ day: '2026-02-26' }], [{ day: '2026-02-28' }, {}, {}]],
    });
    expect(laid(0).slots).toHaveLength(1);
  });
});
