/** Values of days as marks in one line. Pure. */
import type { Interval } from '../evidence/intervals.js';

/** Without the full block, which touches the line above it. */
const MARKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'] as const;
const MIDDLE = MARKS[3];
const DAY_MS = 86_400_000;

/** One mark a value, a gap where there is none; between bounds that are the same, all are in the middle. */
export function sparkline(values: readonly (number | null)[], { low, high }: Interval): string {
  const mark = (value: number): string => {
    if (high <= low) return MIDDLE;
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return MARKS[Math.round(share * (MARKS.length - 1))] ?? MIDDLE;
  };
  return values.map((value) => (value === null ? ' ' : mark(value))).join('');
}

/** What is known of the days of a window, so many days together that a line has room for all. */
export interface Slots<T> {
  /** The last one ends with the window; the first one may have fewer days. */
  slots: T[][];
  daysASlot: number;
}

/**
 * Lays days out in order, those without anything among them.
 *
 * @param from first day, `YYYY-MM-DD`; `to`: last day
 * @param most slots
 */
export function slotsOf<T extends { day: string }>(
  points: readonly T[],
  { from, to }: { from: string; to: string },
  most: number,
): Slots<T> {
  const place = (day: string): number => Math.round((Date.parse(to) - Date.parse(day)) / DAY_MS);
  const days = place(from) + 1;
  const daysASlot = Math.ceil(days / Math.max(1, most));
  const slots: T[][] = Array.from({ length: Math.ceil(days / daysASlot) }, () => []);
  for (const point of points) slots.at(-1 - Math.floor(place(point.day) / daysASlot))?.push(point);
  return { slots, daysASlot };
}
