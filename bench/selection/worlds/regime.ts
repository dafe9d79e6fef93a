/** What a synthetic world is drawn by. */

/** How the agents' effects are spread. */
export type Shape = 'normal' | 'uniform' | 'few good' | 'clusters' | 'equal';

export const SHAPES: readonly Shape[] = ['normal', 'uniform', 'few good', 'clusters', 'equal'];

/** Spreads are standard deviations of log-odds. */
export interface Regime {
  agents: number;
  tasks: number;
  categories: number;
  /** Mean reward over all agents and tasks. */
  mean: number;
  shape: Shape;
  /** How far agents differ everywhere, categories for all agents, and agents within a category. */
  agentSpread: number;
  categorySpread: number;
  agentInCategorySpread: number;
  /** How far tasks of one category differ, for all agents alike. */
  difficulty: number;
  /** Category i of n is as frequent as 1 / i to this power (Zipf's law). */
  zipf: number;
  /** Rewards are grades about their mean, instead of 0 or 1. */
  graded: boolean;
  /** What each agent's log-odds move by, by chance, with each task. */
  walk: number;
}
