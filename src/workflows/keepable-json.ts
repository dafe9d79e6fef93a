/** Values of a platform's own code as a record may keep them. Pure. */
import type { Json } from '../shared/agent-contract.js';
import { isStorable } from '../shared/storable.js';

/** Characters of each input, output and error of a step. */
export const MAX_VALUE_CHARS = 2_000;
/** Fields of an object that is too large as a whole, and characters of each. */
const MAX_FIELDS = 20;
const MAX_FIELD_CHARS = 150;

/** At most `max` characters of a text, with a sign that it was cut. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = max - 1;
  const code = text.charCodeAt(end - 1);
  // Half of a surrogate pair is not valid Unicode.
  return `${text.slice(0, code >= 0xd800 && code <= 0xdbff ? end - 1 : end)}…`;
}

/**
 * Any value as bounded JSON. Of an object that is too large, the short fields stay as they are: they tell one
 * kind of step from another.
 *
 * @returns undefined for what JSON has no word for, such as undefined and functions
 */
export function keepable(value: unknown, max: number = MAX_VALUE_CHARS): Json | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    return `[not JSON: ${shortened(error instanceof Error ? error.message : String(error), 200)}]`;
  }
  if (text === undefined) return undefined;
  const plain = JSON.parse(text) as Json;
  if (!isStorable(plain)) return shortened(text, max);
  if (text.length <= max) return plain;
  if (typeof plain === 'string') return shortened(plain, max);
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) return shortened(text, max);
  const fields = Object.entries(plain).slice(0, MAX_FIELDS);
  const small = Object.fromEntries(
    fields.map(([key, inner]) => [shortened(key, MAX_FIELD_CHARS), keepable(inner, MAX_FIELD_CHARS) ?? null]),
  );
  return JSON.stringify(small).length <= Math.max(max, MAX_VALUE_CHARS) ? small : shortened(text, max);
}
