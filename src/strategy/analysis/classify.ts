/**
 * Puts tasks into categories that were learned from earlier ones: naive Bayes over the words that are there, each
 * category against what is usual for the tenant. How much more often a word stands in a category than everywhere is
 * drawn towards "as often" by a gamma prior (W. DuMouchel, The American Statistician 53(3), 1999), so that rare
 * words say little. Pure.
 */
import type { LearnedCategory, TaskKinds } from './history.js';

/** How well a task's words fit a category. */
export interface Fit {
  of: LearnedCategory;
  /** Logarithm of the odds against the next best, or against none of them. */
  score: number;
  /** Share of the task's words that other tasks of the category have. */
  shared: number;
  /** Whether it is high enough to be believed. */
  sure: boolean;
  /** The words that speak for it, the strongest first. */
  by: readonly string[];
}

/** Occurrences that "as often as everywhere" weighs as much as, beside those in a category. */
const PRIOR = 1;
const MAX_NAMED = 5;

/**
 * The category that fits best, whatever the score.
 *
 * @param own counts that are to be left out, of the very task that is asked about: its category's name
 * @returns null where no category fits better than none
 */
export function bestFit(kinds: TaskKinds, words: Iterable<string>, own?: string): Fit | null {
  const { categories } = kinds;
  const all = [...words];
  const left = own === undefined ? 0 : 1;
  const known = all.filter((word) => (kinds.words.get(word) ?? 0) > left);
  const average = categories.reduce((sum, { tasks }) => sum + tasks, 0) / Math.max(1, categories.length);
  let best: { category: LearnedCategory; score: number; weights: number[] } | null = null;
  let second = 0;
  for (const category of categories) {
    const out = category.name === own ? 1 : 0;
    const tasks = category.tasks - out;
    if (tasks <= 0) continue;
    const weights = known.map((word) => {
      const usual = ((kinds.words.get(word) ?? 0) - left) / (kinds.size - left * all.length);
      const here = Math.max(0, (category.words.get(word) ?? 0) - out);
      return Math.log((here + PRIOR) / (usual * (category.size - out * all.length) + PRIOR));
    });
    const score = weights.reduce((sum, weight) => sum + weight, Math.log(tasks / average));
    if (score <= (best?.score ?? 0)) {
      second = Math.max(second, score);
      continue;
    }
    second = Math.max(second, best?.score ?? 0);
    best = { category, score, weights };
  }
  if (best === null) return null;
  const { category, weights } = best;
  const score = best.score - second;
  const least = category.name === own ? 1 : 0;
  const shared = all.filter((word) => (category.words.get(word) ?? 0) > least).length / all.length;
  const by = known
    .map((word, index) => ({ word, weight: weights[index] ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MAX_NAMED);
  const sure = score >= category.threshold && shared >= category.familiar && by.length > 0;
  return { of: category, score, shared, sure, by: by.map(({ word }) => word) };
}

/**
 * The category that a task's words call for, where they do so clearly enough: by all of them, or by the two that an
 * emerged category is named by.
 *
 * @param base the lexicon's category: what emerged from another is not asked
 */
export function learnedCategory(
  kinds: TaskKinds | null,
  words: ReadonlyMap<string, string>,
  base: string,
): Pick<Fit, 'of' | 'by'> | null {
  if (kinds === null) return null;
  const fit = bestFit(kinds, words.keys());
  if (fit?.sure === true && (fit.of.origin === 'given' || fit.of.parent === base)) return fit;
  const named = kinds.categories.find(
    ({ parent, stems }) => parent === base && stems?.every((stem) => words.has(stem)),
  );
  return named === undefined ? null : { of: named, by: named.stems ?? [] };
}
