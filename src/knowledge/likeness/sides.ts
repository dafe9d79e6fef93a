/** What the words of a direction put in order: "a before b", "a rather than b". Pure. */
import { poleOf } from './lexicon.js';
import type { Said } from './reading.js';

/** An order of two sides: `left` before `right`, `left` rather than `right`. */
export interface Ordered {
  direction: string;
  left: readonly string[];
  right: readonly string[];
}

/** A part of a sentence, with the places in it where a direction stands. */
export interface Clause {
  said: Said[];
  marks: { direction: string; at: number }[];
  sentence: number;
}

/** Words on each side of a direction that it orders. */
const SIDE = 3;

/**
 * What a clause puts in order; where it begins with the direction, the other side is the clause after it, and of "then"
 * the clause before it.
 */
export function orderedIn(
  { said, marks, sentence }: Clause,
  last: Clause | undefined,
  next: Clause | undefined,
): Ordered[] {
  return marks.flatMap(({ direction, at }): Ordered[] => {
    const before = said.slice(Math.max(0, at - SIDE), at);
    const after = said.slice(at, at + SIDE);
    const beside = direction === 'then' ? last : next;
    const other =
      before.length === 0 && beside?.sentence === sentence ? beside.said.slice(0, SIDE + 1) : before;
    const [left, right] = [other, after].map((side) => side.map(({ term }) => term)) as [string[], string[]];
    if (left.length === 0 || right.length === 0) return [];
    return [
      direction === 'after' ? { direction: 'before', left: right, right: left } : { direction, left, right },
    ];
  });
}

/** `before` and `after` that order nothing in their sentence are told as words: "the first choice after that". */
export function unordered({ marks, sentence }: Clause, ordered: readonly Ordered[], clause: number): Said[] {
  const times = marks.filter(({ direction }) => direction === 'before' || direction === 'after');
  if (times.length === ordered.filter(({ direction }) => direction === 'before').length) return [];
  return times.map(({ direction }): Said => {
    const pole = poleOf(direction, direction);
    return {
      term: direction,
      stem: direction,
      pole,
      word: direction,
      kind: 'word',
      sign: pole?.sign ?? 1,
      isDenied: false,
      ...{ clause, sentence, link: '', narrowing: '' },
    };
  });
}
