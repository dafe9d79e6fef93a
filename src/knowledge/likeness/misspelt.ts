/** Words misspelt. Pure. */

/** Letters from which two words that differ in one place are one word misspelt. */
const SHORTEST = 5;
/** The same where a letter stands for another: so differ words that mean different things, too. */
const SHORTEST_REPLACED = 7;

/** Whether two words are one but for a letter left out, put in, doubled, changed places or (in long words) replaced. */
export function areMisspelt(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length < SHORTEST - 1 || long.length < SHORTEST || long.length - short.length > 1) return false;
  if (short[0] !== long[0]) return false;
  let from = 0;
  while (from < short.length && short[from] === long[from]) from += 1;
  let end = 0;
  while (end < short.length - from && short.at(-1 - end) === long.at(-1 - end)) end += 1;
  const [restShort, restLong] = [short.slice(from, short.length - end), long.slice(from, long.length - end)];
  if (restShort === '') return restLong.length === 1;
  if (restLong.length === 2 && restShort.length === 2)
    return restShort[0] === restLong[1] && restShort[1] === restLong[0];
  return restLong.length === 1 && short.length >= SHORTEST_REPLACED;
}
