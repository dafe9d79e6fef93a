/** The statistics that are kept, and the dimensions that tell their counters apart. */

/** How attempts went and what they took. */
export const STATISTICS = 'statistics';
/** What the steps of tasks took. */
export const STEPS = 'steps';
/** Attempts by the errors they had. */
export const ERRORS = 'errors';
/** Actions that agents took, and those they repeated. */
export const ACTIONS = 'actions';
/** Agents of sequential plans that ran one after another. */
export const STAGES = 'stages';

/** `complexity` and `category` are `unknown` where the task was not analysed; `day` is `YYYY-MM-DD`, UTC. */
export const statisticsDimensions = {
  [STATISTICS]: ['agentType', 'category', 'strategy', 'complexity', 'day'],
  [STEPS]: ['category', 'day'],
  [ERRORS]: ['agentType', 'category', 'signature', 'day'],
  [ACTIONS]: ['agentType', 'category', 'action', 'day'],
  [STAGES]: ['first', 'then', 'category', 'day'],
} as const;

export type StatisticsName = keyof typeof statisticsDimensions;
