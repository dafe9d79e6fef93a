/**
 * What one call of an agent may say it used: far more than any does, and little enough that the sums of very many
 * calls stay exact.
 */

/** USD. */
export const MAX_USD = 1e6;
export const MAX_ITERATIONS = 1e6;
/** Of input, and of output. */
export const MAX_TOKENS = 1e12;
/** Of one action. */
export const MAX_SECONDS = 1e7;
