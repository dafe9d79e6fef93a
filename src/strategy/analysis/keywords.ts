/** The words that a task is mostly about. Pure. */
import { isTelling } from './kind-words.js';
import type { TaskText } from './read-text.js';

const MAX_KEYWORDS = 20;

/**
 * The words that occur most, in the form that comes first; of as many, the earlier. Forms of one word are counted
 * together.
 */
export function keywordsOf({ tokens }: TaskText): string[] {
  const counts = new Map<string, { word: string; count: number }>();
  for (const { stem, word } of tokens) {
    if (!isTelling(word)) continue;
    const known = counts.get(stem) ?? { word, count: 0 };
    counts.set(stem, { ...known, count: known.count + 1 });
  }
  return [...counts.values()]
    .sort((one, other) => other.count - one.count)
    .slice(0, MAX_KEYWORDS)
    .map(({ word }) => word);
}
