/** What kind of task it is: as the caller says, as earlier tasks teach, or as its words are commonly meant. Pure. */
import type { Json } from '../../shared/agent-contract.js';
import { learnedCategory } from './classify.js';
import { cutText } from './cut-text.js';
import type { TaskKinds } from './history.js';
import { kindWords } from './kind-words.js';
import { categoryRules } from './lexicon.js';
import type { TaskText } from './read-text.js';
import { type FoundSign, signsIn, signTable } from './signs.js';

const STRONG = 2;
const WEAK = 1;
/** What a task says first is what it is; the rest is detail. */
const OPENING_WEIGHT = 2;
/** The word that a request begins with. */
const LEAD_WEIGHT = 2;
/** An error that is quoted is there to be mended. */
const ERROR_WEIGHT = 4;
const MAX_NAMED = 5;

const rules = categoryRules.map(({ name, strong, weak }) => ({
  name,
  strong: signTable(strong),
  weak: signTable(weak),
}));
export const lexiconCategories: ReadonlySet<string> = new Set(['general', ...rules.map(({ name }) => name)]);

const errorName = /\b([A-Z][A-Za-z]{0,80}?(?:Error|Exception))\b/;

/** Flags that refine a category, at most. */
const MAX_FLAGS = 2;
/** Entries of a context that are looked at: one with more is data. */
const MAX_ENTRIES = 1_000;

/**
 * Names a category may have: lower-case letters and digits of any script, and `_`. Marks belong to their letters: in
 * many scripts words differ by them alone.
 */
export const categorySlug = (text: string): string =>
  cutText(
    text
      .slice(0, 200)
      .normalize('NFC')
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, '_')
      .replace(/^[_\p{M}]+|_+$/gu, ''),
    60,
  );

/** The category that a context gives; null where it gives none. */
export function givenCategory(context: Readonly<Record<string, Json>>): string | null {
  const given = context['category'];
  const slug = typeof given === 'string' ? categorySlug(given) : '';
  return slug === '' ? null : slug;
}

export interface ToldCategory {
  category: string;
  /** What it is called without the error and the flags that refine it. */
  base: string;
  evidence: string[];
}

/**
 * The category and what it is told by.
 *
 * @param description the whole text, quoted code included
 * @param counts which of the words are not refused
 */
export function categoryOf(
  description: string,
  text: TaskText,
  counts: readonly boolean[],
  context: Readonly<Record<string, Json>>,
  kinds: TaskKinds | null,
): ToldCategory {
  const given = givenCategory(context);
  if (given !== null)
    return { category: given, base: given, evidence: [`category ${given}: given in the context`] };
  const entries = entriesOf(context);
  const error = quotedError(description, entries);
  const told = lexiconCategory(text, counts, error);
  const words = kinds === null ? new Map<string, string>() : kindWords(description);
  const learned = learnedCategory(kinds, words, told.name);
  const by = (learned?.by ?? []).map((stem) => `"${words.get(stem) ?? stem}"`).join(', ');
  if (learned?.of.origin === 'given') {
    const { name, tasks } = learned.of;
    const line = `category ${name}: like ${tasks} earlier tasks that were given it, by ${by}`;
    return { category: name, base: name, evidence: [line] };
  }
  const base = learned?.of.name ?? told.name;
  const signs = told.signs.map((sign) => `"${sign}"`).join(', ');
  const evidence = [
    learned !== null
      ? `category ${base}: like ${learned.of.tasks} earlier tasks, a kind that emerged among ${told.name}, by ${by}`
      : signs === ''
        ? 'category general: no word of a more special one'
        : `category ${base}: ${signs}`,
  ];
  const flags = flagsOf(entries);
  if (error !== null) evidence.push(`category refined by the error ${error}`);
  if (flags.length > 0) evidence.push(`category refined by the context: ${flags.join(', ')}`);
  const refined = base + (error === null ? '' : `.${categorySlug(error)}`);
  return { category: [refined, ...flags].join('+'), base, evidence };
}

/** The first flags by name, as they stand in a category. */
function flagsOf(entries: readonly Entry[]): string[] {
  const set = entries.flatMap(([key, value]) => (value === true ? categorySlug(key) : []));
  return [...new Set(set)]
    .filter((slug) => slug !== '')
    .sort()
    .slice(0, MAX_FLAGS);
}

type Entry = readonly [key: string, value: Json | undefined];

function entriesOf(context: Readonly<Record<string, Json>>): Entry[] {
  // Entries of all of a large context would take longer than all else.
  return Object.keys(context)
    .slice(0, MAX_ENTRIES)
    .map((key) => [key, context[key]]);
}

/** The kind of error, where one is quoted: it says more about a repair than its prose does. */
const quotedError = (description: string, entries: readonly Entry[]): string | null =>
  [description, ...entries.map(([, value]) => value)]
    .filter((value) => typeof value === 'string')
    .map((quoted) => errorName.exec(quoted.slice(0, 20_000))?.[1])
    .find((name) => name !== undefined) ?? null;

/** The lexicon's category with the most weight, and the words that it weighs by. */
function lexiconCategory(
  text: TaskText,
  counts: readonly boolean[],
  error: string | null,
): { name: string; signs: string[] } {
  const lead = leadOf(text);
  const whole = text.tokens.map(() => true);
  let best = { name: 'general', signs: [] as string[], weight: 0 };
  for (const { name, strong, weak } of rules) {
    // That it does not work is what a repair is about.
    const seen = name === 'bug_fix' ? whole : counts;
    const signs = new Map<string, { weight: number; sign: FoundSign }>();
    const weigh = (found: readonly FoundSign[], weight: number): void => {
      for (const sign of found) {
        const place = sign.at < text.opening ? OPENING_WEIGHT : 1;
        const first = sign.at === lead ? LEAD_WEIGHT : 0;
        signs.set(sign.text, { weight: weight * place + first, sign });
      }
    };
    weigh(signsIn(text, weak, seen), WEAK);
    weigh(signsIn(text, strong, seen), STRONG);
    const quoted = name === 'bug_fix' && error !== null;
    const weight =
      [...signs.values()].reduce((sum, one) => sum + one.weight, 0) + (quoted ? ERROR_WEIGHT : 0);
    if (weight <= best.weight) continue;
    const strongest = [...signs.values()].sort((one, other) => other.weight - one.weight);
    const named = strongest.slice(0, MAX_NAMED).map(({ sign }) => sign.text);
    best = { name, weight, signs: quoted ? [...named, error] : named };
  }
  return best;
}

const politeness = new Set(
  'please kindly could can you would should we i us me need needs want have to let help hi hello the a an task todo'.split(
    ' ',
  ),
);

/** Position of the word that says what is to be done, where the text begins with a request. */
function leadOf({ tokens, opening }: TaskText): number {
  const at = tokens.findIndex(({ word }) => !politeness.has(word));
  return at < opening ? at : -1;
}
