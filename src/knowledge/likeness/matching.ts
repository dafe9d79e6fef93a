/** Which of two texts' terms say the same, which say the opposite, and which the other has not. Pure. */
import { areContrasts, areSynonyms, negatedBy, type Pole } from './lexicon.js';
import { areMisspelt } from './misspelt.js';
import type { Reading, Said } from './reading.js';
import { namedAlike } from './rename.js';

/** A term of a text with all its places. */
export interface Term {
  term: string;
  /** As it stands in the text; several where it is there in several words that say the same. */
  terms: ReadonlySet<string>;
  stem: string;
  words: ReadonlySet<string>;
  kind: Said['kind'];
  pole: Pole | undefined;
  /** How often it stands there; of these, how often on the negative side, and how often denied. */
  times: number;
  negative: number;
  denied: number;
  /** Sentences that it stands in. */
  sentences: ReadonlySet<number>;
}

/** A term of the one and what of the other stands for it. */
export interface Pair {
  one: Term;
  other: Term;
  /** `pole`: two words of one axis of opposites, on the same side or not. */
  how: 'same' | 'synonym' | 'pole' | 'prefix' | 'typing error';
}

export interface Matching {
  pairs: readonly Pair[];
  /** Terms that the other text has nothing for. */
  only: readonly [readonly Term[], readonly Term[]];
  /** Both texts, with what stands for each other under the same name. */
  readings: readonly [Reading, Reading];
}

/** The terms of a reading, each once. */
function termsOf({ said }: Reading, isCaseless: boolean): Map<string, Term> {
  const terms = new Map<string, Said[]>();
  for (const each of said) {
    const key = each.kind === 'exact' && isCaseless ? each.term.toLowerCase() : each.term;
    const places = terms.get(key);
    if (places === undefined) terms.set(key, [each]);
    else places.push(each);
  }
  return new Map([...terms].map(([term, places]) => [term, termOf(term, places)]));
}

function termOf(term: string, places: readonly Said[]): Term {
  const [first] = places;
  return {
    term,
    terms: new Set(places.map((place) => place.term)),
    stem: first?.stem ?? term,
    words: new Set(places.map(({ word }) => word)),
    kind: first?.kind ?? 'word',
    pole: first?.pole,
    times: places.length,
    negative: places.filter(({ sign }) => sign < 0).length,
    denied: places.filter(({ isDenied }) => isDenied).length,
    sentences: new Set(places.map(({ sentence }) => sentence)),
  };
}

/** Two terms of a text that say the same, as one. */
const together = (a: Term, b: Term): Term => ({
  ...a,
  terms: new Set([...a.terms, ...b.terms]),
  words: new Set([...a.words, ...b.words]),
  times: a.times + b.times,
  negative: a.negative + b.negative,
  denied: a.denied + b.denied,
  sentences: new Set([...a.sentences, ...b.sentences]),
});

/** How a word may stand for another, the surest first. */
const WAYS: readonly [Pair['how'], (a: Term, b: Term) => boolean][] = [
  ['pole', (a, b) => a.pole !== undefined && a.pole.axis === b.pole?.axis && a.pole.sign === b.pole.sign],
  ['synonym', (a, b) => areSynonyms(a.stem, b.stem)],
  ['pole', (a, b) => a.pole !== undefined && a.pole.axis === b.pole?.axis],
  ['prefix', (a, b) => oneOf(a, b, negatedBy) || oneOf(b, a, negatedBy)],
  ['typing error', (a, b) => !areContrasts(a.stem, b.stem) && oneOf(a, b, areMisspelt)],
];

/**
 * Terms without the same in the other text from which on nothing stands for another: looking for it takes a time that
 * grows with their square, and texts that differ in so many words do not say the same by synonyms and misspellings.
 */
const MOST_LEFT = 300;

