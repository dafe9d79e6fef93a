/** A text as the comparison sees it: what it says word for word, what it denies, and in what order. Pure. */
import { analyse } from '../../retrieval/analyse.js';
import { stopWords } from '../../retrieval/stop-words.js';
import { isExact, quantityOf, tokensOf, unitOf } from './exact.js';
import { directions, fillers, isNegator, type Pole, plainEnglish, poleOf, qualifiers } from './lexicon.js';
import { areMisspelt } from './misspelt.js';
import { isChatter, isRemark, isTalk } from './remarks.js';
import { type Clause, type Ordered, orderedIn, unordered } from './sides.js';
import { isProse, operatorsOf, PROSE_SHARE, sentencesOf, withoutLead } from './split-sentences.js';

/** Something that a text says, in its place. */
export interface Said {
  /** What is compared: a stem, or an exact token. */
  term: string;
  /** The stem; the token itself where it is exact. */
  stem: string;
  /** As written, in lower case. */
  word: string;
  kind: 'word' | 'exact' | 'number';
  /** The side that it takes, where it has an opposite. */
  pole?: Pole | undefined;
  /** -1 where it is denied, or stands on the negative side of its axis; not so where both. */
  sign: 1 | -1;
  isDenied: boolean;
  clause: number;
  sentence: number;
  /** The preposition between it and what stands before it in its clause; empty where there is none. */
  link: string;
  /** What narrows it: "only", "except"; empty where nothing does. */
  narrowing: string;
}

export interface Reading {
  said: readonly Said[];
  /** Names: capitalised where nothing else asks for it, as stems. */
  names: ReadonlySet<string>;
  /** Words that narrow what is said, with the sentences that they stand in. */
  qualifiers: ReadonlyMap<string, ReadonlySet<number>>;
  ordered: readonly Ordered[];
  /** Clauses in which the doer stands after `by`. */
  passive: ReadonlySet<number>;
  /** Clauses that say what has to be, or where a limit is. */
  ruled: ReadonlySet<number>;
  /** All words in lower case, the small ones as well. */
  words: ReadonlySet<string>;
  /** How often something is denied, whatever it is. */
  denials: number;
  /** How often the small words stand there that decide by themselves: "before", "after", "or". */
  deciding: ReadonlyMap<string, number>;
  /** How often it says that something has to be, and that something can be. */
  modals: { obliged: number; possible: number };
  /** Operators of code, sorted. */
  operators: string;
  /** Sentences that only add a word of one's own: "Took me a while to see." */
  remarks: ReadonlySet<number>;
  /** Sentences that are talk, with which it says no more than without, in small letters. */
  talk: ReadonlySet<string>;
  /** Sentences that have no word of the matter, in small letters: "Of course!" */
  idle: ReadonlySet<string>;
  /** Sentences without a capital: what stands in them may have had some. */
  small: ReadonlySet<number>;
  /** Sentences that read as English prose by themselves. */
  prose: ReadonlySet<number>;
  /** Whether it reads as English prose. */
  isEnglish: boolean;
  /** Whether capitals tell nothing: there are none, or nothing else. */
  isCaseless: boolean;
}

const CLAUSE_END = /,(?=\s)|:(?=\s|$)|\s[-–—]\s|[()]|\b(?=(?:because|but|while|unless|whereas|so that)\b)/iu;
/** Small words by which a clause is a rule. */
const rules: ReadonlySet<string> = new Set([
  'must',
  'should',
  'shall',
  'never',
  'always',
  'within',
  'least',
  'most',
]);
/** Small words that change what is said, whatever stands around them. */
const DECIDING: ReadonlySet<string> = new Set(['before', 'after', 'or']);
/** Small words by which something has to be, and by which it can be. */
const OBLIGING: ReadonlySet<string> = new Set(['must', 'shall', 'should']);
const ENABLING: ReadonlySet<string> = new Set(['can', 'could']);
/** Small words that say how what follows them belongs to what stands before. */
const LINKS: ReadonlySet<string> = new Set(
  'of from to into onto by for in on at with over under against as through'.split(' '),
);
/** What may follow a thing that is named A, and no article. */
const AFTER_NAME: ReadonlySet<string> = new Set(
  'is are was has does can will should must and or than to before after'.split(' '),
);
/** What a text says, as it is read piece by piece. */
interface Found {
  clauses: Clause[];
  names: Set<string>;
  qualifiers: Map<string, Set<number>>;
  words: Set<string>;
  passive: Set<number>;
  ruled: Set<number>;
  deciding: Map<string, number>;
  modals: { obliged: number; possible: number };
  small: number;
  all: number;
  denials: number;
}

