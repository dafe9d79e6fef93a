/** What an agent comes to in the long run on given tasks, by drawing the world's own model many times. */

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { mean, variance } from 'simple-statistics';
import { uniformOf } from '../../src/evidence/random.js';
import { type Drawn, drawCall } from './attempt.js';
import type { Problem } from './problems.js';
import { categoryOf, type World } from './world.js';

/** Between the seeds of single calls: odd, so that none comes twice. */
const SPACING = 0x9e3779b1;

/** Whose calls, on tasks of which complexities, on which day, and what is mended of the world's problems. */
export interface Scene {
  agent: string;
  category: string;
  /** Positions of complexities, in the proportions wanted. */
  complexities: readonly number[];
  day: number;
  without?: Problem | undefined;
}

/**
 * Draws calls of a scene on a usual day. Scenes of one world share their draws, one by one, so that they differ only
 * as their agents and problems do.
 *
 * @param other gives draws of its own, for calls on the same tasks that are independent of these
 */
export function drawScene(world: World, scene: Scene, draws: number, other = 0): Drawn[] {
  const category = categoryOf(world, scene.category);
  const agent = category.agents.find(({ name }) => name === scene.agent);
  if (agent === undefined) throw new Error(`${scene.agent} does nothing in ${scene.category}`);
  const usual: World = { ...world, weekly: [], daily: [] };
  const problems = world.problems.filter((problem) => problem !== scene.without);
  const seed = Math.floor(uniformOf(`advice|level|${world.seed}|${other}`) * 2 ** 32);
  return Array.from({ length: draws }, (_, index) => {
    const complexity = scene.complexities[index % scene.complexities.length] ?? 0;
    const generator = xoroshiro128plus((seed + index * SPACING) | 0);
    const uniform = (): number => uniformFloat64(generator);
    return drawCall(usual, { category, agent, complexity, day: scene.day }, problems, uniform);
  });
}

/** What is measured of a call. */
export type Figure = (drawn: Drawn) => number;

export const figures = {
  logMs: ({ ms }) => Math.log(ms),
  ms: ({ ms }) => ms,
  logQueue: ({ queueMs }) => Math.log(queueMs),
  logTool: ({ toolMs }) => Math.log(toolMs),
  // Of actions that are measured and are neither the tool nor repeated.
  logRest: ({ ms, toolMs, repeatedMs }) =>
    Math.log(ms - toolMs - repeatedMs.reduce((sum, each) => sum + each, 0)),
  elapsed: ({ ms, queueMs }) => ms + queueMs,
  success: ({ success }) => Number(success),
  iterations: ({ iterations }) => iterations,
  errors: ({ errors }) => errors.length,
  logCost: ({ costUsd }) => Math.log(costUsd),
  // The first of several has to be done.
  saved: ({ repeatedMs }) =>
    repeatedMs.length === 1 ? (repeatedMs[0] ?? 0) : repeatedMs.slice(1).reduce((sum, ms) => sum + ms, 0),
} as const satisfies Record<string, Figure>;

export const meanOf = (drawn: readonly Drawn[], figure: Figure): number => mean(drawn.map(figure));
export const varianceOf = (drawn: readonly Drawn[], figure: Figure): number => variance(drawn.map(figure));
