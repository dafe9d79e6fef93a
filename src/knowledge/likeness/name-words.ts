/** Words as the reasons for people name them. Pure. */
import type { Term } from './matching.js';

export const quoted = (words: Iterable<string>): string => [...words].map((word) => `"${word}"`).join(', ');

export const wordOf = ({ words, term }: Term): string => [...words][0] ?? term;

/** Words that are named, at most. */
export const NAMED = 3;

export const few = (terms: readonly Term[]): string =>
  terms.length === 0
    ? 'nothing'
    : quoted(terms.slice(0, NAMED).map(wordOf)) + (terms.length > NAMED ? ' …' : '');
