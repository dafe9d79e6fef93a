/** What those who ran similar tasks said of how they went: the few remarks that are likely the most useful. Pure. */
import type { TaskAnalysis } from '../../shared/task.js';
import type { Experience } from './history.js';
import { isTelling } from './kind-words.js';
import { readText } from './read-text.js';
import { stemOf } from './stem.js';

/** Remarks that are shown of each sort. */
const MOST_REMARKS = 3;
const MAX_CHARS = 300;
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
    return weight < LEAST_SIMILAR ? [] : [{ ...one, weight }];
  });
  const worked = best(
    similar.map(({ whatWorked, weight, success }) => ({
      remarks: whatWorked,
      weight: success === false ? weight * OF_FAILURE : weight,
    })),
  );
  const better = best(similar.map(({ improvements, weight }) => ({ remarks: improvements, weight })));
  if (worked.length + better.length === 0) return undefined;
  const tasks = `${similar.length} similar ${similar.length === 1 ? 'task' : 'tasks'}`;
  return {
    experience: { whatWorked: worked, improvements: better },
    evidence: `experience: ${worked.length} remarks on what worked and ${better.length} on what to do better, of ${tasks}`,
  };
}

/** The remarks with the most weight together, each in the words of the first that made it. */
function best(said: readonly { remarks: readonly string[]; weight: number }[]): string[] {
  const byMeaning = new Map<string, { text: string; weight: number }>();
  for (const { remarks, weight } of said)
    for (const remark of remarks) {
      const text = remark.trim().replace(/\s+/g, ' ');
      const meaning = meaningOf(text);
      if (meaning === '') continue;
      const known = byMeaning.get(meaning) ?? { text, weight: 0 };
      byMeaning.set(meaning, { ...known, weight: known.weight + weight });
    }
  // The sort is stable: of equal weight, the newest is first.
  return [...byMeaning.values()]
    .sort((one, other) => other.weight - one.weight)
    .slice(0, MOST_REMARKS)
    .map(({ text }) => (text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS - 1)}…` : text));
}

/** The same remark in other forms of its words, and in another order, is the same. */
function meaningOf(text: string): string {
  const { tokens } = readText(text);
  const telling = tokens.filter(({ word }) => isTelling(word));
  return [...new Set((telling.length > 0 ? telling : tokens).map(({ stem }) => stem))].sort().join(' ');
}
