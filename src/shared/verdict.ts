/** Words on how a task went: who may say so, and what was said. */
import type { Outcome } from './task.js';

/** A program that judges by its exit code. */
export interface CommandVerifier {
  name: string;
  command: string[];
}

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
