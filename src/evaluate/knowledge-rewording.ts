/** Changing the plain words of a text, and leaving alone what carries meaning to the letter. Pure. */
import type { Draw } from './knowledge-draw.js';

/** Puts a text another way; null where it has nothing to change. */
export type Rewording = (text: string, draw: Draw) => string | null;

/** Changes some of the plain words of a text; null where none was changed. */
export function eachWord(text: string, change: (word: string) => string | null): string | null {
  let changed = false;
  const result = text.replace(/(?<![\w./\\'@#$<-])[A-Za-z]+(?![\w/\\'-]|\.\w)/gu, (word) => {
    const other = change(word);
    if (other === null) return word;
    changed = true;
    return other;
  });
  return changed ? result : null;
}

export const likeCase = (word: string, other: string): string =>
  /^[A-Z]/u.test(word) ? other.charAt(0).toUpperCase() + other.slice(1) : other;

/** Rewords by a table; each word once at most, some share of those that could be. */
export const byTable =
  (table: ReadonlyMap<string, readonly string[]>, share: number): Rewording =>
  (text, draw) =>
    eachWord(text, (word) => {
      const others = table.get(word.toLowerCase());
      if (others === undefined || draw.share() > share) return null;
      return likeCase(word, draw.one(others));
    });

export function tableOf(lines: string): Map<string, string[]> {
  const table = new Map<string, string[]>();
  for (const line of lines.trim().split('\n')) {
    const words = line.trim().split(/\s+/u);
    for (const word of words)
      table.set(
        word,
        words.filter((other) => other !== word),
      );
  }
  return table;
}
