/** The words that a task's kind is told by. */
import { functionWords, stopWords } from './lexicon.js';
import type { Token } from './read-text.js';
import { readText } from './read-text.js';

/** What a task is comes first in its text; what follows is detail. */
const KIND_CHARS = 1_000;
const MAX_WORDS = 60;
/** Longer runs of letters are data, and no words of a kind. */
const MAX_LENGTH = 40;

/** What stands for a secret that was taken out says nothing. */
const HIDDEN = 'redacted';
const isWord = ({ word }: Token): boolean =>
  word !== HIDDEN && word.length <= MAX_LENGTH && (word.length > 1 || /[^a-z0-9]/.test(word));
// In other scripts two signs are a word.
const isSmall = (word: string): boolean =>
  stopWords.has(word) || functionWords.has(word) || word.length < (/^[a-z]/.test(word) ? 3 : 2);

/**
 * The stems of a text's beginning, each once, in the order of the text. Small words are among them: how a thing is
 * asked (`how many`, `which of`) tells its kind as well as what is asked.
 */
export function kindWords(description: string): Map<string, string> {
  const words = new Map<string, string>();
  for (const token of readText(description.slice(0, KIND_CHARS)).tokens) {
    if (words.size >= MAX_WORDS) break;
    if (isWord(token) && !words.has(token.stem)) words.set(token.stem, token.word);
  }
  return words;
}

/** Whether a word says something of what a task is about, and may name a category. */
export const isTelling = (word: string): boolean =>
  word !== HIDDEN && !isSmall(word) && !/^\p{N}/u.test(word);
