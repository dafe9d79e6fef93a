/** Whether two items say the same, the opposite, or neither. Pure. */
import { areContrasts, praise } from './lexicon.js';
import { type Matching, match, type Pair, type Term } from './matching.js';
import {
  exchangedPlaces,
  sameCode,
  sameCompany,
  standsSurely,
  turnedClause,
  turnedOrder,
  turnedRoles,
} from './order.js';
import { otherQuantity } from './quantities.js';
import { type Reading, read } from './reading.js';
import { tornSentence } from './sentences.js';
import { MAX_COMPARED, type Statement, statementText } from './statement.js';

export type { Statement } from './statement.js';

export type Verdict = 'duplicate' | 'contradiction' | 'distinct';

export interface Comparison {
  verdict: Verdict;
  /** Terms that both have or that stand for each other, as a share of all of both (Dice), 0 to 1. */
  score: number;
  /** What decided, for people. */
  why: string;
}

/** From where on texts say the same. */
export const LIKENESS = {
  /** Terms that only one of the two has, as a share of its terms: it says more, not something else. */
  addition: 0.25,
  /** The same where the cosine is at least `close`. */
  closeAddition: 0.4,
  close: 0.85,
  /** The same where it is a remark: a word of the one who wrote it. And the terms that a remark has, at most. */
  remark: 0.45,
  longestRemark: 8,
  /** Cosine below which nothing is the same, whatever the words. */
  far: 0.6,
  /** Of a contradiction: terms that each may have alone, as a share of the shorter one's. */
  contradictionRest: 0.2,
} as const;

/**
 * Compares two items by their words, and by their meaning where its cosine is known. By words alone it finds fewer,
 * and is as careful.
 *
 * A **duplicate** has the same numbers, versions, paths, identifiers, flags, codes and names; denies nothing that the
 * other does not; narrows nothing ("only", "unless"); and keeps sides in order ("a instead of b", "a calls b"). Its
 * other words are the same, synonyms, or one misspelt; one of the two may say something more, in a sentence of its own:
 * more of it where the cosine is high. One word in the place of another keeps them apart however high the cosine is: it
 * hardly falls for another word in a long text, and for a sibling no more than for a synonym. Text that is no English
 * prose has to be the same word for word: what denies in it is not known.
 *
 * A **contradiction** says the same with what it claims turned round: denied, or an opposite ("enable" and "disable"),
 * or the other way round ("a before b" and "b before a"); or it is a rule with another number for the same quantity.
 *
 * @param cosine of the meanings of both, -1 to 1; null where it is not known
 */
export function compare(a: Statement, b: Statement, cosine: number | null): Comparison {
  const [textA, textB] = [statementText(a), statementText(b)];
  const rest = textA.slice(MAX_COMPARED) === textB.slice(MAX_COMPARED);
  if (textA === textB) return { verdict: 'duplicate', score: 1, why: 'the same to the letter' };
  const matching = match(read(textA.slice(0, MAX_COMPARED)), read(textB.slice(0, MAX_COMPARED)));
  const [one, other] = matching.readings;
  const score = diceOf(matching);
  const verdict = (verdict: Verdict, why: string): Comparison => ({ verdict, score, why });
  if (!rest) return verdict('distinct', 'the texts go on differently');
  if (cosine !== null && cosine < LIKENESS.far) return verdict('distinct', 'another meaning');
  const contradiction = contradictionOf(one, other, matching);
  if (contradiction !== null) return verdict('contradiction', contradiction);
  const difference = differenceOf(one, other, matching) ?? wordingOf(one, other, matching, cosine);
  return difference === null ? verdict('duplicate', likenessOf(matching)) : verdict('distinct', difference);
}

function diceOf({ pairs, only: [left, right] }: Matching): number {
  const all = 2 * pairs.length + left.length + right.length;
  return all === 0 ? 0 : (2 * pairs.length) / all;
}

const quoted = (words: Iterable<string>): string => [...words].map((word) => `"${word}"`).join(', ');
const wordOf = ({ words, term }: Term): string => [...words][0] ?? term;

