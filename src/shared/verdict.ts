/** Words on how a task went: who may say so, and what was said. */
import type { Outcome } from './task.js';

/** A program that judges by its exit code. */
export interface CommandVerifier {
  name: string;
  command: string[];
}

/** With its place among all that judge a task: the higher is the more trusted. */
export interface RankedVerifier extends CommandVerifier {
  precedence: number;
}

/** The verifier that a task's or an agent's single `verify` command makes. */
export const soleVerifier = (command: string[]): RankedVerifier => ({
  name: 'verify',
  command,
  precedence: 0,
});

/** An agent that judges the work of others. */
export interface AgentVerifier {
  name: string;
  agent: string;
}

/** In a task's list, the first is the most trusted. */
export type Verifier = CommandVerifier | AgentVerifier;

/** What somebody says of an execution. */
export interface Word extends Outcome {
  /** Who says so: an agent type, a verifier's name, a person, a build's address. */
  by: string;
  reason?: string;
}
