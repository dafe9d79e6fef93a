/** Worlds in which one agent becomes, or comes as, the best one; or the best one ceases to be. */
import type { Uniform } from '../../../src/evidence/random.js';
import { between } from '../draws.js';
import type { World } from './world.js';

/**
 * `drop`: the best agent's probability of success falls by .3. `added`: a new agent comes, .15 better than the best.
 * `risen`: the worst agent becomes .15 better than the best, and nobody says so.
 */
export type Change = 'drop' | 'added' | 'risen';

export const CHANGES: readonly Change[] = ['drop', 'added', 'risen'];

const AGENTS = 10;
const DROP = 0.3;
const RISE = 0.15;
/** Agents' probabilities of success before the change, all equally likely. */
const BEFORE = { from: 0.3, to: 0.7 } as const;

export interface ChangedWorld extends World {
  /** The first task after the change. */
  changesAt: number;
}

/**
 * @param changesAt tasks before the change
 * @param after tasks after it
 */
export function changedWorld(
  change: Change,
  changesAt: number,
  after: number,
  uniform: Uniform,
): ChangedWorld {
  const before = Array.from({ length: AGENTS }, () => between(BEFORE.from, BEFORE.to, uniform));
  const best = before.indexOf(Math.max(...before));
  const later = [...before];
  const everyone = before.map((_, agent) => agent);
  let earlier = everyone;
  if (change === 'drop') later[best] = (before[best] ?? 0) - DROP;
  else {
    // One that is added takes the place of the worst, which was never offered.
    const worst = before.indexOf(Math.min(...before));
    later[worst] = (before[best] ?? 0) + RISE;
    if (change === 'added') earlier = everyone.filter((agent) => agent !== worst);
  }
  const tasks = changesAt + after;
  const draws = Float64Array.from({ length: tasks * AGENTS }, () => uniform());
  const expected = (task: number, agent: number): number => (task < changesAt ? before : later)[agent] ?? 0;
  return {
    agents: AGENTS,
    tasks,
    changesAt,
    category: () => 'all',
    text: () => '',
    offered: (task) => (task < changesAt ? earlier : everyone),
    expected,
    reward: (task, agent) => ((draws[task * AGENTS + agent] ?? 0) < expected(task, agent) ? 1 : 0),
    cost: () => 0,
  };
}
