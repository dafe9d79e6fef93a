/** Shortens text in a way that shows that it was shortened. */

/**
 * At most `max` characters of a text: its beginning and its end, with a marker between that says how much is
 * missing.
 *
 * @param max characters, at least 80
 */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const marker = `\n[... ${text.length - max} characters cut ...]\n`;
  const kept = max - marker.length;
  const head = Math.ceil(kept / 2);
  return `${upTo(text, head)}${marker}${from(text, text.length - (kept - head))}`;
}

/** The first line that is not blank, at most 300 characters. */
export function firstLine(text: string): string {
  const line = text.split('\n', 1_000).find((part) => part.trim() !== '') ?? '';
  return upTo(line.trim(), 300);
}

// A cut between the halves of a surrogate pair would leave text that is not valid Unicode.
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
const upTo = (text: string, end: number): string =>
  text.slice(0, end < text.length && isLow(text.charCodeAt(end)) ? end - 1 : end);
const from = (text: string, start: number): string =>
  text.slice(isLow(text.charCodeAt(start)) ? start + 1 : start);
