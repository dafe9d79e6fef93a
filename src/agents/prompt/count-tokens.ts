/** Tokens of a text, as the encoding o200k_base has them: near enough for the models of other makers too. */
import { countTokens as countSlice, setMergeCacheSize } from 'gpt-tokenizer/encoding/o200k_base';
import { clip } from '../clip.js';

/** The encoder's time grows with the square of a word's length, and a hostile word may have any. */
const SLICE_CHARS = 2_000;
/** A cut through a word may hide how its halves would have been encoded together. */
const CUT_TOKENS = 2;
/** The encoder remembers words, which may be as long as a slice. */
setMergeCacheSize(10_000);
/** Names of special tokens are text like any other. */
const asText = { disallowedSpecial: new Set<string>() };
/** Where the search for the right length begins; English has some four. */
const CHARS_PER_TOKEN = 16;
/** The least that `clip` takes. */
const SHORTEST_CLIP = 80;

/**
 * Tokens of a text, at least as many as the whole of it encodes to.
 *
 * @param enough counting stops once it is passed
 */
export function countTokens(text: string, enough = Number.POSITIVE_INFINITY): number {
  let tokens = 0;
  for (let start = 0; start < text.length && tokens <= enough; ) {
    const { end, clean } = cutAfter(text, start);
    tokens += countSlice(text.slice(start, end), asText) + (clean ? 0 : CUT_TOKENS);
    start = end;
  }
  return tokens;
}

/** Where a slice ends: best before the space before a word, where the encoding cuts as well. */
function cutAfter(text: string, start: number): { end: number; clean: boolean } {
  const furthest = start + SLICE_CHARS;
  if (furthest >= text.length) return { end: text.length, clean: true };
  for (let at = furthest; at > start + SLICE_CHARS / 2; at -= 1)
    if (text[at] === ' ' && /\S/.test(text[at - 1] ?? ' ')) return { end: at, clean: true };
  const code = text.charCodeAt(furthest);
  const isLow = code >= 0xdc00 && code <= 0xdfff;
  return { end: isLow ? furthest - 1 : furthest, clean: false };
}

/** A text of at most so many tokens: without its middle where it has more, empty where even that is too long. */
export function clipToTokens(text: string, maxTokens: number): string {
  if (countTokens(text, maxTokens) <= maxTokens) return text;
  let chars = Math.min(text.length - 1, Math.floor(maxTokens * CHARS_PER_TOKEN));
  while (chars >= SHORTEST_CLIP) {
    const clipped = clip(text, chars);
    const tokens = countTokens(clipped);
    if (tokens <= maxTokens) return clipped;
    chars = Math.floor(((chars * maxTokens) / tokens) * 0.97);
  }
  return '';
}