/**
 * Reads a text.
 *
 * @param without sentences of talk that are left out, as {@link Reading.talk} has them
 */
export function read(text: string, without: ReadonlySet<string> = new Set()): Reading {
  const found: Found = {
    ...{ clauses: [], names: new Set(), qualifiers: new Map(), words: new Set(), passive: new Set() },
    ...{ ruled: new Set(), deciding: new Map(), modals: { obliged: 0, possible: 0 } },
    ...{ small: 0, all: 0, denials: 0 },
  };
  const sentences = sentencesOf(text).filter((each) => !without.has(each.toLowerCase()));
  for (const [at, each] of sentences.entries()) if (!isChatter(each)) readSentence(each, at, found);
  const { clauses, small, all, names, qualifiers: narrowing, words, passive, ruled, deciding } = found;
  const ordered = clauses.map((clause, at) => orderedIn(clause, clauses[at - 1], clauses[at + 1]));
  const saying = new Set(clauses.flatMap(({ said, sentence }) => (said.length > 0 ? [sentence] : [])));
  const where = (fits: (sentence: string) => boolean): Set<number> =>
    new Set(sentences.flatMap((each, at) => (fits(each) ? [at] : [])));
  return {
    said: clauses.flatMap((clause, at) => [...clause.said, ...unordered(clause, ordered[at] ?? [], at)]),
    ...{ names, qualifiers: narrowing, ordered: ordered.flat(), passive, ruled, words, deciding },
    ...{ denials: found.denials, modals: found.modals, operators: operatorsOf(sentences) },
    remarks: where(isRemark),
    idle: new Set(sentences.filter((_, at) => !saying.has(at)).map((each) => each.toLowerCase())),
    talk: new Set(sentences.filter(isTalk).map((each) => each.toLowerCase())),
    prose: where(isProse),
    small: where((each) => !/\p{Lu}/u.test(each)),
    isEnglish: all > 0 && small / all >= PROSE_SHARE,
    isCaseless: !/\p{Lu}/u.test(text) || !/\p{Ll}/u.test(text),
  };
}

function readSentence(text: string, sentence: number, found: Found): void {
  const isTitle = isTitleCase(text);
  // A denial at the end of a clause that has nothing else is of the next one: "not while reading".
  let carried: 1 | -1 = 1;
  for (const part of plainEnglish(withoutLead(text)).split(CLAUSE_END)) {
    const clause: Clause = { said: [], marks: [], sentence };
    const sign = readClause(piecesOf(part), clause, carried, isTitle, found);
    // A denial at the end is of what stands before it: "restarts are not to be had".
    const last = clause.said.at(-1);
    carried = last === undefined ? sign : 1;
    if (last !== undefined && sign < 0) {
      last.sign = last.sign === 1 ? -1 : 1;
      last.isDenied = !last.isDenied;
    }
    found.clauses.push(clause);
  }
}

