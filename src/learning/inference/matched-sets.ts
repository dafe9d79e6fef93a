/** Which runs are compared with which. Pure. */
import { groupBy } from '../../shared/group-by.js';
import { compareText } from './compare-text.js';
import type { Observation } from './observation.js';

/** Runs of one set are alike but for what they did: positions in {@link Comparison.runs}, from `start` to before `end`. */
export interface MatchedSet {
  start: number;
  end: number;
  /** Sets of the same cluster may be dependent: those of one task. */
  cluster: number;
}

/** What is known of a run that may go with success beside what it did. */
export const givens = ['agent', 'length'] as const;
export type Given = (typeof givens)[number];

export interface Comparison {
  compared: 'trials' | 'tasks';
  /** All runs: those that are compared first, set by set. */
  runs: readonly Observation[];
  /** Sets of at least two. */
  sets: readonly MatchedSet[];
  clusters: number;
}

/** A larger set is split: its runs are alike only in part, and its law is dear. */
const MOST_IN_SET = 10;
/** From this share of runs on whose task was tried more than once, trials are repeated: only they are compared. */
const REPEATED_SHARE = 0.1;

/**
 * Trials of the same task are compared with each other: whatever its difficulty, they share it. Where tasks are not
 * repeated, one run of each is taken, and runs of the same agents and nearly the same length are compared.
 * The answer does not depend on the order of the observations.
 *
 * @param given what compared runs should share as far as they can; trials of a task are parted by it only as to agents
 */
export function compareRuns(
  observations: readonly Observation[],
  given: readonly Given[] = givens,
): Comparison {
  // Trials of a task mostly differ in length by what they did, which is what is to be compared.
  const alikeTrials = nearness(given.filter((each) => each !== 'length'));
  const sorted = observations.toSorted((a, b) => compareText(a.task, b.task) || alikeTrials(a, b));
  const tasks = [...groupBy(sorted, (run) => run.task).values()];
  const repeated = tasks.filter((trials) => trials.length > 1);
  const inRepeated = repeated.reduce((sum, trials) => sum + trials.length, 0);
  if (inRepeated > 0 && inRepeated >= REPEATED_SHARE * sorted.length)
    return comparisonOf('trials', repeated, sorted);
  const firsts = tasks.flatMap((trials) => trials.toSorted((a, b) => compareText(a.id, b.id)).slice(0, 1));
  const peers = groupBy(firsts.toSorted(nearness(given)), (run) =>
    given.includes('agent') ? run.agent : '',
  );
  // Runs of different tasks depend on each other no more within a set than between sets.
  return comparisonOf('tasks', [...peers.values()].flatMap(split), sorted);
}

function comparisonOf(
  compared: Comparison['compared'],
  groups: readonly Observation[][],
  all: readonly Observation[],
): Comparison {
  const runs: Observation[] = [];
  const sets: MatchedSet[] = [];
  groups.forEach((group, cluster) => {
    for (const part of split(group)) {
      if (part.length < 2) continue;
      sets.push({ start: runs.length, end: runs.length + part.length, cluster });
      runs.push(...part);
    }
  });
  const inSets = new Set(runs);
  return {
    compared,
    runs: [...runs, ...all.filter((run) => !inSets.has(run))],
    sets,
    clusters: groups.length,
  };
}

/** Parts of even size of runs that stand in the order of {@link nearness}. */
function split(runs: readonly Observation[]): Observation[][] {
  const parts = Math.ceil(runs.length / MOST_IN_SET);
  return Array.from({ length: parts }, (_, part) =>
    runs.slice(Math.floor((part * runs.length) / parts), Math.floor(((part + 1) * runs.length) / parts)),
  );
}

/** Neighbours in this order are as alike as can be. */
const nearness =
  (given: readonly Given[]) =>
  (a: Observation, b: Observation): number =>
    (given.includes('agent') ? compareText(a.agent, b.agent) : 0) ||
    (given.includes('length') ? a.length - b.length : 0) ||
    compareText(a.id, b.id);
