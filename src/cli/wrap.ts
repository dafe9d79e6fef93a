/** Breaking long text at the terminal's edge. Pure. */
import { stripVTControlCharacters } from 'node:util';

/** Below this a terminal gets its lines unbroken: a column of single words is no easier to read. */
const NARROWEST = 20;

/**
 * Breaks a line at spaces. Words that are longer than the width, such as addresses, stay whole.
 *
 * @param width characters of a line; undefined where there is no edge
 */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || width < NARROWEST || lengthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && lengthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Characters of the longest line. */
export const widest = (lines: readonly string[]): number => Math.max(0, ...lines.map(lengthOf));

const lengthOf = (text: string): number => Array.from(stripVTControlCharacters(text)).length;
