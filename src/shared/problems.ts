/** Turns what a schema found wrong into problems that name field, value and what is allowed. */
import type { z } from 'zod';
import { preview } from './errors.js';

/** One thing wrong with an input. */
export interface Problem {
  /** Path of the field, e.g. `agents[2].limits.maxConcurrent`; empty for the whole input. */
  field: string;
  value: unknown;
  /** What the field may be. */
  allowed: string;
}

/** `field: value is not allowed; expected …`, in one line. */
export const problemText = ({ field, value, allowed }: Problem): string =>
  `${field === '' ? 'the whole' : field}: ${preview(value)} is not allowed; expected ${allowed}`;

/**
 * The problems of a failed parse, in the schema's order.
 *
 * @param error what the schema reported
 * @param input what was parsed; the values in the problems are read from it
 */
export function problemsOf(error: z.ZodError, input: unknown): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => problemAt([...issue.path, key], input, issue.message));
    }
    return [problemAt(issue.path, input, issue.message)];
  });
}

function problemAt(path: readonly PropertyKey[], input: unknown, message: string): Problem {
  let value = input;
  let field = '';
  for (const key of path) {
    value =
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[key] : undefined;
    field += typeof key === 'number' ? `[${key}]` : `${field === '' ? '' : '.'}${String(key)}`;
  }
  return { field, value, allowed: allowedOf(message) };
}

/** The schema library words its messages as "…: expected X, received Y"; only X is wanted here. */
function allowedOf(message: string): string {
  const expected = /expected (.*?)(?:, received .*)?$/is.exec(message)?.[1];
  if (expected !== undefined) return expected;
  const pattern = /must match pattern (.*)$/s.exec(message)?.[1];
  return pattern === undefined ? message : `text matching ${pattern}`;
}
