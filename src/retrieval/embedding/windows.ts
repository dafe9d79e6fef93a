/** Texts longer than a model reads at once. */
import type { Embedder } from './embedder.js';

/** Vectors of one text: what an index holds for each document is bounded by it. */
export const MAX_WINDOWS = 4;
/** Characters of a window where the embedder cannot tell tokens: about 256 tokens of English. */
const WINDOW_CHARS = 1_000;

/**
 * The vectors of a text, one for each window of the model, at most {@link MAX_WINDOWS}; a text fits a query as
 * well as its best window does. Of a text with more windows, the last one and the first ones are taken: the end
 * of a report often holds its error. None for a text without a character to read.
 *
 * @throws EmbeddingError when the vectors cannot be had
 */
export async function embedWindows(embedder: Embedder, text: string): Promise<Float32Array[]> {
  const windows = windowsOf(embedder, text);
  return windows.length === 0 ? [] : embedder.embed(windows);
}

/** The pieces of a text that {@link embedWindows} embeds. */
export function windowsOf(embedder: Embedder, text: string): string[] {
  const pieces = embedder.split?.(text) ?? splitByCharacters(text);
  if (pieces.length <= MAX_WINDOWS) return pieces;
  return [...pieces.slice(0, MAX_WINDOWS - 1), ...pieces.slice(-1)];
}

/** Pieces of about {@link WINDOW_CHARS}, cut between words where there are any. */
const splitByCharacters = (text: string): string[] => packWords(text, WINDOW_CHARS, (word) => word.length);

/** Longest run of characters that is kept together. */
const LONGEST_WORD = 200;

/**
 * Fills windows with whole words, in order.
 *
 * @param size of a window, in the unit of `sizeOf`; a word of more has a window of its own
 */
export function packWords(text: string, size: number, sizeOf: (word: string) => number): string[] {
  const windows: string[] = [];
  let current = '';
  let filled = 0;
  for (const [word] of text.matchAll(new RegExp(`\\S{1,${LONGEST_WORD}}\\s*`, 'gu'))) {
    const needed = sizeOf(word);
    if (current !== '' && filled + needed > size) {
      windows.push(current.trimEnd());
      [current, filled] = ['', 0];
    }
    current += word;
    filled += needed;
  }
  return current === '' ? windows : [...windows, current.trimEnd()];
}
