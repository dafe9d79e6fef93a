/** How one text differs from another: by lines, and within long lines by words. Pure. */
import { create } from 'jsondiffpatch';

/** A piece of text in the place of another; one of them is null where something was added or removed. */
export interface TextPart {
  /** Line, from 1, in the later text; in the earlier where it was removed. Null for texts of one line. */
  line: number | null;
  before: string | null;
  after: string | null;
}

/** Longest text that is told whole. */
const SHORT = 80;
/** Words around what differs, by which it is found. */
const AROUND = 3;
/** Pieces times pieces that are compared with each other; more are told as one. */
const MOST_PAIRS = 1_000_000;

const differ = create({ matchByPosition: false, arrays: { detectMove: false } });

/** What differs; null where both are so short that they are best told whole. */
export function textParts(before: string, after: string): TextPart[] | null {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  if (old.length === 1 && fresh.length === 1)
    return isShort(before) && isShort(after) ? null : wordParts(before, after, null);
  return hunks(old, fresh).flatMap((hunk) => {
    const parts: TextPart[] = [];
    const most = Math.max(hunk.before.length, hunk.after.length);
    for (let nth = 0; nth < most; nth += 1) {
      const was = hunk.before[nth];
      const is = hunk.after[nth];
      const line = is === undefined ? hunk.beforeAt + nth + 1 : hunk.afterAt + nth + 1;
      if (was === undefined || is === undefined || (isShort(was) && isShort(is)))
        parts.push({ line, before: was ?? null, after: is ?? null });
      else parts.push(...wordParts(was, is, line));
    }
    return parts;
  });
}

const isShort = (text: string): boolean => text.length <= SHORT;

function wordParts(before: string, after: string, line: number | null): TextPart[] {
  const [old, fresh] = [wordsOf(before), wordsOf(after)];
  return hunks(old, fresh).map((hunk) => ({
    line,
    before: around(old, hunk.beforeAt, hunk.before.length),
    after: around(fresh, hunk.afterAt, hunk.after.length),
  }));
}

/** Words with the space after them, so that joined they are the text again. */
const wordsOf = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

function around(words: readonly string[], at: number, count: number): string {
  const from = Math.max(0, at - AROUND);
  const to = Math.min(words.length, at + count + AROUND);
  const text = words.slice(from, to).join('').trim();
  return `${from > 0 ? '… ' : ''}${text}${to < words.length ? ' …' : ''}`;
}

/** Pieces that follow each other, in the place of others. */
interface Hunk {
  beforeAt: number;
  before: string[];
  afterAt: number;
  after: string[];
}

function hunks(before: readonly string[], after: readonly string[]): Hunk[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const old = before.slice(head, before.length - tail);
  const fresh = after.slice(head, after.length - tail);
  if (old.length === 0 && fresh.length === 0) return [];
  if (old.length === 0 || fresh.length === 0 || old.length * fresh.length > MOST_PAIRS)
    return [{ beforeAt: head, before: old, afterAt: head, after: fresh }];
  const delta = (differ.diff(old, fresh) ?? {}) as Record<string, unknown>;
  const found: Hunk[] = [];
  for (let was = 0, is = 0; was < old.length || is < fresh.length; ) {
    const hunk: Hunk = { beforeAt: head + was, before: [], afterAt: head + is, after: [] };
    for (; was < old.length && `_${was}` in delta; was += 1) hunk.before.push(old[was] ?? '');
    for (; is < fresh.length && String(is) in delta; is += 1) hunk.after.push(fresh[is] ?? '');
    if (hunk.before.length + hunk.after.length > 0) found.push(hunk);
    was += 1;
    is += 1;
  }
  return found;
}
