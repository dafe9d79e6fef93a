/** Whether two texts put the same words into another order that changes what is said. Pure. */
import { areSynonyms, opposing } from './lexicon.js';
import type { Pair } from './matching.js';
import { areMisspelt } from './misspelt.js';
import type { Reading, Said } from './reading.js';
import type { Ordered } from './sides.js';

/** The first order of sides that stands the other way round in the other text; null where there is none. */
export function turnedOrder(one: Reading, other: Reading): { ordered: Ordered; isOpposite: boolean } | null {
  // What stands both ways in one of the texts tells nothing by standing one way in the other.
  const ours = one.ordered.filter((a) => !other.ordered.some((b) => standsSo(a, b)));
  const theirs = other.ordered.filter((b) => !one.ordered.some((a) => standsSo(a, b)));
  for (const a of ours)
    for (const b of theirs) {
      if (a.direction !== b.direction) continue;
      if (!areTurned(a, b)) continue;
      return { ordered: a, isOpposite: opposing.has(a.direction) };
    }
  return null;
}

/** Whether two orders have something in common on each side that is on that side alone. */
export const standsSurely = (a: Ordered, b: Ordered): boolean =>
  a.direction === b.direction &&
  crosses(without(a.left, a.right), without(b.left, b.right)) &&
  crosses(without(a.right, a.left), without(b.right, b.left));

const standsSo = (a: Ordered, b: Ordered): boolean =>
  a.direction === b.direction && crosses(a.left, b.left) && crosses(a.right, b.right) && !areTurned(a, b);

/** Both sides may share words: "the old file before the new file". */
const areTurned = (a: Ordered, b: Ordered): boolean =>
  crosses(without(a.left, a.right), without(b.right, b.left)) &&
  crosses(without(a.right, a.left), without(b.left, b.right));

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
 * Two words of a clause that changed places while the clause has the same words: "copies the log to the store", "the
 * store to the log". Null where there are none; the passive is to turn them.
 */
export function turnedClause(one: Reading, other: Reading): [string, string] | null {
  const theirs = new Map(clausesOf(other).map((clause) => [[...clause.terms].sort().join('\n'), clause]));
  for (const { terms, isPassive } of clausesOf(one)) {
    const found = theirs.get([...terms].sort().join('\n'));
    if (found === undefined || found.isPassive !== isPassive) continue;
    const at = terms.findIndex((term, index) => term !== found.terms[index]);
    // "Use the cache" and "the cache is to be used": only the verb has moved.
    if (isMoved(terms, found.terms) || isMoved(found.terms, terms)) continue;
    if (at >= 0) return [terms[at] ?? '', found.terms[at] ?? ''];
  }
  return null;
}

/** Whether only the first of the terms stands elsewhere. */
function isMoved([first, ...rest]: readonly string[], terms: readonly string[]): boolean {
  const others = terms.filter((term) => term !== first);
  return others.length === rest.length && others.every((term, at) => term === rest[at]);
}

function clausesOf({ said, passive }: Reading): { terms: string[]; isPassive: boolean }[] {
  const clauses = new Map<number, string[]>();
  for (const { clause, term } of said) {
    const terms = clauses.get(clause);
    if (terms === undefined) clauses.set(clause, [term]);
    else terms.push(term);
  }
  return [...clauses].map(([clause, terms]) => ({ terms, isPassive: passive.has(clause) }));
}

/**
 * Whether exact terms (numbers, names of things) that stand in another order still stand beside the same words: "x
 * 3, y 5" and "y 5, x 3", but not "x 5, y 3".
 */
export function sameCompany(one: Reading, other: Reading, pairs: readonly Pair[]): boolean {
  const exact = new Set(
    pairs.flatMap((pair) => (pair.one.kind === 'word' && pair.other.kind === 'word' ? [] : [pair.one.term])),
  );
  const [ours, theirs] = [one, other].map(({ said }) =>
    said.map(({ term }) => term).filter((term) => exact.has(term)),
  ) as [string[], string[]];
  if (ours.length === theirs.length && ours.every((key, at) => key === theirs[at])) return true;
  const [company, others] = [companyOf(one, exact), companyOf(other, exact)];
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
function companyOf({ said }: Reading, exact: ReadonlySet<string>): Company {
  const company: Company = new Map();
  for (const [at, each] of said.entries()) {
    if (!exact.has(each.term)) continue;
    const beside = (other: Said | undefined): string => (other?.sentence === each.sentence ? other.term : '');
    const place = { left: beside(said[at - 1]), right: beside(said[at + 1]) };
    company.set(each.term, [...(company.get(each.term) ?? []), place]);
  }
  return company;
}

/**
 * Places where the two texts have different terms between the same two: "query terms damped" and "query weights
 * damped". The ends of a sentence count as terms. What stands elsewhere in the other text as well is found so too.
 */
export function exchangedPlaces(one: Reading, other: Reading, pairs: readonly Pair[]): [Said, Said][] {
  const both = new Set(
    pairs.filter(({ one, other }) => one.times === other.times).map(({ one }) => one.term),
  );
  const theirs = betweenOf(other);
  const found: [Said, Said][] = [];
  for (const [place, ours] of betweenOf(one)) {
    const others = theirs.get(place);
    const [a, b] = [ours[0], others?.[0]];
    if (a === undefined || b === undefined || others === undefined) continue;
    const areAlike = (x: Said, y: Said): boolean =>
      x.term === y.term || areSynonyms(x.stem, y.stem) || areMisspelt(x.word, y.word);
    // Words that both have, as often, have only moved: to the end of a sentence, or to the other side of the verb.
    const isEdge = place.startsWith('\n') || place.endsWith('\n');
    const isTurned = one.passive.has(a.clause) !== other.passive.has(b.clause);
    if ((isEdge || isTurned) && both.has(a.term) && both.has(b.term)) continue;
    if (!ours.some((x) => others.some((y) => areAlike(x, y)))) found.push([a, b]);
  }
  return found;
}

/** Neighbours in common, as a share of all, from which two pieces of code or data are the same. */
const SAME_ORDER = 0.9;

/** Whether what is no prose keeps its order: there it is the order that says something. */
export function sameCode(one: Reading, other: Reading): boolean {
  const [ours, theirs] = [neighboursIn(one), neighboursIn(other)];
  const common = [...ours].filter((pair) => theirs.has(pair)).length;
  return 2 * common >= SAME_ORDER * (ours.size + theirs.size);
}

/** Terms that follow each other in the sentences that are no prose. */
function neighboursIn({ said, prose }: Reading): Set<string> {
  const code = said.filter(({ sentence }) => !prose.has(sentence)).map(({ term }) => term);
  return new Set(code.slice(1).map((term, at) => `${code[at]}\n${term}`));
}

/** By what stands before and after, the terms that stand between. */
function betweenOf({ said }: Reading): Map<string, Said[]> {
  const between = new Map<string, Said[]>();
  for (const [at, middle] of said.entries()) {
    const beside = (other: Said | undefined): string =>
      other?.sentence === middle.sentence ? other.term : '';
    const [left, right] = [beside(said[at - 1]), beside(said[at + 1])];
    if (left === '' && right === '') continue;
    const place = `${left}\n${right}`;
    between.set(place, [...(between.get(place) ?? []), middle]);
  }
  return between;
}
