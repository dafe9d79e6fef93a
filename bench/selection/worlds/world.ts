/** A world: what every agent would make of every task. Methods see one agent's outcome a task. */
import { mean } from 'simple-statistics';
import type { Uniform } from '../../../src/evidence/random.js';
import { shuffled } from '../draws.js';

export interface World {
  agents: number;
  tasks: number;
  category(task: number): string;
  text(task: number): string;
  /** Agents that can be chosen for the task. */
  offered(task: number): readonly number[];
  /** Expected reward, 0 to 1: what is measured. */
  expected(task: number, agent: number): number;
  /** The reward that a method is shown; the same for all methods. */
  reward(task: number, agent: number): number;
  /** USD. */
  cost(task: number, agent: number): number;
}

/** The world with its agents in an order by chance, so that nothing can be read from their indices. */
export function permuted(world: World, uniform: Uniform): World {
  const place = shuffled(world.agents, uniform);
  const indexOf = place.map((_, index) => place.indexOf(index));
  const at = (agent: number): number => place[agent] ?? 0;
  const offered = new Map<readonly number[], readonly number[]>();
  return {
    ...world,
    offered(task) {
      const agents = world.offered(task);
      // Worlds give the same list as long as it stays the same.
      const known = offered.get(agents) ?? agents.map((agent) => indexOf[agent] ?? 0).sort((a, b) => a - b);
      offered.set(agents, known);
      return known;
    },
    expected: (task, agent) => world.expected(task, at(agent)),
    reward: (task, agent) => world.reward(task, at(agent)),
    cost: (task, agent) => world.cost(task, at(agent)),
  };
}

/** Mean reward and USD a task of one agent for all tasks. */
export interface Single {
  reward: number;
  cost: number;
}

export function singlesOf(world: World): Single[] {
  const numbers = Array.from({ length: world.tasks }, (_, task) => task);
  return Array.from({ length: world.agents }, (_, agent) => ({
    reward: mean(numbers.map((task) => world.expected(task, agent))),
    cost: mean(numbers.map((task) => world.cost(task, agent))),
  }));
}
