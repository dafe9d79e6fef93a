/** Puts a test failure in words that two failures of the same kind share. */
import type { ReportedFailure, ValueShape } from './failure-reporter.js';

/**
 * One line that names the error and how the values differ, for instance
 * `AssertionError: in array: number one too low`, without the values themselves.
 */
export function symptomOf(failure: ReportedFailure): string {
  if (failure.actual !== undefined && failure.expected !== undefined) {
    // assert.throws compares nothing when nothing was thrown; its message then says so.
    if (!failure.message.startsWith('Missing expected')) {
      return `${failure.name}: ${difference(failure.actual, failure.expected)}`;
    }
  }
  return `${failure.name}: ${quoteNames(failure.message.split('\n')[0] ?? '')}`;
}

/** Quotes the identifiers in the engine's own messages, so that they read the same for every name. */
function quoteNames(message: string): string {
  return message
    .replace(/^([\w$.[\]()]+) is not (defined|a function|iterable|a constructor)/, "'$1' is not $2")
    .replace(/ imported from ([^\s']+)$/, " imported from '$1'")
    .replace(/^Cannot access '?([\w$]+)'? before/, "Cannot access '$1' before");
}

function difference(actual: ValueShape, expected: ValueShape): string {
  if (actual.type !== expected.type) return `${actual.type} instead of ${expected.type}`;
  switch (actual.type) {
    case 'number':
      return numberDifference(Number(actual.value), Number(expected.value));
    case 'string':
      return stringDifference(actual.value ?? '', expected.value ?? '');
    case 'boolean':
      return `${actual.value} instead of ${expected.value}`;
    case 'array':
      return arrayDifference(actual.items ?? [], expected.items ?? []);
    case 'Object':
      return objectDifference(actual.fields ?? {}, expected.fields ?? {});
    default:
      return `other ${actual.type}`;
  }
}

function numberDifference(actual: number, expected: number): string {
  if (!Number.isFinite(actual)) return 'infinite number';
  if (actual === -expected) return 'number with the other sign';
  if (actual - expected === 1) return 'number one too high';
  if (actual - expected === -1) return 'number one too low';
  return actual > expected ? 'number too high' : 'number too low';
}

function stringDifference(actual: string, expected: string): string {
  if (actual.length > expected.length) return 'string too long';
  return actual.length < expected.length ? 'string too short' : 'other string of the same length';
}

function arrayDifference(actual: readonly ValueShape[], expected: readonly ValueShape[]): string {
  const more = actual.length - expected.length;
  if (more === 1) return 'array one too long';
  if (more === -1) return 'array one too short';
  if (more !== 0) return more > 0 ? 'array too long' : 'array too short';
  const key = (items: readonly ValueShape[]) => items.map((item) => JSON.stringify(item)).sort();
  if (key(actual).join() === key(expected).join()) return 'array in other order';
  const index = actual.findIndex((item, at) => JSON.stringify(item) !== JSON.stringify(expected[at]));
  return `in array: ${inner(actual[index], expected[index])}`;
}

function objectDifference(
  actual: Readonly<Record<string, ValueShape>>,
  expected: Readonly<Record<string, ValueShape>>,
): string {
  if (Object.keys(expected).some((key) => actual[key] === undefined)) return 'object lacks a field';
  if (Object.keys(actual).some((key) => expected[key] === undefined)) return 'object has a field too many';
  const key = Object.keys(expected).find(
    (name) => JSON.stringify(actual[name]) !== JSON.stringify(expected[name]),
  );
  return `in object: ${key === undefined ? 'other prototype' : inner(actual[key], expected[key])}`;
}

function inner(actual: ValueShape | undefined, expected: ValueShape | undefined): string {
  if (actual === undefined || expected === undefined) return 'other identity';
  return difference(actual, expected);
}
