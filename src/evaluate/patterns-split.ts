/** Observations in their groups, parted by task and with their outcomes permuted. Pure. */
import { seededUniform, type Uniform } from '../evidence/random.js';
import type { Observation } from '../learning/inference/observation.js';
import { type GroupedObservation, type ObservedKind, observationsOf } from '../learning/observations-of.js';
import type { InteractionsFile } from './patterns-file.js';

/** All observations that are judged together. */
export interface ObservedGroup {
  kind: ObservedKind;
  group: string;
  observations: readonly Observation[];
}

/** What the runs of a file say, by kind and group. */
export function groupsOf({ interactions }: InteractionsFile): ObservedGroup[] {
  return grouped(interactions.flatMap((interaction) => observationsOf(interaction, interaction.outcome)));
}

/** Groups of several files, those of the same name together. */
export const pooled = (files: readonly (readonly ObservedGroup[])[]): ObservedGroup[] =>
  grouped(
    files
      .flat()
      .flatMap(({ kind, group, observations }) =>
        observations.map((observation) => ({ kind, group, observation })),
      ),
  );

function grouped(all: readonly GroupedObservation[]): ObservedGroup[] {
  const groups = new Map<string, { kind: ObservedKind; group: string; observations: Observation[] }>();
  for (const { kind, group, observation } of all) {
    const key = JSON.stringify([kind, group]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { kind, group, observations: [observation] });
    else known.observations.push(observation);
  }
  return [...groups.values()];
}

export interface Split {
  train: ObservedGroup[];
  test: ObservedGroup[];
}

/** Half of the tasks of each category to learn from, the other half to test on; no task is in both. */
export function splitByTask(groups: readonly ObservedGroup[], seed: string): Split {
  const uniform = seededUniform(`split ${seed}`);
  const trained = new Set<string>();
  const dealt = new Set<string>();
  for (const { kind, observations } of groups) {
    if (kind !== 'action') continue;
    const tasks = shuffled([...new Set(observations.map(({ task }) => task))], uniform);
    for (const [at, task] of tasks.filter((each) => !dealt.has(each)).entries()) {
      dealt.add(task);
      if (at % 2 === 0) trained.add(task);
    }
  }
  return {
    train: only(groups, ({ task }) => trained.has(task)),
    test: only(groups, ({ task }) => dealt.has(task) && !trained.has(task)),
  };
}

/** The groups without the observations that are not wanted; without those that have none left. */
export const only = (
  groups: readonly ObservedGroup[],
  isWanted: (observation: Observation) => boolean,
): ObservedGroup[] =>
  groups
    .map((group) => ({ ...group, observations: group.observations.filter(isWanted) }))
    .filter(({ observations }) => observations.length > 0);

export const permutations = ['between', 'within'] as const;
export type Permutation = (typeof permutations)[number];

/**
 * Groups in which nothing goes with success. `within`: outcomes change places among the trials of a task.
 * `between`: all outcomes of a task go together to another that has as many trials; tasks that are alone in their
 * number of trials have nobody to change with and are left out.
 */
export function permuted(groups: readonly ObservedGroup[], how: Permutation, seed: string): ObservedGroup[] {
  const uniform = seededUniform(`permute ${how} ${seed}`);
  return groups
    .map((group) => {
      const tasks = new Map<string, Observation[]>();
      for (const observation of group.observations)
        tasks.set(observation.task, [...(tasks.get(observation.task) ?? []), observation]);
      const all = [...tasks.values()];
      return { ...group, observations: how === 'within' ? within(all, uniform) : between(all, uniform) };
    })
    .filter(({ observations }) => observations.length > 0);
}

function within(tasks: readonly Observation[][], uniform: Uniform): Observation[] {
  return tasks.flatMap((trials) =>
    withOutcomes(
      trials,
      shuffled(
        trials.map(({ success }) => success),
        uniform,
      ),
    ),
  );
}

function between(tasks: readonly Observation[][], uniform: Uniform): Observation[] {
  const bySize = new Map<number, Observation[][]>();
  for (const trials of tasks) bySize.set(trials.length, [...(bySize.get(trials.length) ?? []), trials]);
  return [...bySize.values()].flatMap((alike) => {
    if (alike.length < 2) return [];
    const donors = shuffled(alike, uniform);
    return alike.flatMap((trials, at) =>
      withOutcomes(
        trials,
        shuffled(
          (donors[at] ?? trials).map(({ success }) => success),
          uniform,
        ),
      ),
    );
  });
}

const withOutcomes = (trials: readonly Observation[], outcomes: readonly boolean[]): Observation[] =>
  trials.map((trial, at) => ({ ...trial, success: outcomes[at] ?? trial.success }));

/** In an order drawn at random, by Fisher and Yates. */
function shuffled<T>(items: readonly T[], uniform: Uniform): T[] {
  const order = [...items];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(uniform() * (at + 1));
    [order[at], order[other]] = [order[other] as T, order[at] as T];
  }
  return order;
}
