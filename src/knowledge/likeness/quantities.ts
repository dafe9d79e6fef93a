/** Whether two texts give different numbers for the same quantity. Pure. */
import { analyse } from '../../retrieval/analyse.js';
import type { Term } from './matching.js';
import type { Reading } from './reading.js';

const stems = (words: string): ReadonlySet<string> =>
  new Set(words.split(/\s+/u).flatMap((word) => analyse(word)));

/** What a number only names, and does not measure: another one names something else. */
const NAMING = stems(
  `line port step version error code issue id page chapter row column http status test case task part release ticket
  number flight reservation section figure item round attempt`,
);
/** What makes a statement a rule, of which only one can hold: a setting, a limit, a need. */
const RULING = stems(
  'set setting limit allow permit need require default maximum minimum max min wait timeout expire charge include',
);
/** Terms between the word that makes it a rule and the number, at most. */
const REACH = 5;

/**
 * The two numbers by which texts of the same words contradict each other: there is just one on each side that the
 * other has not, both of the same unit, beside the same word, which names nothing by them; and what they stand in
 * is a rule (a setting, a limit, a need), not the report of what was seen once. Null where that does not hold.
 */
export function otherQuantity(
  one: Reading,
  other: Reading,
  [left, right]: readonly [readonly Term[], readonly Term[]],
): { one: string; other: string } | null {
  const [a, more] = left;
  const [b, further] = right;
  if (a === undefined || b === undefined || more !== undefined || further !== undefined) return null;
  // Without a unit, a point makes a version of it.
  if ([a, b].some(({ term }) => term.includes('.') && unitOf(term) === '')) return null;
  if (a.kind !== 'number' || b.kind !== 'number' || unitOf(a.term) !== unitOf(b.term)) return null;
  const [places, others] = [placesOf(one, a.term), placesOf(other, b.term)];
  const beside = places.find((place) =>
    others.some(
      (each) =>
        (place.left !== '' && each.left === place.left) || (place.right !== '' && each.right === place.right),
    ),
  );
  if (beside === undefined || NAMING.has(beside.left)) return null;
  const isRule =
    one.ruled.has(beside.clause) ||
    one.said
      .slice(Math.max(0, beside.at - REACH), beside.at + REACH)
      .some(({ clause, stem }) => clause === beside.clause && RULING.has(stem));
  return isRule ? { one: a.term, other: b.term } : null;
}

const unitOf = (term: string): string => term.split(' ')[1] ?? '';

function placesOf({ said }: Reading, term: string) {
  return said.flatMap((each, at) => {
    if (each.term !== term) return [];
    const beside = (other: (typeof said)[number] | undefined): string =>
      other?.clause === each.clause ? other.stem : '';
    return [{ left: beside(said[at - 1]), right: beside(said[at + 1]), clause: each.clause, at }];
  });
}
