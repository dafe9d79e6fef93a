/** What kind of task it is, told from its words and context alone; every conclusion names its evidence. */
import type { Json } from '../shared/agent-contract.js';
import type { TaskAnalysis } from '../shared/task.js';
import { complexities } from '../shared/terms.js';
import { categoryRules, requirementRules, stopWords } from './lexicon.js';

/** An agent that could be suggested. */
export interface CapableAgent {
  type: string;
  capabilities: readonly string[];
}

const MAX_ANALYSED_CHARS = 20_000;
const SECONDS_BY_COMPLEXITY = [15, 45, 120, 300, 900] as const;

/**
 * Analyses a task. Deterministic and free of I/O.
 *
 * @param description the task in natural language
 * @param context `category`, when it is a string, is taken as it is; flags (true) refine the category, since
 *   tasks that differ in them are often done best by different agents
 * @param agents who could be suggested, by capability
 */
export function analyzeTask(
  description: string,
  context: Readonly<Record<string, Json>>,
  agents: readonly CapableAgent[] = [],
): TaskAnalysis {
  const text = description.slice(0, MAX_ANALYSED_CHARS);
  const words = wordsOf(text);
  const evidence: string[] = [];
  const requirements = requirementRules
    .filter(({ name, words: signs }) => {
      const sign =
        signs.find((candidate) => words.includes(candidate)) ?? (context[name] === true ? name : null);
      if (sign !== null) evidence.push(`requires ${name}: "${sign}"`);
      return sign !== null;
    })
    .map(({ name }) => name);
  const category = categoryOf(text, words, context, evidence);
  const complexity = complexityOf(text, words, requirements, evidence);
  const needs = new Set([...requirements, ...category.split(/[.+]/)]);
  const suggested = agents.filter((agent) => agent.capabilities.some((capability) => needs.has(capability)));
  return {
    complexity: complexities[complexity] ?? 'MODERATE',
    category,
    requirements,
    keywords: keywordsOf(words),
    suggestedAgents: suggested.map((agent) => agent.type),
    estimatedDuration: SECONDS_BY_COMPLEXITY[complexity] ?? 120,
    evidence,
  };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z][a-z0-9_+#-]*/g) ?? [];

function keywordsOf(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words)
    if (word.length > 2 && !stopWords.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b))
    .slice(0, 20)
    .map(([word]) => word);
}

const errorName = /\b([A-Z][A-Za-z]*(?:Error|Exception))\b/;

const slug = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);

function categoryOf(
  text: string,
  words: readonly string[],
  context: Readonly<Record<string, Json>>,
  evidence: string[],
): string {
  const given = context['category'];
  if (typeof given === 'string' && slug(given) !== '') {
    evidence.push(`category ${slug(given)}: given in the context`);
    return slug(given);
  }
  // The kind of error, where one is quoted, says more about a repair than its prose does.
  const error = [text, ...Object.values(context).filter((value) => typeof value === 'string')]
    .map((quoted) => errorName.exec(quoted)?.[1])
    .find((name) => name !== undefined);
  let best = { name: 'general', signs: [] as string[], weight: 0 };
  for (const { name, words: signs } of categoryRules) {
    const found = signs.filter((sign) => words.includes(sign));
    // An error that is quoted is there to be mended: it weighs as much as two words.
    const quoted = name === 'bug_fix' && error !== undefined ? [error] : [];
    const weight = found.length + 2 * quoted.length;
    if (weight > best.weight) best = { name, signs: [...found, ...quoted], weight };
  }
  evidence.push(
    best.weight > 0
      ? `category ${best.name}: ${best.signs.map((sign) => `"${sign}"`).join(', ')}`
      : 'category general: no word of a more special one',
  );
  const flags = Object.keys(context)
    .filter((key) => context[key] === true)
    .sort()
    .slice(0, 2);
  if (error !== undefined) evidence.push(`category refined by the error ${error}`);
  if (flags.length > 0) evidence.push(`category refined by the context: ${flags.join(', ')}`);
  return [best.name + (error === undefined ? '' : `.${slug(error)}`), ...flags.map(slug)].join('+');
}

/** 0 to 4: how much is asked for, by requirements, steps and length. */
function complexityOf(
  text: string,
  words: readonly string[],
  requirements: readonly string[],
  evidence: string[],
): number {
  const steps = (text.match(/(?:^|\n)\s*(?:[-*]|\d+[.)])\s/g) ?? []).length;
  const joins = words.filter((word) => word === 'and' || word === 'then' || word === 'with').length;
  const points =
    requirements.length +
    Math.min(3, steps / 2) +
    Math.min(2, joins / 3) +
    (words.length > 12 ? 1 : 0) +
    (words.length > 80 ? 1 : 0) +
    (words.length > 400 ? 1 : 0);
  const level = [1, 2, 4, 6].filter((threshold) => points >= threshold).length;
  evidence.push(
    `complexity ${complexities[level]}: ${requirements.length} requirements, ${steps} listed steps, ${words.length} words`,
  );
  return level;
}
