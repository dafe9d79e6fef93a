/** What two texts deny, and whether they deny the same. Pure. */
import type { Pair, Term } from './matching.js';
import type { Reading } from './reading.js';

/** 1 where the one affirms what the other denies, -1 the other way round, 0 where both say the same of it. */
export function turnOf({ one, other, how }: Pair): -1 | 0 | 1 {
  const [ours, theirs] = againstOf(one, other, how);
  // Said as often by both, or always the same way by each: then it tells something that one has more against it.
  const isTold = one.times === other.times || [ours, theirs].every((share) => share === 0 || share === 1);
  if (ours === theirs || !isTold) return 0;
  return theirs > ours ? 1 : -1;
}

/** Of the places of a term, the share that stands against it: denied; of an opposite, on the negative side. */
function againstOf(one: Term, other: Term, how: Pair['how']): [number, number] {
  const against = (term: Term): number => (how === 'pole' ? term.negative : term.denied) / term.times;
  // A word with "un" before it is denied by that.
  return how === 'prefix' ? [against(one), 1 - against(other)] : [against(one), against(other)];
}

/** Whether both say it, deny it, or do both. */
export function sameSigns({ one, other, how }: Pair): boolean {
  const [ours, theirs] = againstOf(one, other, how).map((share) =>
    share === 0 || share === 1 ? share : 'both',
  );
  return ours === theirs;
}

/** Whether what one denies more is made up for by the opposites that stand there: "never fails", "succeeds". */
export function deniesAsMuch(one: Reading, other: Reading): boolean {
  if (one.denials === other.denials) return true;
  const negative = ({ said }: Reading): number => said.filter(({ pole }) => pole?.sign === -1).length;
  const prefixed = ({ said }: Reading): number =>
    said.filter(({ stem }) => /^(?:un|in|dis|non)/u.test(stem)).length;
  const opposed = negative(one) - negative(other);
  const turned = prefixed(one) - prefixed(other);
  return [opposed, turned, opposed + turned].some(
    (more) => more !== 0 && (one.denials - other.denials + more) % 2 === 0,
  );
}
