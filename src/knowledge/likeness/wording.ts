/** Whether the words of two texts say the same but for what one of them adds. Pure. */
import { LIKENESS } from './limits.js';
import type { Matching, Pair, Term } from './matching.js';
import { few } from './name-words.js';
import { exchangedPlaces, sameCode } from './order.js';
import type { Reading } from './reading.js';

/** What of the words keeps two texts apart; null where they say the same. */
export function wordingOf(
  one: Reading,
  other: Reading,
  { pairs, only }: Matching,
  cosine: number | null,
): string | null {
  const [left, right] = only;
  if (pairs.length === 0) return 'other words';
  const different = `${few(left)} in one of them, ${few(right)} in the other`;
  if (!one.isEnglish || !other.isEnglish) {
    // What is added in English is understood, and denies nothing.
    const isRead = (terms: readonly Term[], { prose, remarks }: Reading): boolean =>
      terms.every(({ sentences }) => [...sentences].every((at) => prose.has(at) || remarks.has(at)));
    if (!isRead(left, one) || !isRead(right, other)) return different;
    if (!sameCode(one, other)) return 'the same words in another order, and no prose';
  }
  const [ours, theirs] = [
    withinSentences(one, pairs, left, 'one'),
    withinSentences(other, pairs, right, 'other'),
  ];
  const places = exchangedPlaces(one, other, pairs);
  if (ours.length + theirs.length + places.length > 0) {
    const [place] = places;
    if (ours.length + theirs.length > 0 || place === undefined) return different;
    return `"${place[0].word}" in one of them, "${place[1].word}" in the other`;
  }
  // With a sentence of its own each, they say something else each.
  if (left.length > 0 && right.length > 0) return different;
  // What stands in the place of a sentence that says nothing is not added.
  if ((left.length > 0 && lacks(one, other)) || (right.length > 0 && lacks(other, one))) return different;
  // Nor what stands in the place of a word that the other has more often.
  const isRarer = (side: 'one' | 'other', beside: 'one' | 'other'): boolean =>
    pairs.some((pair) => pair[side].times < pair[beside].times);
  if ((left.length > 0 && isRarer('one', 'other')) || (right.length > 0 && isRarer('other', 'one')))
    return different;
  const alone = left.length + right.length;
  const added = alone / (pairs.length + alone);
  const isRemark = (terms: readonly Term[], { remarks }: Reading): boolean =>
    terms.every(({ sentences }) => [...sentences].every((at) => remarks.has(at)));
  if (alone <= LIKENESS.longestRemark && isRemark(left, one) && isRemark(right, other))
    return added > LIKENESS.remark ? different : null;
  const most = cosine !== null && cosine >= LIKENESS.close ? LIKENESS.closeAddition : LIKENESS.addition;
  return added > most ? different : null;
}

/** Terms of one text alone that stand in a sentence of which the other has something; the rest is said in addition. */
function withinSentences(
  { said }: Reading,
  pairs: readonly Pair[],
  only: readonly Term[],
  side: 'one' | 'other',
): readonly Term[] {
  const alone = new Set(only.map(({ term }) => term));
  const shared = new Set(pairs.map((pair) => pair[side].term));
  const counts = new Map<number, { alone: number; shared: number }>();
  for (const { sentence, term } of said) {
    const count = counts.get(sentence) ?? { alone: 0, shared: 0 };
    if (alone.has(term)) count.alone += 1;
    else if (shared.has(term)) count.shared += 1;
    counts.set(sentence, count);
  }
  // A word of the matter may stand in a sentence that says something new of it.
  const isNew = (at: number): boolean => {
    const count = counts.get(at) ?? { alone: 0, shared: 0 };
    return count.alone >= 2 * count.shared;
  };
  return only.filter(({ sentences }) => ![...sentences].every(isNew));
}

export function likenessOf({ pairs, only }: Matching): string {
  const counts = new Map<Pair['how'], number>();
  for (const { how } of pairs) counts.set(how, (counts.get(how) ?? 0) + 1);
  const parts = [
    `${counts.get('same') ?? 0} words the same`,
    ...(['synonym', 'typing error'] as const).flatMap((how) => {
      const count = counts.get(how);
      return count === undefined ? [] : [`${count} by ${how}`];
    }),
    ...(only.flat().length === 0 ? [] : [`${only.flat().length} in one of them`]),
  ];
  return parts.join(', ');
}

/** Whether a text has not all of the sentences that say nothing of the other. */
const lacks = ({ idle }: Reading, other: Reading): boolean =>
  [...other.idle].some((sentence) => !idle.has(sentence));
