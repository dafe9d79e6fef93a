/**
 * A local server could not be found or started. The message is one screen meant for a person: what was
 * tried, why it failed, and what to do. Print it as it is; the stack adds nothing.
 */
export class LocalServerError extends Error {
  override readonly name = 'LocalServerError';
}
