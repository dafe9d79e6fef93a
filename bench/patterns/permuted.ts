/** Outcomes given to other runs, so that no feature has to do with them. */
import type { Uniform } from '../../src/evidence/random.js';
import type { Observation } from '../../src/learning/inference/observation.js';
import { shuffled } from '../selection/draws.js';

const trialsOf = (observations: readonly Observation[]): number[][] => {
  const tasks = new Map<string, number[]>();
  observations.forEach(({ task }, run) => tasks.set(task, [...(tasks.get(task) ?? []), run]));
  return [...tasks.values()];
};

/** Each trial of a task gets the outcome of a trial of the same task. */
export function permutedWithin(observations: readonly Observation[], uniform: Uniform): Observation[] {
  const outcomes = observations.map(({ success }) => success);
  for (const trials of trialsOf(observations)) {
    const order = shuffled(trials.length, uniform);
    trials.forEach((run, index) => {
      outcomes[run] = observations[trials[order[index] ?? 0] ?? 0]?.success === true;
    });
  }
  return observations.map((run, index) => ({ ...run, success: outcomes[index] === true }));
}

/** Each task gets all outcomes of another with as many trials, in their order. */
export function permutedBetween(observations: readonly Observation[], uniform: Uniform): Observation[] {
  const outcomes = observations.map(({ success }) => success);
  const bySize = new Map<number, number[][]>();
  for (const trials of trialsOf(observations))
    bySize.set(trials.length, [...(bySize.get(trials.length) ?? []), trials]);
  for (const tasks of bySize.values()) {
    const order = shuffled(tasks.length, uniform);
    tasks.forEach((trials, task) => {
      trials.forEach((run, index) => {
        outcomes[run] = observations[tasks[order[task] ?? 0]?.[index] ?? 0]?.success === true;
      });
    });
  }
  return observations.map((run, index) => ({ ...run, success: outcomes[index] === true }));
}
