/** Whether two texts put the same words into another order that changes what is said. Pure. */
import { areSynonyms, opposing } from './lexicon.js';
import type { Pair, Term } from './matching.js';
import { areMisspelt } from './misspelt.js';
import type { Ordered, Reading, Said } from './reading.js';

/** The first order of sides that stands the other way round in the other text; null where there is none. */
export function turnedOrder(one: Reading, other: Reading): { ordered: Ordered; isOpposite: boolean } | null {
  // What stands both ways in one of the texts tells nothing by standing one way in the other.
  const ours = one.ordered.filter((a) => !other.ordered.some((b) => standsSo(a, b)));
  const theirs = other.ordered.filter((b) => !one.ordered.some((a) => standsSo(a, b)));
  for (const a of ours)
    for (const b of theirs) {
      if (a.direction !== b.direction) continue;
      // Both sides may share words: "the old file before the new file".
      const [left, right] = [without(a.left, a.right), without(a.right, a.left)];
      if (!crosses(left, without(b.right, b.left)) || !crosses(right, without(b.left, b.right))) continue;
      return { ordered: a, isOpposite: opposing.has(a.direction) };
    }
  return null;
}

const standsSo = (a: Ordered, b: Ordered): boolean =>
  a.direction === b.direction && crosses(a.left, b.left) && crosses(a.right, b.right);

const without = (from: readonly string[], others: readonly string[]): string[] =>
  from.filter((term) => !others.includes(term));

const crosses = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((term) => other.includes(term));

/** Who does what to whom, as it stands in the text: three terms in a row within a clause. */
interface Triple {
  left: string;
  right: string;
  isPassive: boolean;
}

/**
 * The term around which the two before and after it have changed places: "the server calls the client" and "the
 * client calls the server"; with `by`, they have when they have not. Null where there is none.
 */
export function turnedRoles(one: Reading, other: Reading): string | null {
  const [ours, theirs] = [triplesOf(one), triplesOf(other)];
  const isIn = (triple: Triple, among: readonly Triple[]): boolean =>
    among.some(
      ({ left, right, isPassive }) =>
        left === triple.left && right === triple.right && isPassive === triple.isPassive,
    );
  for (const [middle, all] of ours) {
    const others = theirs.get(middle) ?? [];
    for (const a of all)
      for (const b of others) {
        if (isIn(a, others) || isIn(b, all)) continue;
        const isTurned = a.left === b.right && a.right === b.left;
        const isSame = a.left === b.left && a.right === b.right;
        if ((isTurned && a.isPassive === b.isPassive) || (isSame && a.isPassive !== b.isPassive))
          return middle;
      }
  }
  return null;
}

function triplesOf({ said, passive }: Reading): Map<string, Triple[]> {
  const triples = new Map<string, Triple[]>();
  for (const [at, middle] of said.entries()) {
    const [left, right] = [said[at - 1], said[at + 1]];
    if (left === undefined || right === undefined) continue;
    if (left.clause !== middle.clause || right.clause !== middle.clause || left.term === right.term) continue;
    const triple = { left: left.term, right: right.term, isPassive: passive.has(middle.clause) };
    triples.set(middle.term, [...(triples.get(middle.term) ?? []), triple]);
  }
  return triples;
}

/**
 * Whether exact terms (numbers, names of things) that stand in another order still stand beside the same words: "x
 * 3, y 5" and "y 5, x 3", but not "x 5, y 3".
 */
export function sameCompany(one: Reading, other: Reading, pairs: readonly Pair[]): boolean {
  const exact = new Set(
    pairs.flatMap((pair) =>
      pair.one.kind === 'word' && pair.other.kind === 'word' ? [] : [keyOfTerm(pair.one)],
    ),
  );
  const named = namesOf(pairs);
  const [ours, theirs] = [one.said.map(keyOf), other.said.map(named)].map((keys) =>
    keys.filter((key) => exact.has(key)),
  ) as [string[], string[]];
  if (ours.length === theirs.length && ours.every((key, at) => key === theirs[at])) return true;
  const [company, others] = [companyOf(one, exact, keyOf), companyOf(other, exact, named)];
  return keepsTo(company, others) && keepsTo(others, company);
}

