/** A text as the comparison sees it: what it says word for word, what it denies, and in what order. Pure. */
import { analyse } from '../../retrieval/analyse.js';
import { stopWords } from '../../retrieval/stop-words.js';
import { isExact, quantityOf, tokensOf, unitOf } from './exact.js';
import {
  chatter,
  directions,
  fillers,
  isNegator,
  type Pole,
  plainEnglish,
  poleOf,
  qualifiers,
} from './lexicon.js';
import { areMisspelt } from './misspelt.js';

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
}

/** An order of two sides: `left` before `right`, `left` rather than `right`. */
export interface Ordered {
  direction: string;
  left: readonly string[];
  right: readonly string[];
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
  /** Operators of code, sorted. */
  operators: string;
  /** Sentences that only add a word of one's own: "Took me a while to see." */
  remarks: ReadonlySet<number>;
  /** Sentences without a capital: what stands in them may have had some. */
  small: ReadonlySet<number>;
  /** Sentences that read as English prose by themselves. */
  prose: ReadonlySet<number>;
  /** Whether it reads as English prose. */
  isEnglish: boolean;
  /** Whether capitals tell nothing: there are none, or nothing else. */
  isCaseless: boolean;
}

/** Beginnings of lines that only lay out a list, a quotation or a heading. */
const LAYOUT = /^\s*(?:(?:[-*+•>#]+|\d{1,2}[.)])(?:\s+|$))+/u;
/** A label before what is said, as in `In my experience: …`. */
const LABEL = /^(\p{L}+[- ][-\p{L}' ]{1,40}):\s+(?=[\p{L}[{("'`<])/u;
const SENTENCE_END = /(?<=[.!?…])\s+|\n+|;\s+/u;
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
/** Who speaks of oneself or to others, and not of the matter. */
const PERSONAL =
  /\b(?:I|me|my|mine|myself|we|us|our|ours|everyone|everybody|anyone|anybody|someone|somebody|others|folks|guys|team)\b/u;
/** Share of small words from which a text is prose: English has a third and more, commands and data have few. */
const PROSE_SHARE = 0.12;
/** Words on each side of a direction that it orders. */
const SIDE = 3;

interface Clause {
  said: Said[];
  marks: { direction: string; at: number }[];
}

/** Reads a text. */
export function read(text: string): Reading {
  const names = new Set<string>();
  const found = new Map<string, Set<number>>();
  const words = new Set<string>();
  const passive = new Set<number>();
  const ruled = new Set<number>();
  const clauses: (Clause & { sentence: number })[] = [];
  const deciding = new Map<string, number>();
  let [small, all, denials] = [0, 0, 0];
  const sentences = sentencesOf(text);
  for (const [sentence, each] of sentences.entries()) {
    const isTitle = isTitleCase(each);
    if (isChatter(each)) continue;
    // A denial at the end of a clause that has nothing else is of the next one: "not while reading".
    let carried: 1 | -1 = 1;
    for (const part of plainEnglish(withoutLead(each)).split(CLAUSE_END)) {
      let isFirst = true;
      const clause = clauses.length;
      const said: Said[] = [];
      const marks: Clause['marks'] = [];
      let sign: 1 | -1 = carried;
      carried = 1;
      for (const token of piecesOf(part)) {
        const lower = intended(token.toLowerCase());
        const first = isFirst;
        isFirst = false;
        const unit = unitOf(lower);
        const last = said.at(-1);
        if (unit !== null && last?.kind === 'number' && !last.term.includes(' ')) {
          last.term += ` ${unit}`;
          last.stem = last.term;
          continue;
        }
        const quantity = quantityOf(token);
        if (quantity !== null || isExact(token)) {
          const term =
            quantity === null ? token : quantity.value + (quantity.unit === null ? '' : ` ${quantity.unit}`);
          const kind = quantity === null ? 'exact' : 'number';
          said.push({ term, stem: term, word: lower, kind, sign, isDenied: sign < 0, clause, sentence });
          sign = 1;
          continue;
        }
        all += 1;
        words.add(lower);
        if (stopWords.has(lower) || isNegator(lower)) small += 1;
        if (lower === 'by') passive.add(clause);
        if (rules.has(lower)) ruled.add(clause);
        if (qualifiers.has(lower)) found.set(lower, (found.get(lower) ?? new Set()).add(sentence));
        if (DECIDING.has(lower)) deciding.set(lower, (deciding.get(lower) ?? 0) + 1);
        if (directions.has(lower)) marks.push({ direction: lower, at: said.length });
        if (isNegator(lower)) {
          sign = sign === 1 ? -1 : 1;
          denials += 1;
          continue;
        }
        if (directions.has(lower) || fillers.has(lower)) continue;
        for (const stem of analyse(lower).slice(-1)) {
          if (!first && !isTitle && /^\p{Lu}/u.test(token)) names.add(stem);
          const pole = poleOf(stem, lower);
          said.push({
            term: stem,
            stem,
            pole,
            word: lower,
            kind: 'word',
            sign: pole === undefined ? sign : ((pole.sign * sign) as 1 | -1),
            isDenied: sign < 0,
            clause,
            sentence,
          });
          sign = 1;
        }
      }
      // A denial at the end is of what stands before it: "restarts are not to be had".
      const last = said.at(-1);
      if (last === undefined) carried = sign;
      else if (sign < 0) {
        last.sign = last.sign === 1 ? -1 : 1;
        last.isDenied = !last.isDenied;
      }
      clauses.push({ said, marks, sentence });
    }
  }
  const ordered = clauses.map((clause, at) => orderedIn(clause, clauses[at + 1]));
  return {
    said: clauses.flatMap((clause, at) => [...clause.said, ...unordered(clause, ordered[at] ?? [], at)]),
    names,
    qualifiers: found,
    ordered: ordered.flat(),
    passive,
    ruled,
    words,
    denials,
    deciding,
    operators: operatorsOf(text),
    remarks: new Set(sentences.flatMap((each, at) => (isRemark(each) ? [at] : []))),
    prose: new Set(sentences.flatMap((each, at) => (isProse(each) ? [at] : []))),
    small: new Set(sentences.flatMap((each, at) => (/\p{Lu}/u.test(each) ? [] : [at]))),
    isEnglish: all > 0 && small / all >= PROSE_SHARE,
    isCaseless: !/\p{Lu}/u.test(text) || !/\p{Ll}/u.test(text),
  };
}

/** The operators between what code works on; without signs that lay lines out. */
const operatorsOf = (text: string): string =>
  (
    text
      .replaceAll('**', '')
      .split('\n')
      .map((line) => line.replace(LAYOUT, ''))
      .join(' ')
      .match(/[=!<>+*%&|]=|(?<=\S )[<>+*%&|](?= \S)|=/gu) ?? []
  )
    .sort()
    .join(' ');

function sentencesOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .replace(/[‘’]/gu, "'")
      .replaceAll('**', '')
      .replace(/(?<=\w)\(\)/gu, '')
      // Emphasis of a whole sentence or text; at single words the tokens are freed of it.
      .replace(/(?<=^|\n|[.!?:] )_(?=\p{L})([^\n]* [^\n]*?)_(?=[.!?]?(?:\s|$))/gu, '$1')
      .replace(/(?<=^|\n\n)_(?=\S)(.* .*)_(?=[.!?]?\s*$)/su, '$1')
      // A line that goes on in the next one; one that is long does so whatever that begins with.
      .replace(/(?<![.!?:;…\n])\n[ \t]*(?=\p{Ll})/gu, ' ')
      .replace(/(?<=[^\n]{30}[^.!?:;…\n])\n[ \t]*(?=[\p{L}\p{N}"'(`])(?!\d{1,2}[.)]\s)/gu, ' ')
      .split('\n')
      .map((line) => line.replace(LAYOUT, '').replace(/\s+/gu, ' '))
      .join('\n')
      .split(SENTENCE_END)
      .flatMap((sentence) => sentence.trim().replace(LABEL, '$1\n').split('\n'))
      .filter((sentence) => sentence.trim() !== '')
  );
}

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

