/** Worlds whose truth is planted: tasks, agents and runs with features that matter, and features that only seem to. */
import type { Uniform } from '../../src/evidence/random.js';
import type { Observation } from '../../src/learning/inference/observation.js';
import { between, normal } from '../selection/draws.js';

/** What a world is drawn with. */
export interface Regime {
  tasks: readonly [number, number];
  /** Trials of a task. */
  trials: readonly [number, number];
  /** Features without effect that depend on nothing but the kind of task. */
  idle: readonly [number, number];
  /** Features with an effect; none in a world in which nothing is real. */
  real: number;
  /** Features without effect that go with hard tasks. */
  withHardTasks: number;
}

export interface World {
  observations: readonly Observation[];
  /** By feature with an effect: log odds that it adds to success. */
  effects: ReadonlyMap<string, number>;
  /** Features that runs show. */
  features: readonly string[];
  /** By run: chance of success, known to the world alone. */
  chances: readonly number[];
}

const CLUSTERS = [4, 12] as const;
const AGENTS = [1, 4] as const;
/** Standard deviations in log odds: difficulty between kinds of task and within, skill of agents. */
const BETWEEN_CLUSTERS = 0.8;
const WITHIN_CLUSTER = 1.2;
const SKILL = 0.6;
/** Log odds that a run longer by one standard deviation loses. */
const LENGTH_COST = 0.6;
/** Log odds that an effect may add or take. */
const EFFECT = [0.4, 2.2] as const;
/** Features that go with an agent, with long runs, and along with a real one, each without effect. */
const WITH_AGENT = 6;
const WITH_LENGTH = 6;
/** How strongly they do, in log odds. */
const LEANING = 1.5;
/** Share of runs in which a copy differs from its original, and an echo does. */
const COPY = 0.02;
const ECHO = 0.25;

const wholeBetween = ([low, high]: readonly [number, number], uniform: Uniform): number =>
  low + Math.floor(uniform() * (high - low + 1));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

interface Feature {
  name: string;
  /** Log odds of showing it. */
  base: number;
  byCluster: readonly number[];
  leans: 'nothing' | 'difficulty' | 'length' | number;
  /** The feature that it follows, and in which share of runs it does not. */
  follows: { name: string; unless: number } | null;
}

/** A world of the regime; the same draws make the same world. */
export function drawWorld(regime: Regime, uniform: Uniform): World {
  const clusters = wholeBetween(CLUSTERS, uniform);
  const skills = Array.from({ length: wholeBetween(AGENTS, uniform) }, () => SKILL * normal(uniform));
  const { features, effects } = drawFeatures(regime, clusters, skills.length, uniform);
  const hard = Array.from({ length: clusters }, () => BETWEEN_CLUSTERS * normal(uniform));
  const ease = between(-0.5, 1, uniform);
  const observations: Observation[] = [];
  const chances: number[] = [];
  const tasks = wholeBetween(regime.tasks, uniform);
  for (let task = 0; task < tasks; task += 1) {
    const cluster = Math.floor(uniform() * clusters);
    const difficulty = (hard[cluster] ?? 0) + WITHIN_CLUSTER * normal(uniform);
    const trials = wholeBetween(regime.trials, uniform);
    for (let trial = 0; trial < trials; trial += 1) {
      const agent = Math.floor(uniform() * skills.length);
      const length = normal(uniform);
      const shown = show(features, { cluster, difficulty, agent, length }, uniform);
      const gain = [...effects].reduce((sum, [name, effect]) => sum + (shown.has(name) ? effect : 0), 0);
      const chance = logistic(ease + (skills[agent] ?? 0) - difficulty - LENGTH_COST * length + gain);
      chances.push(chance);
      observations.push({
        id: `run-${task}-${trial}`,
        task: `task-${task}`,
        agent: `agent-${agent}`,
        features: [...shown].sort(),
        success: uniform() < chance,
        length: Math.round(Math.exp(2.5 + 0.5 * (length + 0.3 * difficulty))),
        iterations: 1,
        durationMs: 1_000,
        cost: null,
        at: observations.length,
      });
    }
  }
  return { observations, effects, features: features.map(({ name }) => name), chances };
}

function drawFeatures(
  regime: Regime,
  clusters: number,
  agents: number,
  uniform: Uniform,
): { features: Feature[]; effects: Map<string, number> } {
  const features: Feature[] = [];
  const add = (kind: string, leans: Feature['leans'], follows: Feature['follows'] = null): string => {
    const name = `${kind}-${features.length}`;
    features.push({
      name,
      base: between(-3, 0.5, uniform),
      byCluster: Array.from({ length: clusters }, () => 0.7 * normal(uniform)),
      leans,
      follows,
    });
    return name;
  };
  const effects = new Map<string, number>();
  const times = (count: number, draw: (index: number) => void): void => {
    for (let index = 0; index < count; index += 1) draw(index);
  };
  times(regime.real, (index) => {
    const name = add('real', 'nothing');
    effects.set(name, (index % 2 === 0 ? 1 : -1) * between(...EFFECT, uniform));
    if (index < 2) add('copy', 'nothing', { name, unless: COPY });
    if (index === 2 || index === 3) add('echo', 'nothing', { name, unless: ECHO });
  });
  times(regime.withHardTasks, () => add('hard', 'difficulty'));
  times(WITH_AGENT, () => add('agent', Math.floor(uniform() * agents)));
  times(WITH_LENGTH, () => add('long', 'length'));
  times(wholeBetween(regime.idle, uniform), () => add('idle', 'nothing'));
  return { features, effects };
}

function show(
  features: readonly Feature[],
  run: { cluster: number; difficulty: number; agent: number; length: number },
  uniform: Uniform,
): Set<string> {
  const shown = new Set<string>();
  for (const { name, base, byCluster, leans, follows } of features) {
    const lean =
      leans === 'nothing'
        ? 0
        : leans === 'difficulty'
          ? run.difficulty
          : leans === 'length'
            ? run.length
            : Number(run.agent === leans);
    const odds = base + (byCluster[run.cluster] ?? 0) + LEANING * lean;
    const own = uniform() < logistic(odds);
    if (follows === null ? own : uniform() < follows.unless ? own : shown.has(follows.name)) shown.add(name);
  }
  return shown;
}
