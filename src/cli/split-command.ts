/** Takes a command line apart as a shell would, without being one: nothing is expanded or run. */
import { InvalidInputError } from '../shared/errors.js';

const ALLOWED = 'a program and its arguments, e.g. "npm test -- --grep \'two words\'"';

/**
 * Splits at spaces. Single quotes keep everything as it is; double quotes keep all but `\"` and `\\`;
 * elsewhere a backslash keeps the next character.
 *
 * @param field the option's name, for the error
 * @throws InvalidInputError when a quote is left open or nothing is there
 */
export function splitCommand(field: string, text: string): string[] {
  const parts: string[] = [];
  let part: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (quote === '"' && character === '\\' && (next === '"' || next === '\\')) {
        part += next;
        at += 1;
      } else part += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      // Quotes around nothing are an empty argument.
      part ??= '';
    } else if (/\s/.test(character)) {
      if (part !== null) parts.push(part);
      part = null;
    } else if (character === '\\' && next !== '') {
      part = (part ?? '') + next;
      at += 1;
    } else part = (part ?? '') + character;
  }
  if (quote !== null) throw new InvalidInputError(field, text, `${ALLOWED}; a ${quote} is left open`);
  if (part !== null) parts.push(part);
  if ((parts[0] ?? '') === '') throw new InvalidInputError(field, text, ALLOWED);
  return parts;
}