/** Pairs the terms of two readings: the same first, then words that may stand for each other, then misspelt ones. */
export function match(one: Reading, other: Reading): Matching {
  const isCaseless = one.isCaseless || other.isCaseless;
  const [left, right] = [termsOf(one, isCaseless), termsOf(other, isCaseless)];
  const pairs: Pair[] = [];
  const take = (a: Term, b: Term, how: Pair['how']): void => {
    left.delete(a.term);
    right.delete(b.term);
    pairs.push({ one: a, other: b, how });
  };
  for (const [term, a] of [...left]) {
    const b = right.get(term);
    if (b !== undefined) take(a, b, 'same');
  }
  if (left.size + right.size > MOST_LEFT)
    return { pairs, only: [[...left.values()], [...right.values()]], readings: [one, other] };
  // A name of a thing in a sentence whose capitals were taken away.
  pairUp(left, right, take, 'same', (a, b) => a.kind !== b.kind && isSmallCase(a, b, one, other));
  pairUp(left, right, take, 'same', (a, b) => a.kind === 'exact' && isSmallCase(a, b, one, other));
  for (const [how, fits] of WAYS)
    pairUp(left, right, take, how, (a, b) => a.kind === 'word' && b.kind === 'word' && fits(a, b));
  const folded = pairs.map(
    (pair): Pair => ({
      ...pair,
      one: fold(pair.one, left, one),
      other: fold(pair.other, right, other),
    }),
  );
  foldMisspelt(folded, 'one', left, one, other);
  foldMisspelt(folded, 'other', right, other, one);
  for (const [terms, side] of [
    [left, 'one'],
    [right, 'other'],
  ] as const)
    folded.push(...oppositesOf(terms, folded, side));
  return {
    pairs: folded,
    only: [[...left.values()], [...right.values()]],
    readings: namedAlike(one, other, folded),
  };
}

function pairUp(
  left: ReadonlyMap<string, Term>,
  right: ReadonlyMap<string, Term>,
  take: (a: Term, b: Term, how: Pair['how']) => void,
  how: Pair['how'],
  fits: (a: Term, b: Term) => boolean,
): void {
  for (const a of [...left.values()])
    for (const b of right.values())
      if (fits(a, b)) {
        take(a, b, how);
        break;
      }
}

const isSmallCase = (a: Term, b: Term, one: Reading, other: Reading): boolean =>
  sameLetters(a, b) && (isSmallIn(a, one) || isSmallIn(b, other));

const isSmallIn = ({ sentences }: Term, { small }: Reading): boolean =>
  [...sentences].every((at) => small.has(at));

/** Takes what says the same as a term of the same text from those that are left, and adds it to that. */
function fold(into: Term, left: Map<string, Term>, own: Reading): Term {
  let all = into;
  for (const term of [...left.values()]) {
    const isSame =
      into.kind === 'word' && term.kind === 'word'
        ? areSynonyms(into.stem, term.stem) ||
          (into.pole !== undefined &&
            into.pole.axis === term.pole?.axis &&
            into.pole.sign === term.pole.sign) ||
          oneOf(into, term, areMisspelt)
        : sameLetters(into, term) && (isSmallIn(term, own) || isSmallIn(into, own));
    if (!isSame) continue;
    left.delete(term.term);
    all = together(all, term);
  }
  return all;
}

/**
 * Takes misspelt forms of words that the other text has from those that are left, and adds them to the terms of
 * these; small words misspelt say nothing: "whenver", "wiht".
 */
function foldMisspelt(
  pairs: Pair[],
  side: 'one' | 'other',
  left: Map<string, Term>,
  own: Reading,
  theirs: Reading,
): void {
  const missing = [...theirs.words].filter((word) => !own.words.has(word));
  for (const term of [...left.values()].filter(({ kind }) => kind === 'word')) {
    const meant = missing.find((word) => [...term.words].some((each) => areMisspelt(each, word)));
    if (meant === undefined) continue;
    left.delete(term.term);
    const at = pairs.findIndex((pair) => pair[side === 'one' ? 'other' : 'one'].words.has(meant));
    const pair = pairs[at];
    if (pair !== undefined) pairs[at] = { ...pair, [side]: together(pair[side], term) };
  }
}

/** "enable" that the other text has only as one more "disable". */
function oppositesOf(terms: Map<string, Term>, pairs: readonly Pair[], side: 'one' | 'other'): Pair[] {
  const theirs = side === 'one' ? 'other' : 'one';
  return [...terms.values()].flatMap((term): Pair[] => {
    const { pole } = term;
    const pair =
      pole &&
      pairs.find(
        (each) =>
          each[theirs].pole?.axis === pole.axis &&
          each[theirs].pole?.sign !== pole.sign &&
          each[theirs].times === each[side].times + term.times,
      );
    if (pair === undefined) return [];
    terms.delete(term.term);
    // Of the other's places those that stand for this term.
    const rest: Term = {
      ...pair[theirs],
      times: term.times,
      negative: pair[theirs].pole?.sign === -1 ? term.times : 0,
      denied: 0,
    };
    return [
      side === 'one' ? { one: term, other: rest, how: 'pole' } : { one: rest, other: term, how: 'pole' },
    ];
  });
}

const sameLetters = (a: Term, b: Term): boolean => oneOf(a, b, (one, other) => one === other);

function oneOf(a: Term, b: Term, fits: (one: string, other: string) => boolean): boolean {
  for (const one of a.words) for (const other of b.words) if (fits(one, other)) return true;
  return false;
}
