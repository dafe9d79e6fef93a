/** What those who ran similar tasks said of how they went: the few remarks that are likely the most useful. Pure. */
import type { TaskAnalysis } from '../../shared/task.js';
import { cutText } from './cut-text.js';
import type { Experience } from './history.js';
import { isTelling } from './kind-words.js';
import { readText } from './read-text.js';
import { stemOf } from './stem.js';

/** Remarks that are shown of each sort. */
const MOST_REMARKS = 3;
const MAX_CHARS = 300;
/** Tasks whose remarks are read, the most similar, and remarks of each: every task of the tenant waits for them. */
const MOST_TASKS = 40;
export const MOST_OF_ONE = 5;
/** A task of the same category, without a word in common, is similar by this much; one with all the same words by 1 more. */
const SAME_CATEGORY = 0.5;
/** Less than this is chance: one word of twenty in common. */
const LEAST_SIMILAR = 0.2;
/** What worked where the task failed worked less. */
const OF_FAILURE = 0.5;

const stemsOf = (words: readonly string[]): Set<string> => new Set(words.map(stemOf));

/** Words in common, by the measure of Ochiai: their number over the geometric mean of both numbers. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = [...one].filter((word) => other.has(word)).length;
  return common === 0 ? 0 : common / Math.sqrt(one.size * other.size);
}

/**
 * Remarks on tasks like this one. What several tasks say alike counts as often; of what was said of one task more
 * than once, the last stands.
 *
 * @param past newest first
 * @returns undefined where there is nothing to say
 */
export function experienceFor(
  category: string,
  keywords: readonly string[],
  past: readonly Experience[],
): { experience: NonNullable<TaskAnalysis['experience']>; evidence: string } | undefined {
  const own = stemsOf(keywords);
  const seen = new Set<string>();
  const similar = past.flatMap((one) => {
    if (seen.has(one.about)) return [];
    seen.add(one.about);
    const weight = (one.category === category ? SAME_CATEGORY : 0) + likeness(own, stemsOf(one.keywords));
    const silent = one.whatWorked.length + one.improvements.length === 0;
    return weight < LEAST_SIMILAR || silent ? [] : [{ ...one, weight }];
  });
  // The sort is stable: of tasks as similar, the newest are read.
  const nearest = similar.sort((one, other) => other.weight - one.weight).slice(0, MOST_TASKS);
  const worked = best(
    nearest.map(({ whatWorked, weight, success }) => ({
      remarks: whatWorked,
      weight: success === false ? weight * OF_FAILURE : weight,
    })),
  );
  const better = best(nearest.map(({ improvements, weight }) => ({ remarks: improvements, weight })));
  if (worked.length + better.length === 0) return undefined;
  const tasks = `${nearest.length} similar ${nearest.length === 1 ? 'task' : 'tasks'}`;
  return {
    experience: { whatWorked: worked, improvements: better },
    evidence: `experience: ${worked.length} remarks on what worked and ${better.length} on what to do better, of ${tasks}`,
  };
}

/** The remarks with the most weight together, each in the words of the first that made it; of a task, each counts once. */
function best(all: readonly { remarks: readonly string[]; weight: number }[]): string[] {
  const byMeaning = new Map<string, { text: string; weight: number }>();
  for (const { remarks, weight } of all) {
    const own = new Set(['']);
    for (const remark of remarks.slice(0, MOST_OF_ONE)) {
      const text = shortened(remark);
      const meaning = meaningOf(text);
      if (own.has(meaning)) continue;
      own.add(meaning);
      const said = byMeaning.get(meaning) ?? { text, weight: 0 };
      byMeaning.set(meaning, { ...said, weight: said.weight + weight });
    }
  }
  // The sort is stable: of equal weight, the newest is first.
  return [...byMeaning.values()]
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MOST_REMARKS)
    .map(({ text }) => text);
}

/** On one line, without what would steer a terminal, and not at length. */
function shortened(remark: string): string {
  // Of a long one, blanks may fill more than is shown.
  const text = cutText(remark.trim(), 2 * MAX_CHARS).replace(/[\s\p{Cc}]+/gu, ' ');
  return text.length > MAX_CHARS ? `${cutText(text, MAX_CHARS - 1)}…` : text;
}

const MAX_KNOWN = 2_000;
const known = new Map<string, string>();

/** The same remark in other forms of its words, and in another order, is the same. */
function meaningOf(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const { tokens } = readText(text);
  const telling = tokens.filter(({ word }) => isTelling(word));
  const stems = new Set((telling.length > 0 ? telling : tokens).map(({ stem }) => stem));
  const meaning = [...stems].sort().join(' ');
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, meaning);
  return meaning;
}
