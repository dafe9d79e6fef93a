/** Failures as a person reads them: one message on stderr, and the exit code that fits. */
import pc from 'picocolors';
import { ConfigError } from '../config.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../shared/errors.js';

/** Servers that a command needs do not answer. The message says what to do. */
export class OutOfReachError extends Error {
  override readonly name = 'OutOfReachError';
}

/** 2 for what the caller can correct in the input, else 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  const faults = [InvalidInputError, ConfigError, NotFoundError, ConflictError];
  return faults.some((fault) => error instanceof fault) ? 2 : 1;
}

/** Prints a failure on stderr; with its stack only when the environment has DEBUG. */
export function reportError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${pc.red('error:')} ${message || String(error)}\n`);
  if (process.env['DEBUG'] && error instanceof Error) process.stderr.write(`${detailsOf(error)}\n`);
}

function detailsOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error
    ? `${error.stack}\nCaused by: ${detailsOf(cause)}`
    : (error.stack ?? error.message);
}
