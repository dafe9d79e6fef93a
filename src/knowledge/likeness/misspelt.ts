/** Words misspelt. Pure. */
import { confusable } from './confusable.js';

/** Letters from which two words that differ in one place are one word misspelt; with two letters changed, one less. */
const SHORTEST = 5;
/** The same where a letter stands for another: so differ words that mean different things, too. */
const SHORTEST_REPLACED = 7;

/**
 * Whether two words are one but for a letter left out, put in, doubled, changed places or (in long words) replaced.
 * Not so where both are words of their own, nor where they end differently: by their ends "reader" and "reads" differ.
 */
export function areMisspelt(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length < SHORTEST - 1 || long.length - short.length > 1) return false;
  if (short[0] !== long[0]) return false;
  let from = 0;
  while (from < short.length && short[from] === long[from]) from += 1;
  let end = 0;
  while (end < short.length - from && short.at(-1 - end) === long.at(-1 - end)) end += 1;
  const [restShort, restLong] = [short.slice(from, short.length - end), long.slice(from, long.length - end)];
  const isDoubled = long.at(-1) === long.at(-2);
  if (!isSlip(restShort, restLong, end, short.length, isDoubled)) return false;
  return !(confusable.has(a) && confusable.has(b));
}

/** Whether what differs is one slip; `end` letters after it are the same. */
function isSlip(short: string, long: string, end: number, letters: number, isDoubled: boolean): boolean {
  if (short === '') return letters + 1 >= SHORTEST && long.length === 1 && (end > 0 || isDoubled);
  if (long.length === 2 && short.length === 2) return short[0] === long[1] && short[1] === long[0];
  return long.length === 1 && end > 0 && letters >= SHORTEST_REPLACED;
}
