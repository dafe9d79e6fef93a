/**
 * Takes English words to their stems, so that `tests`, `tested` and `testing` are one word.
 *
 * The algorithm is that of M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980; the names of the
 * steps are its own.
 */

const isConsonant = (word: string, index: number): boolean => {
  const letter = word[index] ?? '';
  if ('aeiou'.includes(letter)) return false;
  return letter !== 'y' || index === 0 || !isConsonant(word, index - 1);
};

/** How often a vowel is followed by a consonant: the paper's m. */
function measure(stem: string): number {
  let count = 0;
  for (let index = 1; index < stem.length; index += 1)
    if (isConsonant(stem, index) && !isConsonant(stem, index - 1)) count += 1;
  return count;
}

function hasVowel(stem: string): boolean {
  for (let index = 0; index < stem.length; index += 1) if (!isConsonant(stem, index)) return true;
  return false;
}

const isDouble = (word: string): boolean =>
  word.length > 1 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);

/** Ends consonant, vowel, consonant, the last not w, x or y: `hop`, not `snow`. */
function isShort(word: string): boolean {
  const end = word.length - 1;
  return (
    end >= 2 &&
    isConsonant(word, end) &&
    !isConsonant(word, end - 1) &&
    isConsonant(word, end - 2) &&
    !'wxy'.includes(word[end] ?? '')
  );
}

type Rule = readonly [ending: string, replacement: string];

const rules = (text: string): Rule[] =>
  text.split(' ').map((rule): Rule => {
    const [ending = '', replacement = ''] = rule.split('>');
    return [ending, replacement];
  });

// Longest endings first, so that the first that fits is the one meant.
const step2 = rules(
  'ational>ate ization>ize iveness>ive fulness>ful ousness>ous tional>tion biliti>ble entli>ent ousli>ous ation>ate ' +
    'alism>al aliti>al iviti>ive enci>ence anci>ance izer>ize abli>able alli>al ator>ate eli>e',
);
const step3 = rules('icate>ic ative> alize>al iciti>ic ical>ic ness> ful>');
const step4 = 'ement ance ence able ible ment ant ent ion ism ate iti ous ive ize al er ic ou'.split(' ');

/** Applies the one rule whose ending fits, where what is left of it is long enough. */
function replaced(word: string, list: readonly Rule[]): string {
  const rule = list.find(([ending]) => word.endsWith(ending));
  if (rule === undefined) return word;
  const stem = word.slice(0, -rule[0].length);
  return measure(stem) > 0 ? stem + rule[1] : word;
}

function withoutPlural(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function withoutTense(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ['ed', 'ing'].find((one) => word.endsWith(one));
  if (ending === undefined || !hasVowel(word.slice(0, -ending.length))) return word;
  const stem = word.slice(0, -ending.length);
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (isDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && isShort(stem) ? `${stem}e` : stem;
}

function withoutSuffix(word: string): string {
  const ending = step4.find((one) => word.endsWith(one));
  if (ending === undefined) return word;
  const stem = word.slice(0, -ending.length);
  if (measure(stem) <= 1 || (ending === 'ion' && !/[st]$/.test(stem))) return word;
  return stem;
}

function withoutEnd(word: string): string {
  let stem = word;
  if (stem.endsWith('e')) {
    const shorter = stem.slice(0, -1);
    const m = measure(shorter);
    if (m > 1 || (m === 1 && !isShort(shorter))) stem = shorter;
  }
  return stem.endsWith('ll') && measure(stem) > 1 ? stem.slice(0, -1) : stem;
}

const MAX_KNOWN = 20_000;
const known = new Map<string, string>();

/** The stem of a lower-case word; what is not plain English letters, or too short to have one, stays as it is. */
export function stemOf(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  const found = known.get(word);
  if (found !== undefined) return found;
  // British spelling first, which the paper leaves to others; what it changes wrongly, it changes in all forms.
  const american = word.replace(
    /([iy])s(?=(?:e[ds]?|ing|ations?|ers?)$)/,
    (all: string, vowel: string, at: number) => (measure(word.slice(0, at)) > 0 ? `${vowel}z` : all),
  );
  let stem = withoutTense(withoutPlural(american));
  // After a vowel it stays, as in the author's later Porter2: `deploy` and `deployment` are one word.
  if (/[^aeiou]y$/.test(stem) && hasVowel(stem.slice(0, -1))) stem = `${stem.slice(0, -1)}i`;
  stem = withoutEnd(withoutSuffix(replaced(replaced(stem, step2), step3)));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(word, stem);
  return stem;
}
