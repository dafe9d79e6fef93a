/**
 * What the comparison of items knows of English: words that mean the same, words that mean the opposite, and words
 * that change what a sentence claims. Short on purpose, of general use and that of software, and of no other
 * language: texts in these are compared to the letter. Pure.
 */
import { analyse } from '../../retrieval/analyse.js';
import { SHORTENED } from './shortened-words.js';
import { ANTONYMS, CONTRASTS, SYNONYMS } from './word-lists.js';

/** What says in several words what one word says, or nothing. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  // Of times and turns it tells how often: "every day" is not "all day".
  [
    /\b(?:each|every)(?: (?:one|single))?(?: of)?\b(?! (?:\d|one|other|two|three|second|third|few|now|(?:milli)?seconds?|minute|hour|day|night|morning|evening|week|month|quarter|year|time)\b)/giu,
    'all',
  ],
  [/\be-mail/giu, 'email'],
  [/\beach\b(?! other\b)/giu, 'every'],
  [/\bover (?=\$?\d)/giu, 'more than '],
  [/\b(?:under|below) (?=\$?\d)/giu, 'less than '],
  [/\b(?:stay|keep) away from\b|\bsteer clear of\b|\brefrain from\b|\bstop using\b/giu, 'avoid'],
  [/\b(?:instead of|rather than|in place of)\b/giu, 'insteadof'],
  [/\b(?:turn|switch)(?:ed|ing)? on\b/giu, 'enable'],
  [/\b(?:turn|switch)(?:ed|ing)? off\b/giu, 'disable'],
  [/\bno longer\b|\b(?:fail(?:s|ed)?|unable) to\b/giu, 'not'],
  [/\bnot only\b/giu, ''],
  [/\bprior to\b/giu, 'before'],
  [
    /\b(?:it is )?worth (?:noting|mentioning|knowing)(?: that)?\b|\b(?:keep|bear) (?:it |this |that )?in mind(?: that)?\b/giu,
    '',
  ],
  [
    /\b(?:of course|in fact|by the way|in general|generally speaking|as usual|to be honest|needless to say)\b/giu,
    '',
  ],
  [
    /\b(?:as a rule|as a matter of fact|at the end of the day|as far as I (?:know|can tell)|for what it(?: is|['’]s) worth)\b/giu,
    '',
  ],
  [
    /\b(?:it )?turn(?:s|ed) out(?: that)?\b|\bgo ahead and\b|\bfeel free to\b|\b(?:kind|sort) of\b|\bI (?:think|guess|believe)(?: that)?\b/giu,
    '',
  ],
  [/\b(?:it is|it['’]s) (?:necessary|required) to\b|\b(?:have|has|having) to\b/giu, 'must'],
  [/\b(?:make|be) sure(?: that| to)?\b/giu, 'ensure'],
  [/\bin order to\b/giu, 'to'],
  [/\b(?:due|owing) to\b|\bbecause of\b/giu, 'because'],
  [/\bas well as\b/giu, 'and'],
  [/\bsoon as\b/giu, 'when'],
  [/\bcan(?:not|['’]?t)\b/giu, 'can not'],
  [/\bwon['’]t\b/giu, 'will not'],
  [/n['’]t\b/giu, ' not'],
  [/['’](?:s|m|re|ve|ll|d)\b/giu, ''],
];

/** Words that say nothing of what is claimed. */
const FILLERS = `also please note just really simply actually basically again here now well hint tip important remember
  reminder fyi must shall let been being any then thus therefore hence however moreover furthermore always
  ever indeed quite rather obviously clearly essentially surely definitely literally honestly frankly anyway anyhow kindly
  that which once both per via upon while whenever when because since still already yet`;

/** Words of sentences that only introduce what is said, or thank for it. */
const CHATTER = `summary notes overview tl dr tldr heads tip quick cheers regards greetings hello hi dear sorry ok okay great nice good luck welcome btw imho imo afaik
  above below took while notice did thing hope helps help thanks thank others other same thing things happened happens me myself own seen
  saw see noticed observed confirmed experience worth knowing know came up fyi again too all
  everyone somebody someone future reference recall lesson learned learnt takeaway short summary general case useful`;

