/** The environment that programs of agents are given. */
import type { CommandAgent } from '../shared/agent-declaration.js';

const alwaysPassed = ['PATH', 'HOME', 'LANG', 'TMPDIR'];

/**
 * A few harmless variables of the worker, those the declaration passes on, and its own. The worker's other
 * variables hold its secrets, which are no business of an agent.
 */
export function processEnvironment(declared: Pick<CommandAgent, 'env' | 'passEnv'>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of [...alwaysPassed, ...(declared.passEnv ?? [])]) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...declared.env };
}
