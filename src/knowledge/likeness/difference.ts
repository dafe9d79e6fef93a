/** What keeps two texts apart whatever their meaning. Pure. */
import { decidingWord, nameBetween, qualifierOf } from './claims.js';
import { deniesAsMuch, sameSigns } from './denials.js';
import { areForms } from './inflections.js';
import { areContrasts, praise } from './lexicon.js';
import { otherLink, repeatedWord } from './links.js';
import type { Matching, Term } from './matching.js';
import { areMisspelt } from './misspelt.js';
import { NAMED, quoted, wordOf } from './name-words.js';
import { sameCompany, turnedClause, turnedOrder, turnedRoles } from './order.js';
import type { Reading } from './reading.js';
import { tornSentence } from './sentences.js';

/** What keeps two texts apart whatever their meaning; null where nothing does. */
export function differenceOf(one: Reading, other: Reading, { pairs, only }: Matching): string | null {
  const exact = only.flat().find(({ kind }) => kind !== 'word');
  if (exact !== undefined) return `only one of them has ${exact.term}`;
  const often = pairs.find((pair) => pair.one.kind !== 'word' && pair.one.times !== pair.other.times);
  if (often !== undefined) return `${often.one.term} stands more often in one of them`;
  if (one.operators !== other.operators) return 'other operators in the code';
  const qualifier = qualifierOf(one, other, pairs);
  if (qualifier !== null) return `only one of them says "${qualifier}"`;
  const name = nameBetween(one, other, pairs);
  if (name !== null) return `only one of them names "${name}"`;
  const uneven = pairs.find((pair) => !sameSigns(pair));
  if (uneven !== undefined) return `"${wordOf(uneven.one)}" is denied in one of them`;
  if (!deniesAsMuch(one, other)) return 'only one of them denies something';
  const word = decidingWord(one, other);
  if (word !== null) return `"${word}" stands more often in one of them`;
  const isPraise = ({ pole, sentences }: Term, { remarks }: Reading): boolean =>
    pole === undefined || praise.has(pole.axis) || [...sentences].every((at) => remarks.has(at));
  const denied = [one, other].flatMap((reading, side) =>
    (only[side] ?? []).filter((term) => term.negative > 0 || !isPraise(term, reading)),
  )[0];
  if (denied !== undefined) return `only one of them denies or opposes "${wordOf(denied)}"`;
  for (const a of only[0])
    for (const b of only[1]) if (areContrasts(a.stem, b.stem)) return `"${wordOf(a)}" is not "${wordOf(b)}"`;
  const stem = pairs.find(
    ({ how, one: a, other: b }) => how === 'same' && a.kind === 'word' && !shareForm(a, b),
  );
  if (stem !== undefined) return `"${wordOf(stem.one)}" is not "${wordOf(stem.other)}"`;
  if ((one.modals.obliged - other.modals.obliged) * (one.modals.possible - other.modals.possible) < 0)
    return 'what one of them asks for, the other allows';
  const link = otherLink(one, other);
  if (link !== null) return link;
  const repeated = repeatedWord(one, other);
  if (repeated !== null) return `only one of them says "${repeated}" twice in a row`;
  const order = turnedOrder(one, other);
  if (order !== null) return `the sides of "${order.ordered.direction}" stand the other way round`;
  const role = turnedRoles(one, other);
  if (role !== null) return `what stands around "${role}" has changed places`;
  const moved = turnedClause(one, other);
  if (moved !== null) return `${quoted(moved)} have changed places`;
  const torn = tornSentence(one, other, pairs);
  if (torn !== null)
    return `what one of them says together of ${quoted(torn.slice(0, NAMED))}, the other does not`;
  return sameCompany(one, other, pairs) ? null : 'numbers or names stand beside other words';
}

const shareForm = (a: Term, b: Term): boolean =>
  [...a.words].some((one) => [...b.words].some((other) => areForms(one, other) || areMisspelt(one, other)));