/** Words that narrow or weaken what is claimed: with one that the other lacks, two texts do not say the same. */
const QUALIFIERS = `only solely except unless until almost nearly rarely seldom partially partly sometimes barely hardly
  half maybe perhaps possibly optionally nobody nothing none neither nor otherwise`;

/** Words that turn round what the next one says. */
const negators: ReadonlySet<string> = new Set(['not', 'no', 'never', 'without', 'cannot', 'non']);

/** Whether a word, in lower case, turns round what the next one says. */
export const isNegator = (word: string): boolean => negators.has(word);

/** Words that put what stands before them and after them in an order; `after` is `before` with its sides changed. */
export const directions: ReadonlySet<string> = new Set([
  'before',
  'after',
  'insteadof',
  'than',
  'to',
  'into',
  'over',
  'then',
]);
/** Directions of which the other way round is the opposite claim, not only another one. */
export const opposing: ReadonlySet<string> = new Set(['before', 'insteadof', 'than', 'over']);

const list = (words: string): string[] => words.split(/\s+/u).filter((word) => word !== '');
const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

export const fillers: ReadonlySet<string> = new Set(list(FILLERS));
export const chatter: ReadonlySet<string> = new Set(list(CHATTER));
export const qualifiers: ReadonlySet<string> = new Set(list(QUALIFIERS));

/** The stem of a word, as search has it; words without one stay as they are. */
export const stemOf = (word: string): string => analyse(word)[0] ?? word;

/** Meanings that words can stand for, by stem; a word can have several. */
const meanings = new Map<string, Set<number>>();
for (const [number, line] of lines(SYNONYMS + SHORTENED).entries())
  for (const word of list(line)) {
    const stem = stemOf(word);
    meanings.set(stem, (meanings.get(stem) ?? new Set()).add(number));
  }

/** A word of two poles: what it is about, and which side it takes. */
export interface Pole {
  axis: number;
  sign: 1 | -1;
}

const poles = new Map<string, Pole>();
for (const [axis, line] of lines(ANTONYMS).entries()) {
  const [positive = '', negative = ''] = line.split('|');
  for (const word of list(positive)) if (!poles.has(stemOf(word))) poles.set(stemOf(word), { axis, sign: 1 });
  for (const word of list(negative))
    if (!poles.has(stemOf(word))) poles.set(stemOf(word), { axis, sign: -1 });
}

/** Axes by which something is only praised: a remark may have them. */
export const praise: ReadonlySet<number> = new Set(
  list('work success helpful good best').flatMap((word) => poles.get(stemOf(word))?.axis ?? []),
);

const contrasts = new Map<string, Set<number>>();
for (const [number, line] of lines(CONTRASTS).entries())
  for (const word of list(line)) {
    const stem = stemOf(word);
    contrasts.set(stem, (contrasts.get(stem) ?? new Set()).add(number));
  }

function share(one: ReadonlySet<number> | undefined, other: ReadonlySet<number> | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  for (const each of one) if (other.has(each)) return true;
  return false;
}

/** Whether two stems may stand for each other. */
export const areSynonyms = (a: string, b: string): boolean => share(meanings.get(a), meanings.get(b));

/** Whether of two different stems one cannot stand for the other. */
export const areContrasts = (a: string, b: string): boolean => share(contrasts.get(a), contrasts.get(b));

/** Words that share their stem with one that takes a side, and take none: "options" are not "optional". */
const SIDELESS: ReadonlySet<string> = new Set(
  list('option options action actions passing passenger passengers presents'),
);

/** The side that a word takes, by its stem. */
export const poleOf = (stem: string, word: string): Pole | undefined =>
  SIDELESS.has(word) ? undefined : poles.get(stem);

const negating: ReadonlySet<string> = new Set(['un', 'in', 'im', 'ir', 'il', 'dis', 'non', 'mis', 'de']);

/** `un`, `in` … before a word that is there without it. */
export function negatedBy(prefixed: string, plain: string): boolean {
  if (prefixed.length <= plain.length || !prefixed.endsWith(plain) || plain.length < 4) return false;
  return negating.has(prefixed.slice(0, prefixed.length - plain.length));
}

/** A text with its phrases put as single words, and contractions written out. */
export function plainEnglish(text: string): string {
  let plain = text;
  for (const [phrase, word] of PHRASES) plain = plain.replace(phrase, word);
  return plain;
}