/** What one of two texts says of the other's opposite; null where they do not contradict each other. */
function contradictionOf(one: Reading, other: Reading, matching: Matching): string | null {
  const { pairs, only } = matching;
  const [left, right] = only;
  const fewest = pairs.length + Math.min(left.length, right.length);
  if (pairs.length < 2) return null;
  const exactly = (terms: readonly Term[]): Term[] => terms.filter(({ kind }) => kind !== 'word');
  const words = (terms: readonly Term[]): number => terms.length - exactly(terms).length;
  if (words(left) / fewest > LIKENESS.contradictionRest || words(right) / fewest > LIKENESS.contradictionRest)
    return null;
  if (qualifierOf(one, other, pairs) !== null || nameBetween(one, other, pairs) !== null) return null;
  if (exactly(left).length + exactly(right).length > 0) {
    if (words(left) + words(right) > 0 || turnsOf(pairs).length > 0) return null;
    const found = otherQuantity(one, other, only);
    return found === null ? null : `${found.one} there, ${found.other} here, for the same`;
  }
  const turned = turnsOf(pairs);
  // What denies in code is not known.
  const isProse = (pair: Pair): boolean =>
    [...pair.one.sentences].some((at) => one.prose.has(at)) ||
    [...pair.other.sentences].some((at) => other.prose.has(at));
  if (!turned.every(isProse)) return null;
  if (turned.length > 0) {
    // With one denied more and another one less, the denial has only moved to another word.
    const isMoved = turned.some((pair) => turnOf(pair) > 0) && turned.some((pair) => turnOf(pair) < 0);
    if (isMoved && sameSentence(turned)) return null;
    return `the opposite of ${quoted(turned.map(({ one: term }) => wordOf(term)))}`;
  }
  const order = turnedOrder(one, other);
  if (order?.isOpposite === true) return `the sides of "${order.ordered.direction}" the other way round`;
  const isOrdered = [...only.flat()].every(({ stem }) => one.deciding.has(stem) || other.deciding.has(stem));
  if (isOrdered && isOneTurned(one, other)) return 'what is before in one of them is after in the other';
  const isDenied = left.length + right.length === 0 && Math.abs(one.denials - other.denials) === 1;
  return isDenied && !deniesAsMuch(one, other) ? 'only one of them denies something' : null;
}

/** Terms that the one text says and the other denies. */
const turnsOf = (pairs: readonly Pair[]): Pair[] => pairs.filter((pair) => turnOf(pair) !== 0);

/** 1 where the one affirms what the other denies, -1 the other way round, 0 where both say the same of it. */
function turnOf({ one, other, how }: Pair): -1 | 0 | 1 {
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

function sameSentence(pairs: readonly Pair[]): boolean {
  const [first, ...rest] = pairs;
  return (
    first !== undefined &&
    rest.every(({ one }) => [...one.sentences].some((at) => first.one.sentences.has(at)))
  );
}

/** A word by which one of the texts narrows what both say. */
function qualifierOf(one: Reading, other: Reading, pairs: readonly Pair[]): string | null {
  for (const [own, theirs, side] of [
    [one, other, 'one'],
    [other, one, 'other'],
  ] as const)
    for (const [word, sentences] of own.qualifiers)
      if (
        !theirs.qualifiers.has(word) &&
        // In a remark it narrows the remark.
        [...sentences].some(
          (at) => !own.remarks.has(at) || pairs.some((pair) => pair[side].sentences.has(at)),
        )
      )
        return word;
  return null;
}

/** A name that only one of the texts has; plain words with a capital have others that stand for them. */
function nameBetween(one: Reading, other: Reading, pairs: readonly Pair[]): string | null {
  const isPlain = (name: string): boolean =>
    pairs.some((pair) => pair.how === 'synonym' && (pair.one.terms.has(name) || pair.other.terms.has(name)));
  for (const [own, theirs] of [
    [one, other],
    [other, one],
  ] as const) {
    const stems = new Set(theirs.said.map(({ stem }) => stem));
    for (const name of own.names) if (!stems.has(name) && !isPlain(name)) return name;
  }
  return null;
}

/** Whether what one denies more is made up for by the opposites that stand there: "never fails", "succeeds". */
function deniesAsMuch(one: Reading, other: Reading): boolean {
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

/** Whether one "before" of the one text is an "after" of the other, where nothing else orders what stands there. */
function isOneTurned(one: Reading, other: Reading): boolean {
  const more = (word: string): number => (one.deciding.get(word) ?? 0) - (other.deciding.get(word) ?? 0);
  return (
    Math.abs(more('before')) === 1 && more('after') === -more('before') && decidingWord(one, other) !== null
  );
}

/** A small word that decides what is said and stands more often in one of the texts. */
function decidingWord(one: Reading, other: Reading): string | null {
  const words = new Set([...one.deciding.keys(), ...other.deciding.keys()]);
  const [a, b] = [one.ordered[0], other.ordered[0]];
  const isTurned = one.ordered.length === 1 && other.ordered.length === 1 && a && b && standsSurely(a, b);
  for (const word of words) {
    const [ours, theirs] = [one.deciding.get(word) ?? 0, other.deciding.get(word) ?? 0];
    // "a before b" may be said as "b after a".
    if (ours !== theirs && !(word !== 'or' && ours + theirs === 1 && isTurned)) return word;
  }
  return null;
}

/** What keeps two texts apart whatever their meaning; null where nothing does. */
function differenceOf(one: Reading, other: Reading, { pairs, only }: Matching): string | null {
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

/** Whether both say it, deny it, or do both. */
function sameSigns({ one, other, how }: Pair): boolean {
  const [ours, theirs] = againstOf(one, other, how).map((share) =>
    share === 0 || share === 1 ? share : 'both',
  );
  return ours === theirs;
}

/** What of the words keeps two texts apart; null where they say the same. */
function wordingOf(
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

/** Words that are named, at most. */
const NAMED = 3;

const few = (terms: readonly Term[]): string =>
  terms.length === 0
    ? 'nothing'
    : quoted(terms.slice(0, NAMED).map(wordOf)) + (terms.length > NAMED ? ' …' : '');

function likenessOf({ pairs, only }: Matching): string {
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
