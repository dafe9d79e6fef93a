/** Words that one of two texts has alone and that change what it claims: those that narrow, names, those that order. Pure. */
import type { Pair } from './matching.js';
import { standsSurely } from './order.js';
import type { Reading } from './reading.js';

/** A word by which one of the texts narrows what both say. */
export function qualifierOf(one: Reading, other: Reading, pairs: readonly Pair[]): string | null {
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
export function nameBetween(one: Reading, other: Reading, pairs: readonly Pair[]): string | null {
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

/** A small word that decides what is said and stands more often in one of the texts. */
export function decidingWord(one: Reading, other: Reading): string | null {
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
