/** Headers as they are declared, with their secrets from the environment. */
import { AgentFailure } from './agent-failure.js';

/**
 * Reads the values of declared headers, now: `env:NAME` is a variable of the worker's environment.
 *
 * @returns the headers, and those of their values that must not leave the call
 * @throws AgentFailure naming the header and the variable that is not set
 */
export function declaredHeaders(declared: Readonly<Record<string, string>> = {}): {
  headers: Record<string, string>;
  secrets: string[];
} {
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, given] of Object.entries(declared)) {
    const wanted = /^env:(.+)$/.exec(given)?.[1];
    const value = wanted === undefined ? given : secretVariable(wanted, `header ${name}`);
    if (wanted !== undefined) secrets.push(value);
    headers[name] = value;
  }
  return { headers, secrets };
}

/**
 * A secret of the worker's environment.
 *
 * @param what wants it, for the message
 * @throws AgentFailure when it is not set, or empty
 */
export function secretVariable(name: string, what: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new AgentFailure(`${what}: the environment variable ${name} is not set`);
}
