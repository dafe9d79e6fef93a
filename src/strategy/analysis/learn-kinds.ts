/** Learns the words of categories from a tenant's past tasks. Pure; the same tasks give the same. */
import { bestFit } from './classify.js';
import type { EmergedKind } from './emerge.js';
import type { LearnedCategory, TaskKinds } from './history.js';

/** A past task, as far as its kind matters. */
export interface KindTask {
  /** Of its words, see `kindWords`: stems. */
  words: readonly string[];
  /** The category that a caller gave it, or that emerged and that it was put into; null for all others. */
  category: string | null;
}

/** Fewer tasks do not make a category. */
const LEAST_TASKS = 5;
/** Categories that are told apart; of more, those with the most tasks. */
const MAX_CATEGORIES = 64;
/** Words that are kept, the most telling first. */
const MAX_WORDS = 1_000;
/** Tasks that thresholds are found by, of more. */
const MAX_JUDGED = 400;
/** Share of the tasks whose category is known that must be put right by what stands above the threshold. */
const PRECISION = 0.8;
/** Share of a category's tasks that may have fewer of its words than is asked of others. */
const UNFAMILIAR = 0.05;
/** Above every score. */
const NEVER = 1e9;

const counted = (tasks: readonly KindTask[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { words } of tasks) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};

/** The words that tell most of the category, by what they add to the likelihood of the counts. */
function tellingWords(
  categories: readonly LearnedCategory[],
  all: ReadonlyMap<string, number>,
  total: number,
): string[] {
  const says = new Map<string, number>();
  for (const { size, words } of categories)
    for (const [word, count] of words) {
      const usual = ((all.get(word) ?? 0) + 1) / (total + 1);
      const told = count * Math.log(count / (usual * size));
      if (count > 1) says.set(word, (says.get(word) ?? 0) + Math.max(0, told));
    }
  return [...says]
    .sort(([one, less], [other, more]) => more - less || (one < other ? -1 : 1))
    .slice(0, MAX_WORDS)
    .map(([word]) => word);
}

/**
 * Counts words by category, and finds the score from which on tasks are put right: each task of a known category is
 * judged by what all others say.
 *
 * @param emerged categories that emerged, by name; all others were given
 */
export function learnKinds(
  tasks: readonly KindTask[],
  emerged: ReadonlyMap<string, EmergedKind> = new Map(),
): TaskKinds {
  const all = counted(tasks);
  const size = tasks.reduce((sum, { words }) => sum + words.length, 0);
  const groups = new Map<string, KindTask[]>();
  for (const task of tasks)
    if (task.category !== null) groups.set(task.category, [...(groups.get(task.category) ?? []), task]);
  const learned = [...groups].map(
    ([name, members]): LearnedCategory => ({
      name,
      ...originOf(emerged.get(name)),
      tasks: members.length,
      size: members.reduce((sum, { words }) => sum + words.length, 0),
      words: counted(members),
      threshold: NEVER,
      familiar: 0,
    }),
  );
  const categories = learned
    .filter((category) => category.tasks >= LEAST_TASKS)
    .sort((one, other) => other.tasks - one.tasks || (one.name < other.name ? -1 : 1))
    .slice(0, MAX_CATEGORIES);
  const kept = new Set(tellingWords(categories, all, size));
  const only = (counts: Iterable<readonly [string, number]>): Map<string, number> =>
    new Map([...counts].filter(([word]) => kept.has(word)));
  const kinds: TaskKinds = {
    tasks: tasks.length,
    size,
    words: only(all),
    categories: categories.map((one) => ({ ...one, words: only(one.words) })),
  };
  return withThresholds(kinds, tasks);
}

const originOf = (kind: EmergedKind | undefined): Pick<LearnedCategory, 'origin' | 'parent' | 'stems'> =>
  kind === undefined ? { origin: 'given' } : { origin: 'emerged', parent: kind.parent, stems: kind.stems };

/** A past task, judged by what all others say. */
interface Judged {
  score: number;
  shared: number;
  put: string;
  category: string | null;
}

/**
 * Given categories have one threshold, and what callers gave no category says nothing of it. What emerged has to
 * stand out from all that is not of it, each for itself.
 */
function withThresholds(kinds: TaskKinds, tasks: readonly KindTask[]): TaskKinds {
  const names = new Set(kinds.categories.map(({ name }) => name));
  const judged = tasks
    .filter((_, at) => isSampled(at, tasks.length))
    .flatMap(({ words, category }): Judged[] => {
      const fit = bestFit(kinds, words, category !== null && names.has(category) ? category : undefined);
      return fit === null ? [] : [{ score: fit.score, shared: fit.shared, put: fit.of.name, category }];
    })
    .sort((one, other) => other.score - one.score);
  const given = new Set(kinds.categories.filter(({ origin }) => origin === 'given').map(({ name }) => name));
  const ofGiven = thresholdOf(judged.filter(({ category }) => category !== null && given.has(category)));
  return {
    ...kinds,
    categories: kinds.categories.map((one) => ({
      ...one,
      threshold: one.origin === 'given' ? ofGiven : thresholdOf(judged.filter(({ put }) => put === one.name)),
      familiar: familiarOf(judged.filter(({ put, category }) => put === one.name && category === put)),
    })),
  };
}

/** Scattered by a multiplicative hash: tasks may alternate between those that have a category and those that have none. */
const isSampled = (at: number, tasks: number): boolean =>
  (Math.imul(at + 1, 0x9e3779b1) >>> 0) / 2 ** 32 < MAX_JUDGED / tasks;

function thresholdOf(judged: readonly Judged[]): number {
  let right = 0;
  let threshold = NEVER;
  judged.forEach(({ put, category, score }, index) => {
    if (put === category) right += 1;
    if (right / (index + 1) >= PRECISION) threshold = score;
  });
  return threshold;
}

function familiarOf(members: readonly Judged[]): number {
  const shares = members.map(({ shared }) => shared).sort((one, other) => one - other);
  return shares[Math.floor(shares.length * UNFAMILIAR)] ?? 0;
}
