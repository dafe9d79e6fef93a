/** What is wrong in a world: each problem with its true type, agent, category and size. */
import type { Uniform } from '../../src/evidence/random.js';
import type { OptimizationType } from '../../src/shared/terms.js';
import { between, scaleBetween } from '../selection/draws.js';
import type { CategoryLevels, World } from './world.js';

/** Kinds of problems, and the type of advice that each calls for. */
export const kinds = {
  drift: 'EXECUTION_SPEED',
  slowTool: 'EXECUTION_SPEED',
  slowQueue: 'EXECUTION_SPEED',
  slowPeer: 'EXECUTION_SPEED',
  manyIterations: 'ITERATION_REDUCTION',
  flakyTool: 'ERROR_REDUCTION',
  expensive: 'RESOURCE_EFFICIENCY',
  repeatsWithin: 'CACHING',
  repeatsAcross: 'CACHING',
  serialStages: 'PARALLEL_EXECUTION',
  betterAgent: 'AGENT_SELECTION',
} as const satisfies Record<string, OptimizationType>;
export type Kind = keyof typeof kinds;

export interface Problem {
  kind: Kind;
  type: OptimizationType;
  /** Whom the advice has to name. */
  agent: string;
  category: string;
  /** Position of the day it begins on. */
  day: number;
  /** As its kind has it: ln of a factor, a rate, or a share of the usual time. */
  size: number;
  /** What an error or a repeated action takes besides: ln of the factor of time, or repetitions an execution. */
  weight: number;
  /** The better agent, or the later stage. */
  other: string;
}

/** The error text of a flaky tool, and the type of the action that a slow tool and a cache are about. */
export const FLAKY_ERROR = 'ConnectionResetError: the package index closed the connection';
export const SLOW_ACTION = 'search_index';
export const REPEATED_ACTION = 'fetch_reference';
/** Inputs over which actions repeated across executions go. */
export const REPEATED_INPUTS = 3;

/** Puts a problem into most categories: one each, so that none hides another. */
export function plant(world: World, wanted: readonly Kind[], uniform: Uniform): void {
  let next = 0;
  for (const category of world.categories) {
    if (category.strategy === 'sequential') {
      if (wanted.includes('serialStages')) serialise(world, category);
      continue;
    }
    const singles = wanted.filter((kind) => kind !== 'serialStages');
    const kind = singles[next % Math.max(1, singles.length)];
    next += 1;
    if (kind === undefined) continue;
    world.problems.push(...plantIn(world, category, kind, uniform));
  }
}

function serialise(world: World, category: CategoryLevels): void {
  const [first, then] = category.agents;
  if (first === undefined || then === undefined) return;
  category.dependent = false;
  // Stages of unlike length leave less to save.
  const size = Math.abs(first.logMs - then.logMs);
  world.problems.push({
    ...problemOf('serialStages', first.name, category, 0, size, 0),
    other: then.name,
  });
}

function plantIn(world: World, category: CategoryLevels, kind: Kind, uniform: Uniform): Problem[] {
  const { agents } = category;
  const agent = agents[Math.floor(uniform() * agents.length)];
  if (agent === undefined) return [];
  const day = Math.floor(between(0.3, 0.75, uniform) * world.days);
  const problem = (from: number, size: number, weight = 0): Problem[] => [
    problemOf(kind, agent.name, category, from, size, weight),
  ];
  switch (kind) {
    case 'drift':
      return problem(day, between(0.15, 1.1, uniform));
    case 'slowTool':
      category.measured = true;
      return problem(day, between(0.1, 0.25, uniform), scaleBetween(2.5, 8, uniform));
    case 'slowQueue':
      return problem(day, 0, scaleBetween(2.5, 12, uniform));
    case 'slowPeer':
      agent.logMs = between(0.12, 0.9, uniform);
      return problem(0, agent.logMs);
    case 'manyIterations':
      agent.iterations = between(1.25, 2.8, uniform);
      return problem(0, Math.log(agent.iterations));
    case 'flakyTool':
      return problem(0, between(0.05, 0.4, uniform), between(0.1, 0.6, uniform));
    case 'expensive':
      agent.logCost = between(0.1, 1.5, uniform);
      return problem(0, agent.logCost);
    case 'repeatsWithin':
      category.measured = true;
      return problem(0, between(0.03, 0.2, uniform), between(2, 5, uniform));
    case 'repeatsAcross':
      category.measured = true;
      return problem(0, between(0.06, 0.6, uniform), between(0.5, 1, uniform));
    case 'betterAgent': {
      // With most tasks done well there would be little to gain.
      category.ease -= 1;
      agent.skill = between(0.4, 2.6, uniform);
      // Advice is to those whose tasks the better one should get.
      return agents
        .filter(({ name }) => name !== agent.name)
        .map(({ name }) => ({
          ...problemOf(kind, name, category, 0, agent.skill, 0),
          other: agent.name,
        }));
    }
    default:
      return [];
  }
}

const problemOf = (
  kind: Kind,
  agent: string,
  category: CategoryLevels,
  day: number,
  size: number,
  weight: number,
): Problem => ({ kind, type: kinds[kind], agent, category: category.name, day, size, weight, other: '' });
