/** Features that nearly the same runs show are one. Pure. */
import type { Candidate } from './candidates.js';

/** Candidates whose runs overlap by more than this (Jaccard) are alike. */
const ALIKE = 0.8;

/**
 * Leaders with the candidates that they stand for: each candidate goes to the first leader that it is like, or
 * becomes one.
 *
 * @param ranked those that should stand for others first
 * @param total runs in all
 */
export function mergeAlike<T>(
  ranked: readonly T[],
  candidateOf: (item: T) => Candidate,
  total: number,
): { leader: T; followers: T[] }[] {
  const leaders: { leader: T; followers: T[]; size: number; bits: Uint32Array }[] = [];
  for (const item of ranked) {
    const { runs } = candidateOf(item);
    const leader = leaders.find((each) => jaccardAbove(each, runs));
    if (leader === undefined)
      leaders.push({ leader: item, followers: [], size: runs.length, bits: bitsOf(runs, total) });
    else leader.followers.push(item);
  }
  return leaders.map(({ leader, followers }) => ({ leader, followers }));
}

/** Stops at the first run too many that is not shared: of most pairs few runs are looked at. */
function jaccardAbove(leader: { size: number; bits: Uint32Array }, runs: readonly number[]): boolean {
  // shared / (a + b - shared) > J just when shared > (a + b) J / (1 + J).
  const spare = runs.length - ((leader.size + runs.length) * ALIKE) / (1 + ALIKE);
  if (spare <= 0 || leader.size < ALIKE * runs.length) return false;
  let missing = 0;
  for (const run of runs) {
    if ((((leader.bits[run >> 5] ?? 0) >>> (run & 31)) & 1) === 1) continue;
    missing += 1;
    if (missing >= spare) return false;
  }
  return true;
}

function bitsOf(runs: readonly number[], total: number): Uint32Array {
  const bits = new Uint32Array(Math.ceil(total / 32));
  for (const run of runs) bits[run >> 5] = (bits[run >> 5] ?? 0) | (1 << (run & 31));
  return bits;
}
