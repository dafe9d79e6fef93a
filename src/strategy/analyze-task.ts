/**
 * What kind of task it is, told from its words and context, and from what the tenant ran before; every conclusion
 * names its evidence.
 */
import type { Json } from '../shared/agent-contract.js';
import type { TaskAnalysis } from '../shared/task.js';
import { complexities } from '../shared/terms.js';
import { categoryOf } from './analysis/category.js';
import { complexityOf } from './analysis/complexity.js';
import { estimateDuration } from './analysis/duration.js';
import { experienceFor } from './analysis/experience.js';
import type { TaskHistory } from './analysis/history.js';
import { keywordsOf } from './analysis/keywords.js';
import { functionWords } from './analysis/lexicon.js';
import { readText, type TaskText } from './analysis/read-text.js';
import { requirementsOf } from './analysis/requirements.js';
import { notRefused } from './analysis/signs.js';
import { type CapableAgent, suggestAgents } from './analysis/suggest.js';

export type { TaskHistory } from './analysis/history.js';
export type { CapableAgent } from './analysis/suggest.js';

const MAX_ANALYSED_CHARS = 20_000;
/** What is guessed while no past task tells better. */
const SECONDS_BY_COMPLEXITY = [15, 45, 120, 300, 900] as const;
/** An English text of this many words holds several that only hold sentences together. */
const TELLING_WORDS = 12;
const LEAST_ENGLISH = 0.08;

/** Nothing is known of earlier tasks. */
export const noHistory: TaskHistory = { durations: [], agents: [], kinds: null, experience: [] };

/**
 * Analyses a task. Deterministic and free of I/O.
 *
 * @param description the task in natural language; of a long one, the first 20,000 characters count
 * @param context `category`, when it is a string, is taken as it is; flags (true) refine the category, since
 *   tasks that differ in them are often done best by different agents
 * @param agents who could be suggested
 * @param history what earlier tasks of the tenant tell
 */
export function analyzeTask(
  description: string,
  context: Readonly<Record<string, Json>>,
  agents: readonly CapableAgent[] = [],
  history: TaskHistory = noHistory,
): TaskAnalysis {
  const given = description.slice(0, MAX_ANALYSED_CHARS);
  const text = readText(given);
  const counts = notRefused(text.tokens);
  const { requirements, evidence } = requirementsOf(text, counts, context);
  const { category, base, evidence: told } = categoryOf(given, text, counts, context, history.kinds);
  const complexity = complexityOf(text, counts, requirements);
  const level = complexities[complexity.level] ?? 'MODERATE';
  evidence.push(...told, complexity.evidence, ...languageOf(text));
  const keywords = keywordsOf(text);
  const needs = new Set([...requirements, base, ...category.split(/[.+]/)]);
  const { suggested, evidence: merits } = suggestAgents(agents, needs, category, history.agents);
  const estimate = estimateDuration(history.durations, category, level);
  const guess = SECONDS_BY_COMPLEXITY[complexity.level] ?? 120;
  const remembered = experienceFor(category, keywords, history.experience);
  evidence.push(
    ...merits,
    estimate === null
      ? `duration: a guess for ${level} tasks, since too few past ones are known`
      : `duration: from ${estimate.alike} past tasks of this category and complexity, ` +
          `${estimate.inCategory} of the category and ${estimate.inAll} in all`,
  );
  if (history.unread === true)
    evidence.push('history: could not be read, so that the task is told by itself alone');
  return {
    complexity: level,
    category,
    requirements,
    keywords,
    suggestedAgents: suggested,
    estimatedDuration: estimate === null ? guess : rounded(estimate.median),
    ...(estimate === null
      ? {}
      : { durationInterval: { low: rounded(estimate.low), high: rounded(estimate.high) } }),
    ...(remembered === undefined ? {} : { experience: remembered.experience }),
    evidence: remembered === undefined ? evidence : [...evidence, remembered.evidence],
  };
}

/** Three digits say all that such an estimate does. */
const rounded = (seconds: number): number => Number(seconds.toPrecision(3));

/** A line that says so where the words of the lexicon cannot be expected. */
function languageOf({ tokens }: TaskText): string[] {
  const prose = tokens.filter(({ kind }) => kind === 'prose');
  const english = prose.filter(({ word }) => functionWords.has(word)).length;
  if (prose.length < TELLING_WORDS || english / prose.length >= LEAST_ENGLISH) return [];
  return ['language: hardly any English sentence, so little is told by words'];
}
