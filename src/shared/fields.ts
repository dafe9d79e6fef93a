import { z } from 'zod';

/** An object that takes no other fields than these, and says so. */
export function fields<const S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `only the fields ${Object.keys(shape).join(', ')}` : undefined,
  });
}
