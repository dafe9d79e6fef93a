import type { Uniform } from '../../../src/evidence/random.js';
import type { MakeMethod } from '../method.js';
import type { World } from '../worlds/world.js';

/** What a method came to in a world: means over all tasks. */
export interface Play {
  /** Expected reward. */
  reward: number;
  /** USD a task. */
  cost: number;
}

/** One task's choice. */
export interface Step {
  task: number;
  agent: number;
}

/** Lets a method choose for every task in turn; it sees what came of its own choices alone. */
export function* stepsOf(
  world: World,
  make: MakeMethod,
  uniform: Uniform,
  budget?: number,
): Generator<Step, void> {
  const method = make({ agents: world.agents, ...(budget === undefined ? {} : { budget }) }, uniform);
  for (let number = 0; number < world.tasks; number++) {
    const task = {
      number,
      category: world.category(number),
      text: world.text(number),
      offered: world.offered(number),
    };
    const agent = method.choose(task);
    if (!task.offered.includes(agent)) throw new Error(`task ${number}: agent ${agent} was not offered`);
    method.update(task, agent, { reward: world.reward(number, agent), cost: world.cost(number, agent) });
    yield { task: number, agent };
  }
}

export function play(world: World, make: MakeMethod, uniform: Uniform, budget?: number): Play {
  let [reward, cost] = [0, 0];
  for (const { task, agent } of stepsOf(world, make, uniform, budget)) {
    reward += world.expected(task, agent);
    cost += world.cost(task, agent);
  }
  return { reward: reward / world.tasks, cost: cost / world.tasks };
}
