/**
 * What of a text has to be the same to the letter: numbers with their units, versions, paths, identifiers, flags and
 * codes. Pure.
 */

const UNITS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['ms', 'msec', 'millisecond', 'milliseconds'].map((name) => [name, 'ms'])),
  ...Object.fromEntries(['s', 'sec', 'secs', 'second', 'seconds'].map((name) => [name, 's'])),
  ...Object.fromEntries(['min', 'mins', 'minute', 'minutes'].map((name) => [name, 'min'])),
  ...Object.fromEntries(['h', 'hr', 'hrs', 'hour', 'hours'].map((name) => [name, 'h'])),
  ...Object.fromEntries(['d', 'day', 'days'].map((name) => [name, 'd'])),
  ...Object.fromEntries(['kb', 'kilobyte', 'kilobytes'].map((name) => [name, 'kb'])),
  ...Object.fromEntries(['mb', 'megabyte', 'megabytes'].map((name) => [name, 'mb'])),
  ...Object.fromEntries(['gb', 'gigabyte', 'gigabytes'].map((name) => [name, 'gb'])),
  ...Object.fromEntries(['%', 'percent'].map((name) => [name, '%'])),
  ...Object.fromEntries(['x', 'times'].map((name) => [name, 'x'])),
  ...Object.fromEntries(['usd', 'dollar', 'dollars'].map((name) => [name, 'usd'])),
};

const NUMBER_WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  'zero two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, at) => [word, String(at === 0 ? 0 : at + 1)]),
);

/** A number, as `<value> <unit>` without a space at the end where it has no unit. */
export interface Quantity {
  value: string;
  unit: string | null;
}

export const unitOf = (word: string): string | null => {
  const unit = word.toLowerCase();
  return Object.hasOwn(UNITS, unit) ? (UNITS[unit] ?? null) : null;
};

/** Reads `30`, `-4.5`, `30s`, `5%`, `$30`, `30-second` and number words; null for all else. */
export function quantityOf(token: string): Quantity | null {
  const word = token.toLowerCase();
  if (Object.hasOwn(NUMBER_WORDS, word)) return { value: NUMBER_WORDS[word] ?? word, unit: null };
  const [, currency, value, rest] = /^([$€£]?)([+-]?\d+(?:\.\d+)?)-?([a-z%]*)$/iu.exec(token) ?? [];
  if (value === undefined) return null;
  const unit = rest === undefined || rest === '' ? null : unitOf(rest);
  if (rest !== undefined && rest !== '' && unit === null) return null;
  return { value: value.replace(/^\+/u, ''), unit: currency === '$' ? 'usd' : currency || unit };
}

/**
 * Whether a token names something that has no other name: it holds a digit, joins words with signs that prose does
 * not, is a flag or a path, or has capitals inside.
 */
export function isExact(token: string): boolean {
  if (/\p{N}/u.test(token) || /^[B-HJ-Z]$/u.test(token)) return true;
  if (/^--?[A-Za-z]/u.test(token)) return true;
  if (/[_\\@#$~^&+*]|::|[!=<>]=|:\/\//u.test(token)) return true;
  if (/^\.\w|\S\.[\p{L}\p{N}]/u.test(token) && !/^(?:e\.g|i\.e)$/iu.test(token)) return true;
  if (token.includes('/') && (/^[./~]/u.test(token) || (token.match(/\//gu)?.length ?? 0) > 1)) return true;
  return /\p{Ll}\p{Lu}|\p{Lu}{2,}\p{Ll}{2,}/u.test(token);
}

/** Separators of tokens: blanks, quotes, brackets and what stands between the parts of data. */
const BETWEEN =
  /[\s"`{}[\](),;|<>“”«»]+|(?<=\D):(?=[\d\s]|$)|(?<=\d):(?=\s|$)|:(?=[^/:\d\\])(?<!::)|(?<![!<>=])=(?!=)/u;

/** The tokens of a piece of text without the marks around them. */
export function tokensOf(text: string): string[] {
  return text
    .replace(/(?<=\d),(?=\d{3}(?!\d))/gu, '')
    .split(BETWEEN)
    .map(trimmed)
    .filter((token) => token !== '');
}

/** Without emphasis, quotes and the end of a sentence around it. */
function trimmed(token: string): string {
  const plain = token.replace(/^[*'’‘~]+|[*'’‘~]+$/gu, '').replace(/^_([^_]+)_$/u, '$1');
  const ended = plain.replace(/[.!?…,:'’*]+$/u, '').replace(/^[#…]+(?=.)/u, '');
  if (/^[-–—+/&=:.]*$/u.test(ended)) return '';
  return ended;
}
