/** The words of an item that MongoDB's text index reads. Pure. */
import { stemmer } from 'stemmer';
import { stopWords } from '../retrieval/stop-words.js';
import type { KnowledgeDocument } from './collections.js';

/** Each costs an entry in the text index, which is most of what writing an item costs the server. */
const MOST_WORDS = 24;
/** Characters from which on a longer word is no rarer: the longest are digests and addresses. */
const LONG = 10;

/**
 * The words that tell most of an item: those of its title, tags and category, then the longest of its content, as
 * the longer a word is, the rarer it mostly is (Zipf, *The Psycho-Biology of Language*, 1935). Each once, in lower
 * case, of the same stem only the first, and no stop words.
 *
 * The text index reads this list rather than the text. MongoDB keeps, for each word, the documents by their score,
 * and that of a text depends on its length: each entry then goes to another place of a large index. Words on their
 * own all score the same, so new entries come one after the other.
 */
export function tellingWords(
  { title, tags, category }: Pick<KnowledgeDocument, 'title' | 'tags' | 'category'>,
  text: string,
): string[] {
  const byStem = new Map<string, string>();
  const add = (words: readonly string[]): void => {
    for (const word of words) {
      if (byStem.size >= MOST_WORDS) return;
      const stem = stemmer(word);
      if (!byStem.has(stem)) byStem.set(stem, word);
    }
  };
  add(wordsOf([title, ...tags, category].join('\n')));
  add(wordsOf(text).sort((a, b) => Math.min(LONG, b.length) - Math.min(LONG, a.length)));
  return [...byStem.values()];
}

const wordsOf = (text: string): string[] =>
  [...new Set(text.toLowerCase().match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [])].filter(
    (word) => !stopWords.has(word),
  );
