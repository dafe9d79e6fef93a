/** What every method of the comparison is given, and has to say. */
import type { Uniform } from '../../src/evidence/random.js';

/** A task as a method sees it. */
export interface MethodTask {
  /** Its place in the order of tasks, from 0. */
  number: number;
  category: string;
  /** Its description; empty in worlds without texts. */
  text: string;
  /** Indices of the agents to choose among; at least one. */
  offered: readonly number[];
}

export interface Outcome {
  /** 0 to 1. */
  reward: number;
  /** USD. */
  cost: number;
}

/** One tenant's way to choose. It sees the outcome of the chosen agent only. */
interface Method {
  choose(task: MethodTask): number;
  update(task: MethodTask, agent: number, outcome: Outcome): void;
}

/** What a method knows beforehand. */
interface Setting {
  /** Agents there are or will be; their indices say nothing. */
  agents: number;
  /** USD a task to be held on average. */
  budget?: number;
}

export type MakeMethod = (setting: Setting, uniform: Uniform) => Method;
