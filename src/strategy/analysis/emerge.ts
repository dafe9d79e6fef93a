/**
 * Finds kinds of tasks that recur among those of which nothing more special is known. Pure; the same tasks give the
 * same kinds.
 */
import { categorySlug } from './category.js';
import { isTelling } from './kind-words.js';

/** A kind of tasks that emerged: those with both of two words. */
export interface EmergedKind {
  /** Made of the two words. */
  name: string;
  /** Their stems. */
  stems: readonly [string, string];
  /** The lexicon's category that it emerged from. */
  parent: string;
}

/** Stems of a task's words, and each as it was written. */
export type TaskWords = ReadonlyMap<string, string>;

/** Tasks that must be alike before they are a kind: fewer would leave a plan's past in it too short to be worth having. */
const LEAST_ALIKE = 12;
/** Probability that any of the pairs looked at goes together so by chance. */
const CHANCE = 0.001;
/** A word that more of the tasks have than this does not tell kinds apart. */
const MOST_COMMON = 0.5;
/** Kinds that one look finds, at most. */
const MOST_AT_ONCE = 8;
/** Words that are looked at, the most frequent first: pairs of them are many more. */
const MAX_WORDS = 200;

/** Whether a task is of a kind, by its words. */
export const isOfKind = ({ stems }: EmergedKind, words: { has(stem: string): boolean }): boolean =>
  stems.every((stem) => words.has(stem));

/**
 * The kinds that recur, the clearest first. Tasks of one kind are not looked at again for the next.
 *
 * @param taken names that may not be used
 */
export function emergingKinds(
  tasks: readonly TaskWords[],
  parent: string,
  taken: ReadonlySet<string>,
): EmergedKind[] {
  const found: EmergedKind[] = [];
  let left = tasks;
  for (let looks = 0; looks < MOST_AT_ONCE; looks += 1) {
    const pair = strongestPair(left);
    if (pair === null) break;
    const kind: EmergedKind = { ...pair, parent };
    left = left.filter((words) => !isOfKind(kind, words));
    if (!taken.has(kind.name)) found.push(kind);
  }
  return found;
}

/** The two words that go together most; null where none do beyond what chance does to so many pairs. */
function strongestPair(tasks: readonly TaskWords[]): Omit<EmergedKind, 'parent'> | null {
  const words = wordsOf(tasks);
  const pairs = (words.length * (words.length - 1)) / 2;
  // A chi-squared of one degree is above x with a probability of at most exp(-x / 2); for all pairs, Bonferroni's bound.
  const least = 2 * Math.log(pairs / CHANCE);
  let best: { pair: [Word, Word]; weight: number } | null = null;
  for (const [at, one] of words.entries())
    for (const other of words.slice(at + 1)) {
      let both = 0;
      for (const task of other.tasks) if (one.tasks.has(task)) both += 1;
      if (both < LEAST_ALIKE) continue;
      const weight = likelihoodRatio(both, one.tasks.size, other.tasks.size, tasks.length);
      if (weight > (best?.weight ?? least)) best = { pair: [one, other], weight };
    }
  if (best === null) return null;
  // The rarer word says more of the kind.
  const [one, other] = best.pair.toSorted(
    (a, b) => a.tasks.size - b.tasks.size || (a.stem < b.stem ? -1 : 1),
  );
  if (one === undefined || other === undefined) return null;
  return { name: categorySlug(`${one.word}_${other.word}`), stems: [one.stem, other.stem] };
}

interface Word {
  stem: string;
  /** As it was first written. */
  word: string;
  /** Positions of the tasks that have it. */
  tasks: Set<number>;
}

function wordsOf(tasks: readonly TaskWords[]): Word[] {
  const words = new Map<string, Word>();
  for (const [at, task] of tasks.entries())
    for (const [stem, word] of task) {
      if (!isTelling(word)) continue;
      const known = words.get(stem) ?? { stem, word, tasks: new Set() };
      words.set(stem, known);
      known.tasks.add(at);
    }
  return [...words.values()]
    .filter(({ tasks: { size } }) => size >= LEAST_ALIKE && size <= MOST_COMMON * tasks.length)
    .sort((one, other) => other.tasks.size - one.tasks.size || (one.stem < other.stem ? -1 : 1))
    .slice(0, MAX_WORDS);
}

/**
 * How much likelier the counts are where two words go together than where they do not: the statistic of T. Dunning,
 * Computational Linguistics 19(1), 1993; 0 where they avoid each other.
 */
function likelihoodRatio(both: number, one: number, other: number, all: number): number {
  const expected = (row: number, column: number): number => (row * column) / all;
  if (both <= expected(one, other)) return 0;
  const cells = [
    [both, one, other],
    [one - both, one, all - other],
    [other - both, all - one, other],
    [all - one - other + both, all - one, all - other],
  ] as const;
  return cells.reduce(
    (sum, [seen, row, column]) =>
      seen === 0 ? sum : sum + 2 * seen * Math.log(seen / expected(row, column)),
    0,
  );
}