/** Whether each exact term that both have stands in all its places beside a word that it stands beside in the other. */
function keepsTo(company: Company, others: Company): boolean {
  for (const [term, ownPlaces] of company) {
    const places = others.get(term);
    if (places === undefined) continue;
    const isFound = ownPlaces.every(({ left, right }) =>
      places.some((place) => (left !== '' && place.left === left) || (right !== '' && place.right === right)),
    );
    const isAlone = ownPlaces.some(({ left, right }) => left === '' && right === '');
    if (!isFound && !isAlone) return false;
  }
  return true;
}

type Company = Map<string, { left: string; right: string }[]>;

/** What stands on both sides of each exact term within its sentence. */
function companyOf({ said }: Reading, exact: ReadonlySet<string>, named: (said: Said) => string): Company {
  const company: Company = new Map();
  for (const [at, each] of said.entries()) {
    const key = named(each);
    if (!exact.has(key)) continue;
    const beside = (other: Said | undefined): string =>
      other?.sentence === each.sentence ? named(other) : '';
    const place = { left: beside(said[at - 1]), right: beside(said[at + 1]) };
    company.set(key, [...(company.get(key) ?? []), place]);
  }
  return company;
}

/**
 * Places where the two texts have different terms between the same two: "query terms damped" and "query weights
 * damped". The ends of a sentence count as terms. What stands elsewhere in the other text as well is found so too.
 */
export function exchangedPlaces(one: Reading, other: Reading, pairs: readonly Pair[]): [Said, Said][] {
  const both = new Set(
    pairs.filter(({ one, other }) => one.times === other.times).map((pair) => keyOfTerm(pair.one)),
  );
  const named = namesOf(pairs);
  const theirs = betweenOf(other, named);
  const found: [Said, Said][] = [];
  for (const [place, ours] of betweenOf(one, keyOf)) {
    const others = theirs.get(place);
    const [a, b] = [ours[0], others?.[0]];
    if (a === undefined || b === undefined || others === undefined) continue;
    const areAlike = (x: Said, y: Said): boolean =>
      keyOf(x) === named(y) || areSynonyms(x.stem, y.stem) || areMisspelt(x.word, y.word);
    // Words that both have, as often, have only moved: to the end of a sentence, or to the other side of the verb.
    const isEdge = place.startsWith('\n') || place.endsWith('\n');
    const isTurned = one.passive.has(a.clause) !== other.passive.has(b.clause);
    if ((isEdge || isTurned) && both.has(keyOf(a)) && both.has(named(b))) continue;
    if (!ours.some((x) => others.some((y) => areAlike(x, y)))) found.push([a, b]);
  }
  return found;
}

/** Neighbours in common, as a share of all, from which two pieces of code or data are the same. */
const SAME_ORDER = 0.9;

/** Whether what is no prose keeps its order: there it is the order that says something. */
export function sameCode(one: Reading, other: Reading, pairs: readonly Pair[]): boolean {
  const [ours, theirs] = [neighboursIn(one, keyOf), neighboursIn(other, namesOf(pairs))];
  const common = [...ours].filter((pair) => theirs.has(pair)).length;
  return 2 * common >= SAME_ORDER * (ours.size + theirs.size);
}

/** Terms that follow each other in the sentences that are no prose. */
function neighboursIn({ said, prose }: Reading, named: (said: Said) => string): Set<string> {
  const code = said.filter(({ sentence }) => !prose.has(sentence)).map(named);
  return new Set(code.slice(1).map((term, at) => `${code[at]}\n${term}`));
}

/** What a place is told by: case was seen to when terms were matched. */
const keyOf = ({ kind, term, word }: Said): string => (kind === 'exact' ? word : term);
const keyOfTerm = ({ kind, term }: Term): string => (kind === 'exact' ? term.toLowerCase() : term);

/** Names the terms of the second text as the first one does. */
function namesOf(pairs: readonly Pair[]): (said: Said) => string {
  const names = new Map(pairs.map((pair) => [keyOfTerm(pair.other), keyOfTerm(pair.one)]));
  return (said) => names.get(keyOf(said)) ?? keyOf(said);
}

/** By what stands before and after, the terms that stand between. */
function betweenOf({ said }: Reading, named: (said: Said) => string): Map<string, Said[]> {
  const between = new Map<string, Said[]>();
  for (const [at, middle] of said.entries()) {
    const beside = (other: Said | undefined): string =>
      other?.sentence === middle.sentence ? named(other) : '';
    const [left, right] = [beside(said[at - 1]), beside(said[at + 1])];
    if (left === '' && right === '') continue;
    const place = `${left}\n${right}`;
    between.set(place, [...(between.get(place) ?? []), middle]);
  }
  return between;
}