/** What only leads to what is said: "I noticed that", "be aware that". */
const LEAD =
  /^(?:(?:just|please|also|so|and|but) )*(?:I|we|you|they|people|be|mind|note|notice|remember|know|a|one|it)?\b ?(?:\p{L}+ ){0,3}?(?:noticed|found|saw|see|seen|know|known|learned|learnt|realised|realized|observed|confirmed|discovered|heard|aware|mind|note|notice|noted|remember|reminder|hint|tip|seems|appears) that (?=\p{L})/iu;

/** A sentence without what leads to it, and without a label that says nothing: "Summary: …". */
function withoutLead(sentence: string): string {
  const [label = ''] = /^[\p{L}; -]{2,30}:\s+(?=\S)/u.exec(sentence) ?? [];
  const plain = label !== '' && isChatter(label) ? sentence.slice(label.length) : sentence;
  const [lead = ''] = LEAD.exec(plain) ?? [];
  return lead.split(' ').some((word) => isNegator(word.toLowerCase())) ? plain : plain.slice(lead.length);
}

/** Whether enough of a sentence's words are small ones. */
function isProse(sentence: string): boolean {
  const words = sentence.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.filter((word) => stopWords.has(word)).length >= PROSE_SHARE * words.length;
}

/** Words of a sentence that is a remark, at most. */
const LONGEST_REMARK = 12;

