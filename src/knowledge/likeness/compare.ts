/** Whether two items say the same, the opposite, or neither. Pure. */
import { joinCompounds } from './compounds.js';
import { differenceOf } from './difference.js';
import { LIKENESS } from './limits.js';
import { type Matching, match } from './matching.js';
import { contradictionOf } from './opposite.js';
import { type Reading, read } from './reading.js';
import { MAX_COMPARED, type Statement, statementText } from './statement.js';
import { likenessOf, wordingOf } from './wording.js';

export type { Statement } from './statement.js';

export type Verdict = 'duplicate' | 'contradiction' | 'distinct';

export interface Comparison {
  verdict: Verdict;
  /** Terms that both have or that stand for each other, as a share of all of both (Dice), 0 to 1. */
  score: number;
  /** What decided, for people. */
  why: string;
}

/**
 * Compares two items by their words, and by their meaning where its cosine is known. By words alone it finds fewer,
 * and is as careful.
 *
 * A **duplicate** has the same numbers, versions, paths, identifiers, flags, codes and names; denies nothing that the
 * other does not; narrows nothing ("only", "unless"); and keeps sides in order ("a instead of b", "a calls b"). Its
 * other words are the same, synonyms, or one misspelt; one of the two may say something more, in a sentence of its own:
 * more of it where the cosine is high. One word in the place of another keeps them apart however high the cosine is: it
 * hardly falls for another word in a long text, and for a sibling no more than for a synonym. Text that is no English
 * prose has to be the same word for word: what denies in it is not known.
 *
 * A **contradiction** says the same with what it claims turned round: denied, or an opposite ("enable" and "disable"),
 * or the other way round ("a before b" and "b before a"); or it is a rule with another number for the same quantity.
 *
 * @param cosine of the meanings of both, -1 to 1; null where it is not known
 */
export const compare = (a: Statement, b: Statement, cosine: number | null): Comparison =>
  comparisonWith(a)(b, cosine);

/** {@link compare} with one statement, which is read once for all that it is compared with. */
export function comparisonWith(a: Statement): (b: Statement, cosine: number | null) => Comparison {
  const text = textOf(a);
  return (b, cosine) => compareTexts(text, textOf(b), cosine);
}

/** What an item says; read when it is first asked for. */
interface Text {
  whole: string;
  compared: string;
  reading: () => Reading;
}

function textOf(statement: Statement): Text {
  const whole = statementText(statement);
  const compared = whole.slice(0, MAX_COMPARED);
  let reading: Reading | undefined;
  return {
    whole,
    compared,
    reading: () => {
      reading ??= read(compared);
      return reading;
    },
  };
}

function compareTexts(a: Text, b: Text, cosine: number | null): Comparison {
  if (a.whole === b.whole) return { verdict: 'duplicate', score: 1, why: 'the same to the letter' };
  const rest = a.whole.slice(MAX_COMPARED) === b.whole.slice(MAX_COMPARED);
  const matching = matchBoth(a, b);
  const [one, other] = matching.readings;
  const score = diceOf(matching);
  const verdict = (verdict: Verdict, why: string): Comparison => ({ verdict, score, why });
  if (!rest) return verdict('distinct', 'the texts go on differently');
  if (cosine !== null && cosine < LIKENESS.far) return verdict('distinct', 'another meaning');
  const contradiction = contradictionOf(one, other, matching);
  if (contradiction !== null) return verdict('contradiction', contradiction);
  const difference = differenceOf(one, other, matching) ?? wordingOf(one, other, matching, cosine);
  return difference === null ? verdict('duplicate', likenessOf(matching)) : verdict('distinct', difference);
}

function diceOf({ pairs, only: [left, right] }: Matching): number {
  const all = 2 * pairs.length + left.length + right.length;
  return all === 0 ? 0 : (2 * pairs.length) / all;
}

/**
 * Pairs the terms of both. The talk that one of them has alone is left out where the other has nothing of its own: else
 * it may stand in the place of something.
 */
function matchBoth(a: Text, b: Text): Matching {
  const [one, other] = [a.reading(), b.reading()];
  const whole = matchOf(one, other);
  const [ours, theirs] = [missing(one.talk, other.talk), missing(other.talk, one.talk)];
  if (ours.size > 0 === theirs.size > 0) return whole;
  const side = ours.size > 0 ? 1 : 0;
  if (whole.only[side].length > 0) return whole;
  const without =
    side === 1 ? matchOf(read(a.compared, ours), other) : matchOf(one, read(b.compared, theirs));
  return without.only[side].length === 0 ? without : whole;
}

/** Compounds are looked for where words are left over, as they are few. */
function matchOf(one: Reading, other: Reading): Matching {
  const matching = match(one, other);
  const joined = matching.only.flat().length > 0 ? joinCompounds(one, other, matching.only) : null;
  return joined === null ? matching : match(...joined);
}

/** Sentences of one that the other has not. */
const missing = (from: ReadonlySet<string>, to: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...from].filter((each) => !to.has(each)));
