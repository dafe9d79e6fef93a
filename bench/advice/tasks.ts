/** A world's tasks as they come: who got which, and what came of it. */
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import { type Call, type Drawn, drawCall, poisson } from './attempt.js';
import { type AgentLevels, type CategoryLevels, COMPLEXITIES, type World } from './world.js';

/** A task with the calls it took, in order: one, or the stages of a sequential plan until one failed. */
export interface WorldTask {
  category: CategoryLevels;
  complexity: number;
  day: number;
  calls: { agent: AgentLevels; drawn: Drawn }[];
}

/** All tasks of a world in the order of days. The same world has the same tasks. */
export function tasksOf(world: World): WorldTask[] {
  const uniform = seededUniform(`advice|tasks|${world.seed}`);
  const tasks: WorldTask[] = [];
  const weekdayOfFirst = new Date(world.from).getUTCDay();
  for (let day = 0; day < world.days; day++)
    for (const category of world.categories) {
      const volume = Math.exp(world.weeklyVolume[(weekdayOfFirst + day) % 7] ?? 0);
      const count = poisson(category.perDay * volume, uniform);
      for (let task = 0; task < count; task++) tasks.push(drawTask(world, category, day, uniform));
    }
  return tasks;
}

function drawTask(world: World, category: CategoryLevels, day: number, uniform: Uniform): WorldTask {
  const mix = category.mix[day < category.mixDay ? 0 : 1] ?? [];
  const complexity = pick(mix, uniform);
  const make = (agent: AgentLevels) => {
    const call: Call = { category, agent, complexity, day };
    return { agent, drawn: drawCall(world, call, world.problems, uniform) };
  };
  const calls: WorldTask['calls'] = [];
  if (category.strategy === 'sequential') {
    for (const agent of category.agents) {
      const call = make(agent);
      calls.push(call);
      if (!call.drawn.success) break;
    }
  } else {
    const weights = category.agents.map(({ leaning }) =>
      Math.exp(leaning * (complexity - (COMPLEXITIES.length - 1) / 2)),
    );
    const agent = category.agents[pick(weights, uniform)];
    if (agent !== undefined) calls.push(make(agent));
  }
  return { category, complexity, day, calls };
}

/** A position, with chances in proportion to the weights. */
function pick(weights: readonly number[], uniform: Uniform): number {
  let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [position, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return position;
  }
  return weights.length - 1;
}
