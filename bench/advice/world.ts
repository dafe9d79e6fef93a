/** Tenants whose truth is planted: agents and categories, what they are like, and what is wrong with them, if anything. */
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import type { Complexity } from '../../src/shared/terms.js';
import { between, normal, shuffled } from '../selection/draws.js';
import { type Kind, type Problem, plant } from './problems.js';

/** Complexities that tasks have here, the easiest first. */
export const COMPLEXITIES = ['SIMPLE', 'MODERATE', 'COMPLEX'] as const satisfies readonly Complexity[];

/** How an agent differs from what is usual in a category; zeros and ones where it does not. */
export interface AgentLevels {
  name: string;
  /** Added to ln of milliseconds, of the odds of success, and of cost. */
  logMs: number;
  skill: number;
  logCost: number;
  /** Multiplies the iterations beyond the first. */
  iterations: number;
  /** How much rather it gets hard tasks than easy ones: added to its log weight for each step of complexity. */
  leaning: number;
}

export interface CategoryLevels {
  name: string;
  strategy: 'single' | 'sequential';
  /** All that may do a task; of a sequential plan, its stages in order. */
  agents: AgentLevels[];
  /** Whether the second stage needs what the first found. */
  dependent: boolean;
  /** Tasks on a usual day. */
  perDay: number;
  /** ln of milliseconds of a simple task, of which each step of complexity makes more. */
  logMs: number;
  logMsStep: number;
  /** Standard deviation of ln of milliseconds that no cause explains. */
  spread: number;
  /** Log odds of success at a simple task, and what each step of complexity takes. */
  ease: number;
  easeStep: number;
  /** Mean iterations beyond the first, and the factor of each step. */
  iterations: number;
  iterationsStep: number;
  /** ln of USD. */
  logCost: number;
  /** Chance that an execution meets an error that anybody meets. */
  errorRate: number;
  /** Whether agents tell how long their actions took. */
  measured: boolean;
  /** Shares of the complexities at the start, and from `mixDay`. */
  mix: readonly (readonly number[])[];
  mixDay: number;
}

export interface World {
  seed: string;
  /** Epoch milliseconds of the first day's midnight, UTC. */
  from: number;
  days: number;
  categories: CategoryLevels[];
  /** ln of the factor that times have, by weekday from Sunday, and of the volume. */
  weekly: readonly number[];
  weeklyVolume: readonly number[];
  /** ln of the factor of each day alone: most are near zero, one may have been a bad day. */
  daily: readonly number[];
  /** Chance that an execution takes many times as long as it should. */
  outliers: number;
  problems: Problem[];
}

const CATEGORIES = ['api_development', 'testing', 'data_cleaning', 'translation', 'reporting'] as const;
const DAY_MS = 86_400_000;
/** A Thursday. */
const FIRST_DAY = Date.UTC(2026, 0, 1);

/** A world without anything wrong: agents are equal in every category. */
export function emptyWorld(seed: string): World {
  return drawWorld(seed, seededUniform(`advice|empty|${seed}`));
}

/** A world with a problem in most categories, of the kinds wanted as far as they fit. */
export function plantedWorld(seed: string, kinds: readonly Kind[]): World {
  const uniform = seededUniform(`advice|planted|${seed}`);
  const world = drawWorld(seed, uniform);
  plant(world, kinds, uniform);
  return world;
}

function drawWorld(seed: string, uniform: Uniform): World {
  const days = Math.round(between(30, 80, uniform));
  const pool = Array.from({ length: 3 + Math.floor(uniform() * 3) }, (_, index) => `agent-${index + 1}`);
  const names = shuffled(CATEGORIES.length, uniform).slice(0, 2 + Math.floor(uniform() * 3));
  const busy = between(0, 0.25, uniform);
  const slow = between(-0.15, 0.15, uniform);
  const badDay = uniform() < 0.5 ? Math.floor(uniform() * days) : -1;
  return {
    seed,
    from: FIRST_DAY + Math.floor(uniform() * 7) * DAY_MS,
    days,
    categories: names.map((index, at) =>
      drawCategory(CATEGORIES[index] ?? '', at === 0 ? 'sequential' : 'single', pool, days, uniform),
    ),
    weekly: weekOf(slow),
    weeklyVolume: weekOf(-4 * busy),
    daily: Array.from({ length: days }, (_, day) => 0.04 * normal(uniform) + (day === badDay ? 0.5 : 0)),
    outliers: between(0.003, 0.02, uniform),
    problems: [],
  };
}

/** The same on all working days, `weekend` on the other two. */
const weekOf = (weekend: number): number[] => [weekend, 0, 0, 0, 0, 0, weekend];

function drawCategory(
  name: string,
  strategy: CategoryLevels['strategy'],
  pool: readonly string[],
  days: number,
  uniform: Uniform,
): CategoryLevels {
  const size = strategy === 'sequential' ? 2 : 2 + Math.floor(uniform() * 2);
  const who = shuffled(pool.length, uniform).slice(0, size);
  // The first gets the hard tasks, the last the easy ones, as people and policies assign.
  const leaning = strategy === 'sequential' ? 0 : between(0.3, 1.2, uniform);
  return {
    name,
    strategy,
    agents: who.map((index, at) => ({
      name: pool[index] ?? '',
      // Stages are different work, so that their agents differ and neither is at fault.
      ...(strategy === 'sequential' ? drawStage(uniform) : { logMs: 0, skill: 0, logCost: 0, iterations: 1 }),
      leaning: leaning * (1 - (2 * at) / (size - 1)),
    })),
    dependent: strategy === 'sequential',
    perDay: Math.exp(between(Math.log(6), Math.log(24), uniform)),
    logMs: between(Math.log(20_000), Math.log(400_000), uniform),
    logMsStep: between(0.3, 0.8, uniform),
    spread: between(0.35, 0.8, uniform),
    ease: between(0.8, 2.5, uniform),
    easeStep: between(0.4, 1, uniform),
    iterations: between(1.5, 5, uniform),
    iterationsStep: between(1.2, 1.6, uniform),
    logCost: between(Math.log(0.01), Math.log(0.5), uniform),
    errorRate: between(0.03, 0.2, uniform),
    measured: uniform() < 0.6,
    mix: [drawMix(uniform), drawMix(uniform)],
    mixDay: Math.floor(between(0.2, 0.8, uniform) * days),
  };
}

const drawStage = (uniform: Uniform): Omit<AgentLevels, 'name' | 'leaning'> => ({
  logMs: between(-0.7, 0.7, uniform),
  skill: between(-0.5, 1, uniform),
  logCost: between(-1, 1, uniform),
  iterations: between(0.6, 1.6, uniform),
});

function drawMix(uniform: Uniform): number[] {
  const weights = COMPLEXITIES.map(() => between(0.15, 1, uniform));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** @throws Error when the world has no such category */
export function categoryOf(world: World, name: string): CategoryLevels {
  const found = world.categories.find((category) => category.name === name);
  if (found === undefined) throw new Error(`World ${world.seed} has no category ${name}`);
  return found;
}
