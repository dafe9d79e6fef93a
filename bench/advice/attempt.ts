/** How one call of an agent goes in a world: the same draws for what is recorded and for what is true. */
import type { Uniform } from '../../src/evidence/random.js';
import { normal } from '../selection/draws.js';
import { FLAKY_ERROR, type Problem } from './problems.js';
import { type AgentLevels, type CategoryLevels, COMPLEXITIES, type World } from './world.js';

/** What is done: who does which task when. */
export interface Call {
  category: CategoryLevels;
  agent: AgentLevels;
  /** Position among the complexities. */
  complexity: number;
  /** Position of the day. */
  day: number;
}

/** What comes of it. Times in milliseconds. */
export interface Drawn {
  ms: number;
  queueMs: number;
  success: boolean;
  iterations: number;
  /** Texts as reported. */
  errors: string[];
  costUsd: number;
  /** Time of the tool that may be slow; part of `ms`. */
  toolMs: number;
  /** Time of each repeated action; part of `ms`. */
  repeatedMs: readonly number[];
}

/** Errors that anybody meets now and then. */
const COMMON_ERRORS = [
  'TypeError: undefined is not a function',
  'ValueError: invalid literal',
  'TimeoutError: no answer',
  'AssertionError: expected equal',
  'SyntaxError: unexpected token',
  'FileNotFoundError: no such file',
  'PermissionError: not allowed',
  'KeyError: missing key',
] as const;
/** Standard deviation of how hard a task is beyond its complexity. */
const HARDNESS = 1;
const MOST_OUTLIER = 20;
/** Shares of a usual time that waiting and the tool take where nothing is wrong. */
const QUEUE_SHARE = 0.08;
const TOOL_SHARE = 0.12;
/** Standard deviations of ln: of cost, of waiting, and of an action's time. */
const COST_SPREAD = 0.35;
const QUEUE_SPREAD = 0.8;
const ACTION_SPREAD = 0.3;
/** Chance of success that is left where a flaky tool fails. */
const FLAKY_SUCCESS = 0.4;
/** Shape of the gamma distribution that the means of iterations are drawn from: more varied than Poisson. */
const ITERATIONS_SHAPE = 3;

/**
 * One call. Draws that every call takes come first, so that two calls by the same draws differ only as the worlds do.
 *
 * @param problems in force: all of the world's, or all but one that is mended
 */
export function drawCall(
  world: World,
  { category, agent, complexity, day }: Call,
  problems: readonly Problem[],
  uniform: Uniform,
): Drawn {
  const hardness = HARDNESS * normal(uniform);
  const [timeDraw, outlierDraw, outlierSize] = [normal(uniform), uniform(), normal(uniform)];
  const [successDraw, costDraw, flakyDraw, errorDraw] = [uniform(), normal(uniform), uniform(), uniform()];
  const [queueDraw, toolDraw, repeatDraw, spareDraw] = [
    normal(uniform),
    normal(uniform),
    normal(uniform),
    uniform(),
  ];
  const weekday = (new Date(world.from).getUTCDay() + day) % 7;
  const here = problems.filter(
    (problem) => problem.agent === agent.name && problem.category === category.name && problem.day <= day,
  );
  const find = (kind: Problem['kind']) => here.find((problem) => problem.kind === kind);
  const level = category.logMs + category.logMsStep * complexity;
  // What a tool or a queue takes has nothing to do with how hard the task is.
  const usual = Math.exp(category.logMs + category.logMsStep + (category.spread * category.spread) / 2);
  const flaky = find('flakyTool');
  const failed = flaky !== undefined && flakyDraw < flaky.size;
  const outlier =
    outlierDraw < world.outliers ? Math.min(MOST_OUTLIER, Math.exp(1 + 0.7 * Math.abs(outlierSize))) : 1;
  const time =
    level +
    agent.logMs +
    (world.weekly[weekday] ?? 0) +
    (world.daily[day] ?? 0) +
    (find('drift')?.size ?? 0) +
    (failed ? flaky.weight : 0) +
    category.spread * (0.3 * hardness + Math.sqrt(1 - 0.09) * timeDraw);
  const slowTool = find('slowTool');
  const toolMs =
    (slowTool?.size ?? TOOL_SHARE) * (slowTool?.weight ?? 1) * usual * Math.exp(ACTION_SPREAD * toolDraw);
  const queueMs =
    QUEUE_SHARE * (find('slowQueue')?.weight ?? 1) * usual * Math.exp(QUEUE_SPREAD * queueDraw - 0.32);
  const repeatedMs = repeatsOf(here, usual * Math.exp(ACTION_SPREAD * repeatDraw), spareDraw, uniform);
  const odds = category.ease + agent.skill - category.easeStep * complexity - 0.5 * hardness;
  const chance = (1 / (1 + Math.exp(-odds))) * (failed ? FLAKY_SUCCESS : 1);
  const success = successDraw < chance;
  // Errors are a little more usual where tasks fail.
  const common = errorDraw < category.errorRate * (success ? 1 : 1.5);
  const error = COMMON_ERRORS[Math.floor(uniform() * COMMON_ERRORS.length)] ?? '';
  const more =
    category.iterations *
    category.iterationsStep ** complexity *
    agent.iterations *
    Math.exp(0.15 * hardness);
  return {
    ms: Math.exp(time) * outlier + usualTool(category, toolMs) + repeatedMs.reduce((sum, ms) => sum + ms, 0),
    queueMs,
    success,
    iterations: 1 + poisson((more * gammaWhole(ITERATIONS_SHAPE, uniform)) / ITERATIONS_SHAPE, uniform),
    errors: [...(failed ? [FLAKY_ERROR] : []), ...(common ? [error] : [])],
    costUsd: Math.exp(
      category.logCost + 0.4 * complexity + agent.logCost + 0.2 * hardness + COST_SPREAD * costDraw,
    ),
    toolMs,
    repeatedMs,
  };
}

/** Where actions are not measured, the tool's time is part of the rest. */
const usualTool = (category: CategoryLevels, toolMs: number): number => (category.measured ? toolMs : 0);

/** The times of what a cache would save. */
function repeatsOf(here: readonly Problem[], scale: number, draw: number, uniform: Uniform): number[] {
  const within = here.find(({ kind }) => kind === 'repeatsWithin');
  // The first of them would remain.
  if (within !== undefined) return Array(1 + poisson(within.weight, uniform)).fill(within.size * scale);
  const across = here.find(({ kind }) => kind === 'repeatsAcross');
  return across !== undefined && draw < across.weight ? [across.size * scale] : [];
}

/** A draw from the Poisson distribution, by multiplying uniforms (Knuth). */
export function poisson(mean: number, uniform: Uniform): number {
  const limit = Math.exp(-mean);
  let product = uniform();
  let count = 0;
  while (product > limit) {
    product *= uniform();
    count += 1;
  }
  return count;
}

/** A draw from the gamma distribution with a whole shape and scale 1: a sum of exponentials. */
function gammaWhole(shape: number, uniform: Uniform): number {
  let total = 0;
  for (let part = 0; part < shape; part++) total -= Math.log(1 - uniform());
  return total;
}

/** How many complexities there are. */
export const STEPS = COMPLEXITIES.length;
