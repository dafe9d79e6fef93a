/** Which texts of a run may stand in a feature, and in which form. Pure. */
import type { Json } from '../shared/agent-contract.js';
import { errorSignature } from '../shared/error-signature.js';
import { createRedactor } from '../shared/redact.js';

const MAX_NAME = 80;
const MAX_VALUE = 40;

const redactor = createRedactor();

/** Runs of hexadecimal digits that no word is. */
const variableParts: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(?=[0-9a-f]{0,63}\d)(?=[0-9a-f]{0,63}[a-f])[0-9a-f]{7,64}\b/gi, '<hash>'],
  [/\d{3,}/g, '<n>'],
];

/** The name of an action's type as features give it: without ids, hashes and long numbers, at most 80 characters. */
export function typeName(type: string): string {
  let name = type.slice(0, 4 * MAX_NAME);
  for (const [part, placeholder] of variableParts) name = name.replace(part, placeholder);
  return redactor.text(name.replace(/\s+/g, ' ').trim()).slice(0, MAX_NAME);
}

/** Shorter texts are no keys or tokens. */
const SHORTEST_SECRET = 16;

/** Whether a text by itself looks like a secret. */
export const isSecret = (text: string): boolean =>
  text.length >= SHORTEST_SECRET && redactor.text(text) !== text;

/** Names of arguments and of context: identifiers; anything else is data in the place of a name. */
export const isName = (name: string): boolean =>
  /^[A-Za-z][\w.-]{0,39}$/.test(name) && !/\d{3}/.test(name) && !isSecret(name);

const MAX_LINE = 2_000;

/** Signatures of the lines seen last: agents meet the same error again and again, and long lines take long. */
const signatures = new Map<string, string>();
const MAX_SIGNATURES = 500;

/** The signature of an error's text, without secrets: records have none, but other sources may. */
export function signatureOf(error: string | undefined): string {
  const line = (error?.split('\n', 100).find((each) => each.trim() !== '') ?? '').slice(0, MAX_LINE);
  const known = signatures.get(line);
  if (known !== undefined) return known;
  const signature = errorSignature(redactor.text(line));
  if (signatures.size === MAX_SIGNATURES) signatures.clear();
  signatures.set(line, signature);
  return signature;
}

/** One word, or a few joined without spaces: a kind, a mode, a repository. Not an id, a date, an amount. */
const categorical = /^[A-Za-z][A-Za-z_.:@/+-]*\d{0,2}$/;

/** Arguments that say of which kind something is, by the last word of their names; what they name has digits too. */
const kindName =
  /(?:^|[_.-])(?:algorithm|charset|codec|compression|dialect|encoding|engine|format|kind|language|locale|mode|model|operator|protocol|strategy|type)s?$/i;
/** `cp1252`, `iso-8859-1`, `gpt-4o`, `es2022`, and no longer number. */
const kindValue = /^(?!.*\d{5})[A-Za-z][\w.:@/+-]*$/;

/** Letters in an order that only keys have: upper case in the midst of lower, again and again. */
const isScrambled = (value: string): boolean =>
  value.length >= 16 && (value.match(/[a-z][A-Z]|[A-Z]{2}[a-z]/g)?.length ?? 0) > value.length / 5;

const isKindName = (name: string): boolean => kindName.test(name.replace(/([a-z\d])([A-Z])/g, '$1_$2'));

/** Whether parts of it differ from run to run. */
const hasIds = (value: string): boolean =>
  variableParts.some(([part, placeholder]) => placeholder !== '<n>' && value.search(part) >= 0);

/**
 * A value as a feature may give it: a switch, or one short word; with digits in it only where its name says that it
 * is a kind of something. Null for everything else: numbers, ids, paths with more than two parts, sentences, and what
 * its name or its look makes a secret.
 */
export function categoricalValue(name: string, value: Json | undefined): string | boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || value.length > MAX_VALUE) return null;
  if (!categorical.test(value) && !(isKindName(name) && kindValue.test(value) && !hasIds(value))) return null;
  if ((value.match(/\//g)?.length ?? 0) > 1 || /\.\w{1,4}$/.test(value) || isScrambled(value)) return null;
  return redactor.value({ [name]: value })[name] === value ? value : null;
}
