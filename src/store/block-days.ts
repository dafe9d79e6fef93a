/** Days in blocks of 1, 4, 16 and 64, so that any window of days is a few blocks. Pure. */

/** Days of a block; each size is a multiple of the one before. */
export const blockSizes = [1, 4, 16, 64] as const;
export type BlockSize = (typeof blockSizes)[number];
const largest = 64;

const DAY_MS = 86_400_000;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** Days since 1970-01-01; null where a text is no day. */
export function dayNumber(day: string): number | null {
  const at = dayPattern.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? null : Math.round(at / DAY_MS);
}

const dayText = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** Names a block by its size and first day, e.g. `16:2026-01-31`: those of a size are in the order of their days. */
const blockName = (size: number, first: number): string => `${size}:${dayText(first)}`;

/** The blocks that hold a day, one of each size; null where it is no day. */
export function blocksOf(day: string): string[] | null {
  const number = dayNumber(day);
  return number === null ? null : blockSizes.map((size) => blockName(size, Math.floor(number / size) * size));
}

/** The only day of a block of one day. */
export const dayOfBlock = (block: string): string => block.slice(block.indexOf(':') + 1);

/** Blocks that make up a window: some by name, and all whose names lie within a range. */
export interface Cover {
  named: string[];
  range: { $gte: string; $lte: string } | null;
}

/** First and last day, both included; absent: without bound. */
export interface Window {
  from?: string | undefined;
  to?: string | undefined;
}

/** Stands after all blocks of a size: days begin with a digit. */
const LAST = ':';

/** The blocks of one day each in a window. */
export const daysWithin = ({ from, to }: Window): Cover => ({
  named: [],
  range: { $gte: `1:${from ?? ''}`, $lte: `1:${to ?? LAST}` },
});

/** The fewest blocks that hold all days of a window and no other. */
export function coverOf({ from, to }: Window): Cover {
  const first = from === undefined ? null : dayNumber(from);
  const last = to === undefined ? null : dayNumber(to);
  if (first === null && last === null)
    return { named: [], range: { $gte: `${largest}:`, $lte: `${largest}:${LAST}` } };
  if (first === null) {
    const whole = Math.floor(((last ?? 0) + 1) / largest) * largest;
    const range = { $gte: `${largest}:`, $lte: blockName(largest, whole - largest) };
    return { named: between(whole, last ?? 0), range };
  }
  if (last === null) {
    const whole = Math.ceil(first / largest) * largest;
    const range = { $gte: blockName(largest, whole), $lte: `${largest}:${LAST}` };
    return { named: between(first, whole - 1), range };
  }
  return { named: between(first, last), range: null };
}

function between(first: number, last: number): string[] {
  const named: string[] = [];
  let at = first;
  while (at <= last) {
    const start = at;
    const size = blockSizes.findLast((days) => start % days === 0 && start + days - 1 <= last) ?? 1;
    named.push(blockName(size, at));
    at += size;
  }
  return named;
}
