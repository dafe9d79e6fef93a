/** Worlds of optional actions whose number is the length of the run: at equal lengths, one was taken for another. */
import type { Uniform } from '../../src/evidence/random.js';
import type { Observation } from '../../src/learning/inference/observation.js';
import { between, normal } from '../selection/draws.js';
import type { World } from './world.js';

/** What such a world is drawn with. */
export interface OptionalRegime {
  tasks: readonly [number, number];
  /** Trials of a task. */
  trials: readonly [number, number];
  /** Actions that a run may take or leave. */
  actions: readonly [number, number];
  /** Those of them that have an effect. */
  real: readonly [number, number];
  /** Log odds that a real action adds or takes. */
  effect: readonly [number, number];
  /** Chance that an action that was taken is taken once more, and so on. */
  again: number;
  /**
   * Log odds that a run loses whose other actions, which no feature shows, are more by one standard deviation; half of
   * the actions without effect are taken more often in such runs. Null: there are no other actions.
   */
  restCost: number | null;
}

const WITHIN = 1.2;
/** Log odds with which an action goes with many other ones. */
const LEANING = 1;
const MOST_AGAIN = 5;

const wholeBetween = ([low, high]: readonly [number, number], uniform: Uniform): number =>
  low + Math.floor(uniform() * (high - low + 1));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** A world of the regime; the same draws make the same world. */
export function drawOptionalWorld(regime: OptionalRegime, uniform: Uniform): World {
  const { again, restCost } = regime;
  const count = wholeBetween(regime.actions, uniform);
  const real = Math.min(count, wholeBetween(regime.real, uniform));
  const effects = new Map<string, number>();
  const actions = Array.from({ length: count }, (_, index) => {
    const name =
      index < real
        ? `real-${index}`
        : restCost !== null && index % 2 === 0
          ? `long-${index}`
          : `idle-${index}`;
    if (index < real) effects.set(name, (uniform() < 0.5 ? -1 : 1) * between(...regime.effect, uniform));
    return { name, base: between(-1.5, 1.5, uniform), leaning: name.startsWith('long') ? LEANING : 0 };
  });
  const ease = between(-0.5, 1, uniform);
  const observations: Observation[] = [];
  const chances: number[] = [];
  const tasks = wholeBetween(regime.tasks, uniform);
  for (let task = 0; task < tasks; task += 1) {
    const difficulty = WITHIN * normal(uniform);
    const trials = wholeBetween(regime.trials, uniform);
    for (let trial = 0; trial < trials; trial += 1) {
      const rest = restCost === null ? 0 : normal(uniform);
      let length = restCost === null ? 0 : Math.round(Math.exp(2.5 + 0.5 * rest));
      let gain = ease - difficulty - (restCost ?? 0) * rest;
      const shown: string[] = [];
      for (const { name, base, leaning } of actions) {
        if (uniform() >= logistic(base + leaning * rest)) continue;
        shown.push(name);
        gain += effects.get(name) ?? 0;
        length += 1;
        for (let more = 0; more < MOST_AGAIN && uniform() < again; more += 1) length += 1;
      }
      chances.push(logistic(gain));
      observations.push({
        id: `run-${task}-${trial}`,
        task: `task-${task}`,
        agent: 'agent',
        features: shown.sort(),
        success: uniform() < logistic(gain),
        length,
        iterations: 1,
        durationMs: 1_000,
        cost: null,
        at: observations.length,
      });
    }
  }
  return { observations, effects, features: actions.map(({ name }) => name), chances };
}
