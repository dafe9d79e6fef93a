/** Checks what callers hand in against a schema. */
import { z } from 'zod';
import { InvalidInputError } from './errors.js';
import { problemsOf } from './problems.js';

/**
 * The value as its schema wants it.
 *
 * @param where names the input in the error, before the field
 * @throws InvalidInputError naming the first field that does not fit, its value and what is allowed
 */
export function checkInput<S extends z.ZodType>(schema: S, value: unknown, where = ''): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [problem] = problemsOf(parsed.error, value);
  if (problem === undefined) throw new InvalidInputError(where || 'input', value, parsed.error.message);
  const field = problem.field === '' ? where : `${where}${where === '' ? '' : ': '}${problem.field}`;
  throw new InvalidInputError(field || 'input', problem.value, problem.allowed);
}

/** Checks one argument of a function, named in the error. */
export const checkField = <S extends z.ZodType>(field: string, schema: S, value: unknown): z.output<S> =>
  checkInput(z.object({ [field]: schema }), { [field]: value })[field] as z.output<S>;
