/** Options of the command line: `--name value`, and `--json`, which takes none. */
import { InvalidInputError } from '../src/shared/errors.js';

export interface ReadOptions {
  json: boolean;
  values: ReadonlyMap<string, string>;
}

/**
 * @param allowed what each option takes, by its name without the dashes
 * @throws InvalidInputError where an option is unknown or has no value
 */
export function readOptions(
  words: readonly string[],
  allowed: Readonly<Record<string, string>>,
): ReadOptions {
  const values = new Map<string, string>();
  let json = false;
  for (let position = 0; position < words.length; position++) {
    const word = words[position] ?? '';
    if (word === '--json') {
      json = true;
      continue;
    }
    const [option, name] = [word, word.slice(2)];
    const takes = word.startsWith('--') && Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (takes === undefined) throw new InvalidInputError('option', option, optionsText(allowed));
    position += 1;
    const value = words[position];
    if (value === undefined || value.startsWith('--')) throw new InvalidInputError(option, value, takes);
    values.set(name, value);
  }
  return { json, values };
}

/** The options in one line. */
export const optionsText = (allowed: Readonly<Record<string, string>>): string =>
  ['--json', ...Object.entries(allowed).map(([name, takes]) => `--${name} <${takes}>`)].join(', ');
