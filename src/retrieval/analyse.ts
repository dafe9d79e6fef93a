/** Texts as terms: what a search by words compares. */
import { stemmer } from 'stemmer';
import { irregularForms } from './irregular-forms.js';
import { stopWords } from './stop-words.js';

/** Words and numbers with what joins them to an identifier, a path, a version or an address. */
const TOKEN = /[\p{L}\p{N}\p{M}]+(?:[_./:\\-]+[\p{L}\p{N}\p{M}]+)*/gu;
/** The words of an identifier: capitals in a row, a word, a number. */
const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|[\p{L}\p{M}]+/gu;
/** What is left of a word in a contraction: "doesn't", "it's", "they're". */
const CONTRACTION = /(?:n['’]t|['’](?:s|m|re|ve|ll|d))(?!\p{L})/giu;
/** Accents of Latin, Greek and Cyrillic letters, taken apart from them. */
const ACCENT = /[\u0300-\u036f]/gu;
/** Writing without spaces between the words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{2,}/u;
/** Characters of an identifier that is kept whole. */
const LONGEST_WHOLE = 100;

/**
 * The terms of a text in order, with repeats: stems in lower case and without accents, of identifiers both the
 * whole and the parts, without {@link stopWords}. Writing without spaces becomes overlapping pairs of characters.
 *
 * Stems by Porter, "An algorithm for suffix stripping", 1980.
 */
export function analyse(text: string): string[] {
  const plain = text.normalize('NFKD').replace(ACCENT, '').normalize('NFC').replace(CONTRACTION, '');
  const terms: string[] = [];
  for (const [token] of plain.matchAll(TOKEN)) {
    const parts = token.match(PART) ?? [];
    if (parts.length > 1 && token.length <= LONGEST_WHOLE) terms.push(token.toLowerCase());
    for (const part of parts) {
      if (UNSPACED.test(part)) terms.push(...pairsOf(part));
      else {
        const word = part.toLowerCase();
        if (!stopWords.has(word)) terms.push(stemmer(irregularForms.get(word) ?? word));
      }
    }
  }
  return terms;
}

function pairsOf(run: string): string[] {
  const characters = Array.from(run);
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}
