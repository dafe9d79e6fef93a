/** Whether two statements have enough words in common to be worth comparing whole: a hundred times cheaper. Pure. */
import { analyse } from '../../retrieval/analyse.js';
import { type Statement, statementText } from './statement.js';

/** Characters of a text whose words are looked at. */
const MAX_TEXT = 5_000;
/** Least share of the words of both that two have in common (Dice): what says the same in quite other words is left. */
const LEAST_OVERLAP = 0.35;

/** The words of a statement, without their endings. */
export const termsOf = (statement: Statement): ReadonlySet<string> =>
  new Set(analyse(statementText(statement).slice(0, MAX_TEXT)));

/** Words that two statements of so many words need to have in common; not a whole number. */
export const leastInCommon = (ofOne: number, ofOther: number): number =>
  (LEAST_OVERLAP / 2) * (ofOne + ofOther);

export function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  // Texts without words of their own, such as bare numbers, are compared whole.
  if (many.size === 0) return true;
  const enough = leastInCommon(few.size, many.size);
  if (few.size < enough) return false;
  let both = 0;
  for (const term of few) if (many.has(term)) both += 1;
  return both >= enough;
}
