/** Whether two texts say the opposite of each other. Pure. */
import { decidingWord, nameBetween, qualifierOf } from './claims.js';
import { deniesAsMuch, turnOf } from './denials.js';
import { LIKENESS } from './limits.js';
import type { Matching, Pair, Term } from './matching.js';
import { quoted, wordOf } from './name-words.js';
import { turnedOrder } from './order.js';
import { otherQuantity } from './quantities.js';
import type { Reading } from './reading.js';

/** What one of two texts says of the other's opposite; null where they do not contradict each other. */
export function contradictionOf(one: Reading, other: Reading, matching: Matching): string | null {
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
  // One word against its opposite in texts that are else the same says so itself.
  const isAlone = turned.length === 1 && turned[0]?.how === 'pole' && pairs.length >= LIKENESS.sameAround;
  if (!(isAlone && only.flat().length === 0) && !turned.every(isProse)) return null;
  if (turned.length > 0) {
    // With one denied more and another one less, the denial has only moved to another word.
    const isMoved = turned.some((pair) => turnOf(pair) > 0) && turned.some((pair) => turnOf(pair) < 0);
    if (isMoved && sameSentence(turned)) return null;
    // "a is faster than b" and "b is slower than a": turned twice.
    if (turnedOrder(one, other)?.isOpposite === true) return null;
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

function sameSentence(pairs: readonly Pair[]): boolean {
  const [first, ...rest] = pairs;
  return (
    first !== undefined &&
    rest.every(({ one }) => [...one.sentences].some((at) => first.one.sentences.has(at)))
  );
}

/** Whether one "before" of the one text is an "after" of the other, where nothing else orders what stands there. */
function isOneTurned(one: Reading, other: Reading): boolean {
  const more = (word: string): number => (one.deciding.get(word) ?? 0) - (other.deciding.get(word) ?? 0);
  return (
    Math.abs(more('before')) === 1 && more('after') === -more('before') && decidingWord(one, other) !== null
  );
}
