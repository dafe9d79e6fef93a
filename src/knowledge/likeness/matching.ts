/** Which of two texts' terms say the same, which say the opposite, and which the other has not. Pure. */
import { areContrasts, areSynonyms, negatedBy } from './lexicon.js';
import { areMisspelt } from './misspelt.js';
import type { Reading, Said } from './reading.js';

/** A term of a text with all its places. */
export interface Term {
  term: string;
  stem: string;
  words: ReadonlySet<string>;
  kind: Said['kind'];
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
  how: 'same' | 'synonym' | 'typing error' | 'prefix';
}

export interface Matching {
  pairs: readonly Pair[];
  /** Terms that the other text has nothing for. */
  only: readonly [readonly Term[], readonly Term[]];
}

/** The terms of a reading, each once. */
export function termsOf({ said, isCaseless }: Reading, caseless = isCaseless): Map<string, Term> {
  const terms = new Map<string, Said[]>();
  for (const each of said) {
    const key = each.kind === 'exact' && caseless ? each.term.toLowerCase() : each.term;
    terms.set(key, [...(terms.get(key) ?? []), each]);
  }
  return new Map([...terms].map(([term, places]) => [term, termOf(term, places)]));
}

function termOf(term: string, places: readonly Said[]): Term {
  const [first] = places;
  return {
    term,
    stem: first?.stem ?? term,
    words: new Set(places.map(({ word }) => word)),
    kind: first?.kind ?? 'word',
    times: places.length,
    negative: places.filter(({ sign }) => sign < 0).length,
    denied: places.filter(({ isDenied }) => isDenied).length,
    sentences: new Set(places.map(({ sentence }) => sentence)),
  };
}

/** Pairs the terms of two readings: the same first, then words that may stand for each other, then misspelt ones. */
export function match(one: Reading, other: Reading): Matching {
  const caseless = one.isCaseless || other.isCaseless;
  const left = termsOf(one, caseless);
  const right = termsOf(other, caseless);
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
  // A name of a thing in a sentence whose capitals were taken away.
  for (const a of [...left.values()])
    for (const b of right.values())
      if (
        (a.kind === 'exact' || b.kind === 'exact') &&
        sameLetters(a, b) &&
        ([...a.sentences].every((at) => one.small.has(at)) ||
          [...b.sentences].every((at) => other.small.has(at)))
      ) {
        take(a, b, 'same');
        break;
      }
  const all = new Map([...pairs.map(({ one: term }) => [term.term, term] as const)]);
  const ways: [Pair['how'], (a: Term, b: Term) => boolean][] = [
    ['synonym', (a, b) => areSynonyms(a.stem, b.stem)],
    ['prefix', (a, b) => oneOf(a, b, negatedBy) || oneOf(b, a, negatedBy)],
    ['typing error', (a, b) => !areContrasts(a.stem, b.stem) && oneOf(a, b, areMisspelt)],
  ];
  for (const [how, fits] of ways)
    for (const a of [...left.values()].filter(({ kind }) => kind === 'word'))
      for (const b of right.values())
        if (b.kind === 'word' && fits(a, b)) {
          take(a, b, how);
          break;
        }
  // The same in a sentence whose capitals were taken away, beside one that has them.
  for (const [terms, own, side] of [
    [left, one, 'one'],
    [right, other, 'other'],
  ] as const)
    for (const term of [...terms.values()])
      if (
        [...term.sentences].every((at) => own.small.has(at)) &&
        pairs.some((pair) => pair[side].kind === 'exact' && sameLetters(pair[side], term))
      )
        terms.delete(term.term);
  // Small words misspelt: "whenver", "wiht".
  const isSmall = (term: Term, own: Reading, theirs: Reading): boolean =>
    term.kind === 'word' &&
    [...theirs.words].some(
      (small) => !own.words.has(small) && [...term.words].some((word) => areMisspelt(word, small)),
    );
  for (const [terms, own, theirs] of [
    [left, one, other],
    [right, other, one],
  ] as const)
    for (const term of [...terms.values()]) if (isSmall(term, own, theirs)) terms.delete(term.term);
  // A synonym of a word that both have says nothing new: "fix" and "repair" of which the other has only one.
  const isSaid = (term: Term): boolean =>
    term.kind === 'word' &&
    [...all.values()].some((known) => areSynonyms(known.stem, term.stem) || oneOf(known, term, areMisspelt));
  return {
    pairs,
    only: [
      [...left.values()].filter((term) => !isSaid(term)),
      [...right.values()].filter((term) => !isSaid(term)),
    ],
  };
}

const sameLetters = (a: Term, b: Term): boolean => oneOf(a, b, (one, other) => one === other);

const oneOf = (a: Term, b: Term, fits: (one: string, other: string) => boolean): boolean =>
  [...a.words].some((one) => [...b.words].some((other) => fits(one, other)));