/** Whether a sentence tells of the one who wrote it, or calls out: a word on the matter, not of it. */
const isRemark = (sentence: string): boolean =>
  sentence.split(' ').length <= LONGEST_REMARK &&
  (PERSONAL.test(sentence) ||
    (/^\p{L}[\p{L}' -]*[!:]?$/u.test(sentence.replace(/!+$/u, '')) && sentence.split(' ').length <= 4));

/** Whether a sentence says nothing of the matter: "Hope that helps." */
const isChatter = (sentence: string): boolean => {
  const words = sentence.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length > 0 && words.every((word) => isSmall(word.toLowerCase()));
};

const isSmall = (word: string): boolean =>
  stopWords.has(word) ? !isNegator(word) : chatter.has(word) || fillers.has(word);

/** Where most words begin with a capital, none of them is a name for it. */
function isTitleCase(sentence: string): boolean {
  const words = (sentence.match(/\p{L}[\p{L}'’]*/gu) ?? []).filter(
    (word) => !stopWords.has(word.toLowerCase()),
  );
  const capital = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  return capital > 1 && capital / words.length >= 0.6;
}

/** What a clause puts in order; where it begins with the direction, the other side is the clause after it. */
function orderedIn(
  { said, marks, sentence }: Clause & { sentence: number },
  next: (Clause & { sentence: number }) | undefined,
): Ordered[] {
  return marks.flatMap(({ direction, at }): Ordered[] => {
    const before = said.slice(Math.max(0, at - SIDE), at);
    const after = said.slice(at, at + SIDE);
    const other = before.length === 0 && next?.sentence === sentence ? next.said.slice(0, SIDE + 1) : before;
    const [left, right] = [other, after].map((side) => side.map(({ term }) => term)) as [string[], string[]];
    if (left.length === 0 || right.length === 0) return [];
    return [
      direction === 'after' ? { direction: 'before', left: right, right: left } : { direction, left, right },
    ];
  });
}

/** `before` and `after` that order nothing in their sentence are told as words: "the first choice after that". */
function unordered(
  { marks, sentence }: Clause & { sentence: number },
  ordered: readonly Ordered[],
  clause: number,
): Said[] {
  const times = marks.filter(({ direction }) => direction === 'before' || direction === 'after');
  if (times.length === ordered.filter(({ direction }) => direction === 'before').length) return [];
  return times.map(({ direction }): Said => {
    const pole = poleOf(direction, direction);
    return {
      term: direction,
      stem: direction,
      pole,
      word: direction,
      kind: 'word',
      sign: pole?.sign ?? 1,
      isDenied: false,
      clause,
      sentence,
    };
  });
}
