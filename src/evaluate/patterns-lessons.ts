/** The lessons that are asserted on some runs, and whether other runs bear them out. Pure. */
import { judge } from '../learning/inference/judge.js';
import type { Observation } from '../learning/inference/observation.js';
import type { Verdict } from '../learning/inference/verdict.js';
import { levelsOf } from '../learning/levels.js';
import { givenOf } from '../learning/readings.js';
import type { ObservedGroup } from './patterns-split.js';

/** A group with what is concluded of it. */
export interface JudgedGroup extends ObservedGroup {
  verdicts: readonly Verdict[];
}

/** Judges all groups as the worker does: the level of error is shared among them, so that it holds for all together. */
export function judgeGroups(groups: readonly ObservedGroup[]): JudgedGroup[] {
  const levels = levelsOf(
    groups.map(({ kind, group, observations }) => ({
      _id: idOf({ kind, group }),
      kind,
      seen: observations.length,
    })),
  );
  return groups.map((group) => {
    const level = levels.get(idOf(group))?.success ?? 0;
    return { ...group, verdicts: judge(group.observations, { level, ...givenOf(group.kind) }) };
  });
}

const idOf = ({ kind, group }: Pick<ObservedGroup, 'kind' | 'group'>): string =>
  JSON.stringify([kind, group]);

/** An asserted lesson. */
export interface AssertedLesson extends Pick<ObservedGroup, 'kind' | 'group'> {
  verdict: Verdict;
}

/** Lessons whose supporting runs overlap by more than this (Jaccard) are one. */
const ALIKE = 0.8;

/** What is asserted, the surest first; of lessons that nearly the same runs support, the surest stands for all. */
export function distinctLessons(judged: readonly JudgedGroup[]): AssertedLesson[] {
  const asserted = judged
    .flatMap(({ kind, group, verdicts, observations }) =>
      verdicts
        .filter(({ state }) => state === 'asserted')
        .map((verdict) => ({ kind, group, verdict, runs: supporting(observations, verdict) })),
    )
    .sort((a, b) => a.verdict.pValue - b.verdict.pValue);
  const kept: typeof asserted = [];
  for (const lesson of asserted)
    if (!kept.some((other) => jaccard(lesson.runs, other.runs) > ALIKE)) kept.push(lesson);
  return kept.map(({ kind, group, verdict }) => ({ kind, group, verdict }));
}

/** Runs that show the feature; the tries of one run count as that run. */
function supporting(observations: readonly Observation[], { feature }: Verdict): ReadonlySet<string> {
  const runs = observations.filter(({ features }) => features.includes(feature));
  return new Set(runs.map(({ id, task }) => `${task}\u0000${id.replace(/#\d+\.\d+$/, '')}`));
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const run of a) if (b.has(run)) shared += 1;
  return shared / Math.max(1, a.size + b.size - shared);
}

/** How an asserted lesson does on runs that it was not learned from. */
export interface Tested {
  /** Difference that the feature makes there; null where all or none of the runs show it. */
  difference: number | null;
  /** Whether {@link difference} goes the way the lesson says; null where there is none. */
  kept: boolean | null;
}

/**
 * Tests a lesson on other runs the way it was asserted: between trials of the same task where trials were compared and
 * some task has them both ways, otherwise between all runs.
 */
export function testLesson({ verdict }: AssertedLesson, runs: readonly Observation[]): Tested {
  const { feature, verb, compared } = verdict;
  const within = compared === 'trials' ? withinTasks(runs, feature) : null;
  const difference = within ?? plainDifference(runs, feature);
  if (difference === null) return { difference, kept: null };
  return { difference, kept: verb === 'prefer' ? difference > 0 : difference < 0 };
}

/** The mean difference within tasks, each weighed by how much it tells (Mantel and Haenszel's weights). */
function withinTasks(runs: readonly Observation[], feature: string): number | null {
  const tasks = new Map<string, Observation[]>();
  for (const run of runs) tasks.set(run.task, [...(tasks.get(run.task) ?? []), run]);
  let [total, weights] = [0, 0];
  for (const trials of tasks.values()) {
    const shown = trials.filter(({ features }) => features.includes(feature)).length;
    const difference = plainDifference(trials, feature);
    if (difference === null) continue;
    const weight = (shown * (trials.length - shown)) / trials.length;
    total += weight * difference;
    weights += weight;
  }
  return weights === 0 ? null : total / weights;
}

function plainDifference(runs: readonly Observation[], feature: string): number | null {
  const shown = runs.filter(({ features }) => features.includes(feature));
  if (shown.length === 0 || shown.length === runs.length) return null;
  const successes = shown.filter(({ success }) => success).length;
  const all = runs.filter(({ success }) => success).length;
  return successes / shown.length - (all - successes) / (runs.length - shown.length);
}
