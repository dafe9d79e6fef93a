/** A tenant's categories, learned from its newest tasks and the kinds that have emerged among them. Pure. */

import { givenCategory, lexiconCategories } from './category.js';
import { type EmergedKind, emergingKinds, isOfKind, type TaskWords } from './emerge.js';
import type { TaskKinds } from './history.js';
import { kindWords } from './kind-words.js';
import { learnKinds } from './learn-kinds.js';

/** A past task as it was recorded. */
export interface PastTask {
  executionId: string;
  /** The beginning of the description will do; secrets taken out. */
  description: string;
  /** What the context gave as its category. */
  given: string | null;
  /** The category that the analysis put it into, refined. */
  category: string;
}

/** Kinds that a tenant's newest tasks may be of: those that nothing was of for long leave room for others. */
const MOST_KINDS = 40;
/** Tasks among which kinds are looked for, the newest of each lexicon's category. */
const MAX_LOOKED_AT = 500;
/** Categories of the lexicon that say little by themselves. */
const coarse: ReadonlySet<string> = new Set(['general', 'code']);
/** One that holds more of the tasks than this says little for the tenant. */
const COARSE_SHARE = 0.5;

interface SortedTask {
  words: TaskWords;
  /** Given or emerged; null where it is the lexicon's. */
  category: string | null;
  /** The known kind that it is of, where it was given no category. */
  kind: EmergedKind | null;
  /** The lexicon's. */
  base: string;
}

/**
 * Learns from a tenant's tasks.
 *
 * @param tasks newest first
 * @param kinds those that emerged earlier: a category once born stays
 * @returns the kinds that emerged now, and what all categories are told by
 */
export function sortTasks(
  tasks: readonly PastTask[],
  kinds: readonly EmergedKind[],
): { emerged: EmergedKind[]; kinds: TaskKinds } {
  const sorted = tasks.map((task) => sortTask(task, kinds));
  const taken = new Set([
    ...lexiconCategories,
    ...kinds.map(({ name }) => name),
    ...sorted.flatMap(({ category }) => category ?? []),
  ]);
  const unsorted = sorted.filter(({ category }) => category === null);
  const emerged: EmergedKind[] = [];
  const living = new Set(sorted.flatMap(({ kind }) => kind?.name ?? [])).size;
  for (const parent of [...lexiconCategories].sort()) {
    const among = unsorted.filter(({ base }) => base === parent);
    if (!coarse.has(parent) && among.length <= COARSE_SHARE * tasks.length) continue;
    const looked = among.slice(0, MAX_LOOKED_AT).map(({ words }) => words);
    for (const kind of emergingKinds(looked, parent, taken))
      if (living + emerged.length < MOST_KINDS) {
        emerged.push(kind);
        taken.add(kind.name);
      }
  }
  const all = [...kinds, ...emerged];
  const byName = new Map(all.map((kind) => [kind.name, kind]));
  const resolved = sorted.map(({ words, category, base }) => ({
    words: [...words.keys()],
    category: category ?? all.find((kind) => kind.parent === base && isOfKind(kind, words))?.name ?? null,
  }));
  return { emerged, kinds: learnKinds(resolved, byName) };
}

function sortTask(task: PastTask, kinds: readonly EmergedKind[]): SortedTask {
  const words = kindWords(task.description);
  const base = task.category.split(/[.+]/)[0] ?? task.category;
  const given = task.given === null ? null : givenCategory({ category: task.given });
  if (given !== null) return { words, category: given, kind: null, base };
  // Only what was given, or has the words of a kind, teaches: what was merely put somewhere would confirm itself.
  const kind = kinds.find((one) => (one.name === base || one.parent === base) && isOfKind(one, words));
  return { words, category: kind?.name ?? null, kind: kind ?? null, base };
}
