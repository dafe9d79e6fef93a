/** Parsers of option values; what they refuse ends the command with exit code 2. */
import { InvalidArgumentError } from 'commander';

/** A whole number of at least 1 and at most 10,000. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 10_000)
    throw new InvalidArgumentError('Allowed is a whole number from 1 to 10000.');
  return limit;
}

/** A number above 0. */
export function parsePositive(text: string): number {
  const number = Number(text);
  if (!/^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(text) || number <= 0 || !Number.isFinite(number))
    throw new InvalidArgumentError('Allowed is a number above 0.');
  return number;
}

/** A whole number of at least 1. */
export function parseLargeCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count))
    throw new InvalidArgumentError('Allowed is a whole number of at least 1.');
  return count;
}

/** A TCP port; 0 takes a free one. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('Allowed is a whole number from 0 to 65535.');
  return port;
}

/** Collects the values of an option that may be given more than once. */
export const collect = (text: string, earlier: string[] = []): string[] => [...earlier, text];

/** Collects `key=value` pairs. */
export function collectPairs(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Allowed is key=value.');
  // Without a prototype, so that "__proto__=x" is a key like any other.
  return Object.assign(Object.create(null) as Record<string, string>, earlier, {
    [text.slice(0, equals)]: text.slice(equals + 1),
  });
}