/** @returns the sign with which it ends: -1 where a denial has nothing after it */
function readClause(
  tokens: readonly string[],
  { said, marks, sentence }: Clause,
  carried: 1 | -1,
  isTitle: boolean,
  found: Found,
): 1 | -1 {
  const clause = found.clauses.length;
  let sign = carried;
  let [link, narrowing] = ['', ''];
  const say = (term: string, word: string, kind: Said['kind'], pole?: Pole): void => {
    const side = pole === undefined ? sign : ((pole.sign * sign) as 1 | -1);
    const isDenied = sign < 0;
    said.push({
      term,
      stem: term,
      word,
      kind,
      pole,
      sign: side,
      isDenied,
      clause,
      sentence,
      link,
      narrowing,
    });
    sign = 1;
    [link, narrowing] = ['', ''];
  };
  for (const [at, token] of tokens.entries()) {
    const lower = intended(token.toLowerCase());
    const unit = unitOf(lower);
    const last = said.at(-1);
    if (unit !== null && last?.kind === 'number' && !last.term.includes(' ')) {
      last.term += ` ${unit}`;
      last.stem = last.term;
      continue;
    }
    const quantity = quantityOf(token);
    if (quantity !== null || isExact(token) || isNameA(lower, tokens[at + 1])) {
      const term =
        quantity === null ? token : quantity.value + (quantity.unit === null ? '' : ` ${quantity.unit}`);
      say(term, lower, quantity === null ? 'exact' : 'number');
      continue;
    }
    tally(lower, clause, sentence, found);
    if (directions.has(lower)) marks.push({ direction: lower, at: said.length });
    if (LINKS.has(lower)) link = lower;
    if (isNegator(lower)) sign = sign === 1 ? -1 : 1;
    if (isNegator(lower) || directions.has(lower) || fillers.has(lower)) continue;
    for (const stem of analyse(lower).slice(-1)) {
      if (at > 0 && !isTitle && /^\p{Lu}/u.test(token)) found.names.add(stem);
      say(stem, lower, 'word', poleOf(stem, lower));
    }
    if (qualifiers.has(lower)) narrowing = lower;
  }
  return sign;
}

/** Counts a word among the small ones that decide what a text claims. */
function tally(word: string, clause: number, sentence: number, found: Found): void {
  found.all += 1;
  found.words.add(word);
  if (stopWords.has(word) || isNegator(word)) found.small += 1;
  if (word === 'by') found.passive.add(clause);
  if (rules.has(word)) found.ruled.add(clause);
  if (qualifiers.has(word))
    found.qualifiers.set(word, (found.qualifiers.get(word) ?? new Set()).add(sentence));
  if (DECIDING.has(word)) found.deciding.set(word, (found.deciding.get(word) ?? 0) + 1);
  if (OBLIGING.has(word)) found.modals.obliged += 1;
  if (ENABLING.has(word)) found.modals.possible += 1;
  if (isNegator(word)) found.denials += 1;
}

/** Whether it is a thing named A: "A is faster than B". */
const isNameA = (word: string, next: string | undefined): boolean =>
  word === 'a' && (next === undefined || AFTER_NAME.has(next.toLowerCase()));

/** Tokens; those that are words of prose joined by a hyphen or a slash are parted. */
const piecesOf = (part: string): string[] =>
  tokensOf(part).flatMap((token) =>
    quantityOf(token) !== null || isExact(token)
      ? [token]
      : token.split(/[-/–—]+/u).filter((piece) => piece !== ''),
  );

/** The small word that was meant, where one that decides is misspelt; else the word. */
const intended = (word: string): string =>
  stopWords.has(word) || word.length < 4
    ? word
    : (guarded.find((small) => small === word || small === `${word}e` || areMisspelt(word, small)) ?? word);
/** Small words by which a claim stands or falls, long enough to be told when misspelt. */
const guarded = [
  ...['before', 'after', 'never', 'without', 'cannot', 'which', 'their', 'because', 'between', 'should'],
  ...qualifiers,
].filter((word) => word.length >= 5);

/** Where most words begin with a capital, none of them is a name for it. */
function isTitleCase(sentence: string): boolean {
  const words = (sentence.match(/\p{L}[\p{L}'’]*/gu) ?? []).filter(
    (word) => !stopWords.has(word.toLowerCase()),
  );
  const capital = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  return capital > 1 && capital / words.length >= 0.6;
}
