/** Whether two texts put the same words together in sentences. Pure. */
import type { Pair } from './matching.js';
import type { Reading } from './reading.js';

/**
 * A sentence of which no sentence of the other text has all that both texts have: "cache the rows, drop the files" and
 * "cache the files, drop the rows" share all their words. Sentences may be split and put together: each has to be
 * within one of the other's, or consist of whole ones of them.
 *
 * @returns its words in common; null where all sentences hold together
 */
export function tornSentence(one: Reading, other: Reading, pairs: readonly Pair[]): string[] | null {
  const both = new Set(pairs.map((pair) => pair.one.term));
  const [ours, theirs] = [sharedBy(one, both), sharedBy(other, both)];
  return tornIn(ours, theirs) ?? tornIn(theirs, ours);
}

function tornIn(
  sentences: readonly ReadonlySet<string>[],
  others: readonly ReadonlySet<string>[],
): string[] | null {
  for (const sentence of sentences) {
    if (others.some((each) => isWithin(sentence, each))) continue;
    const parts = others.filter((each) => isWithin(each, sentence));
    if (![...sentence].every((term) => parts.some((part) => part.has(term)))) return [...sentence];
  }
  return null;
}

const isWithin = (inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean =>
  inner.size <= outer.size && [...inner].every((term) => outer.has(term));

/** What of each sentence both texts have; without sentences that say something else of it. */
function sharedBy({ said }: Reading, both: ReadonlySet<string>): ReadonlySet<string>[] {
  const sentences = new Map<number, { shared: Set<string>; alone: Set<string> }>();
  for (const { sentence, term } of said) {
    const parts = sentences.get(sentence) ?? { shared: new Set(), alone: new Set() };
    (both.has(term) ? parts.shared : parts.alone).add(term);
    sentences.set(sentence, parts);
  }
  return [...sentences.values()].flatMap(({ shared, alone }) =>
    shared.size === 0 || alone.size >= 2 * shared.size ? [] : [shared],
  );
}
