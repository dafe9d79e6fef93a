/** Finds the signs of a lexicon in a text, and leaves out what the text says is not wanted. */
import type { TaskText, Token } from './read-text.js';
import { stemOf } from './stem.js';

/** A sign as it is looked for. */
interface CompiledSign {
  stems: string[];
  capitals: boolean;
  /** The form it must have, where not any will do. */
  form: string | null;
}

/** Signs by their first stem. */
export type SignTable = ReadonlyMap<string, readonly CompiledSign[]>;

/**
 * Prepares signs: a word in any of its forms, several in a row, a word in capitals (`REST`), or after `=` a word in
 * this form only (`=files`).
 */
export function signTable(signs: readonly string[]): SignTable {
  const table = new Map<string, CompiledSign[]>();
  for (const sign of signs) {
    const form = sign.startsWith('=') ? sign.slice(1) : null;
    const words = (form ?? sign).toLowerCase().split(' ');
    const capitals = form === null && sign !== sign.toLowerCase();
    const [first = '', ...rest] = words.map(stemOf);
    table.set(first, [...(table.get(first) ?? []), { stems: [first, ...rest], capitals, form }]);
  }
  return table;
}

/** A sign that was found. */
export interface FoundSign {
  /** The words it was found by. */
  text: string;
  /** Position of the first of them. */
  at: number;
}

/**
 * The signs in the words that count, each where it first stands, in the order of the text.
 *
 * @param counts which words count
 */
export function signsIn(
  { tokens, places }: TaskText,
  table: SignTable,
  counts: readonly boolean[],
): FoundSign[] {
  const found = new Map<string, FoundSign>();
  for (const [first, signs] of table)
    for (const { stems, capitals, form } of signs) {
      const at = (places.get(first) ?? []).find(
        (place) =>
          (!capitals || tokens[place]?.capitals === true) &&
          (form === null || tokens[place]?.word === form) &&
          stems.every((stem, offset) => tokens[place + offset]?.stem === stem && counts[place + offset]),
      );
      if (at === undefined) continue;
      const text = tokens
        .slice(at, at + stems.length)
        .map(({ word }) => word)
        .join(' ');
      found.set(stems.join(' '), { text, at });
    }
  return [...found.values()].sort((one, other) => one.at - other.at);
}

/** Words that a negation reaches over, at most. */
const REACH = 8;
const refuses = new Set([
  'without',
  'never',
  'skip',
  'avoid',
  'except',
  'excluding',
  "needn't",
  "mustn't",
  "don't",
]);
const refusesBeforeNot = new Set(['do', 'need', 'must', 'please', 'and', 'but', 'or']);
/** With these a new thought begins. */
const ends = new Set([
  'but',
  'because',
  'if',
  'when',
  'while',
  'so',
  'since',
  'just',
  'only',
  'instead',
  'then',
  'after',
]);
const needless = new Set(['needed', 'required', 'necessary', 'wanted', 'allowed']);

/**
 * Which words the text does not refuse: `without tests`, `do not deploy`, `tests are not needed`. What merely does
 * not work (`does not deploy`) is still what the task is about.
 */
export function notRefused(tokens: readonly Token[]): boolean[] {
  const stands = tokens.map(() => true);
  const refuse = (from: number, to: number): void => {
    stands.fill(false, from, to);
  };
  tokens.forEach(({ word, clause, kind }, at) => {
    if (kind !== 'prose') return;
    const before = tokens[at - 1];
    const after = tokens[at + 1];
    const isNo = word === 'no' && after?.word !== 'longer' && after?.word !== 'matter';
    const isNot =
      word === 'not' &&
      after?.word !== 'only' &&
      (before === undefined || before.clause !== clause || refusesBeforeNot.has(before.word));
    const isInstead =
      (word === 'instead' && after?.word === 'of') || (word === 'rather' && after?.word === 'than');
    if (isNo || isNot || isInstead || (refuses.has(word) && after?.word !== 'only')) {
      let end = at + 1 + (isInstead ? 1 : 0);
      while (end < tokens.length && end - at <= REACH && reaches(tokens[end], clause)) end += 1;
      refuse(at, end);
    }
    const negated = before?.word === 'not' || before?.word.endsWith("n't") === true;
    const isUnnecessary = word === 'unnecessary' || word === 'unneeded' || (needless.has(word) && negated);
    const isOutOfScope = word === 'scope' && before?.word === 'of' && tokens[at - 2]?.word === 'out';
    if (isUnnecessary || isOutOfScope) {
      let start = at;
      while (start > 0 && tokens[start - 1]?.clause === clause && at - start < REACH) start -= 1;
      refuse(start, at);
    }
  });
  return stands;
}

const reaches = (token: Token | undefined, clause: number): boolean =>
  token !== undefined && token.clause === clause && !ends.has(token.word);
