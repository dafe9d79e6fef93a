/** Checks what callers hand in. */
import type { z } from 'zod';
import { InvalidInputError } from '../shared/errors.js';
import { problemsOf } from '../shared/problems.js';

/**
 * The value as its schema wants it.
 *
 * @param where names the input in the error, before the field
 * @throws InvalidInputError naming the first field that does not fit, its value and what is allowed
 */
export function checkInput<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [problem] = problemsOf(parsed.error, value);
  if (problem === undefined) throw new InvalidInputError(where, value, parsed.error.message);
  const field = problem.field === '' ? where : `${where}${where === '' ? '' : ': '}${problem.field}`;
  throw new InvalidInputError(field, problem.value, problem.allowed);
}
