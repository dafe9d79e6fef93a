/** Two texts with what stands for each other under the same name, so that their order can be compared. Pure. */
import type { Pair } from './matching.js';
import type { Reading } from './reading.js';

/** Gives each term of a pair the name of its first one, in both texts. */
export function namedAlike(one: Reading, other: Reading, pairs: readonly Pair[]): [Reading, Reading] {
  return [named(one, namesOf(pairs, 'one')), named(other, namesOf(pairs, 'other'))];
}

/** Opposites keep their names unless one of them is denied: to stand for each other does not make them the same. */
const namesOf = (pairs: readonly Pair[], side: 'one' | 'other'): Map<string, string> =>
  new Map(
    pairs
      .filter(
        ({ how, one, other }) => how !== 'pole' || one.negative * other.times === other.negative * one.times,
      )
      .flatMap((pair) => [...pair[side].terms].map((term): [string, string] => [term, pair.one.term])),
  );

function named(reading: Reading, names: ReadonlyMap<string, string>): Reading {
  const nameOf = (term: string): string => names.get(term) ?? term;
  return {
    ...reading,
    said: reading.said.map((each) => ({ ...each, term: nameOf(each.term) })),
    ordered: reading.ordered.map(({ direction, left, right }) => ({
      direction,
      left: left.map(nameOf),
      right: right.map(nameOf),
    })),
  };
}
