/** Comparing two agents on like tasks: those of one category and complexity. Pure. */
import type { Difference } from '../../evidence/intervals.js';
import type { CounterRow } from '../../store/counters.js';
import { addSums, type Figures, figuresOf, type Sums } from '../figures.js';
import type { Window } from '../inputs.js';
import {
  type Compared,
  contrastsOf,
  judgeTogether,
  LEAST_EXECUTIONS,
  type MetricComparison,
  type Stratum,
} from './compare-metrics.js';
import { stratumOf } from './metrics.js';
import { sentenceOf, verdictOf } from './verdict.js';

/** How much of an agent's work can be compared. */
export interface Comparable {
  /** Its executions on tasks like those that the other did too. */
  executions: number;
  /** All of its executions in the window (and category). */
  of: number;
  /** Share of the like ones of which no complexity is known, so that only the category makes them alike. */
  ofUnknownComplexity: number;
}

/** How two agents differ in one category. */
export interface CategoryComparison {
  category: string;
  metrics: MetricComparison[];
  verdict: string;
}

export interface AgentComparison {
  window: Window;
  /** What each came to on like tasks; not adjusted for how many of which kind each did. */
  a: { agentType: string } & Figures;
  b: { agentType: string } & Figures;
  /** Categories with like tasks. */
  categories: string[];
  comparable: { a: Comparable; b: Comparable };
  /** Success rate of a less that of b on like tasks, with its 95% interval; null when either is unknown. */
  success: Difference | null;
  /** Every metric that is known of both; differences are shown where they stand beside all these. */
  metrics: MetricComparison[];
  /** Categories in which each has 5 executions on like tasks; differences stand beside those of all categories. */
  byCategory: CategoryComparison[];
  /** The conclusion in a plain sentence. */
  verdict: string;
}

/** @param rows statistics by `agentType`, `category` and `complexity` */
export function compareRows(
  a: string,
  b: string,
  rows: readonly CounterRow[],
  window: Window,
): AgentComparison {
  const [mine, theirs] = [strataOf(rows, a), strataOf(rows, b)];
  const strata: Stratum[] = [...mine].flatMap(([key, own]) => {
    const other = theirs.get(key);
    return other === undefined ? [] : [{ category: own.category, a: own.sums, b: other.sums }];
  });
  const categories = [...new Set(strata.map(({ category }) => category))].sort();
  const compared = judgeTogether(contrastsOf(strata));
  const agents = { a, b };
  const [only] = categories;
  const byCategory = categoriesOf(agents, categories, strata);
  const success = compared.find(({ metric }) => metric === 'success');
  const like = (side: 'a' | 'b') => strata.map((stratum) => stratum[side]);
  return {
    window,
    a: { agentType: a, ...figuresOf(addSums(like('a'))) },
    b: { agentType: b, ...figuresOf(addSums(like('b'))) },
    categories,
    comparable: { a: comparableOf(mine, theirs), b: comparableOf(theirs, mine) },
    success: success === undefined ? null : { difference: success.value, ...success.interval },
    metrics: compared,
    byCategory,
    verdict: verdictOf(agents, {
      metrics: compared,
      category: categories.length === 1 && only !== undefined ? only : null,
      byCategory,
      inCommon: categories.length > 0 ? 'tasks' : sharesCategory(mine, theirs) ? 'categories' : 'nothing',
    }),
  };
}

interface OwnStratum {
  category: string;
  complexity: string;
  sums: Sums;
}

function strataOf(rows: readonly CounterRow[], agentType: string): Map<string, OwnStratum> {
  const strata = new Map<string, OwnStratum>();
  for (const { dimensions, sums } of rows) {
    if (dimensions['agentType'] !== agentType || (sums['executions'] ?? 0) <= 0) continue;
    const { category = '', complexity = '' } = dimensions;
    const key = stratumOf(dimensions);
    strata.set(key, { category, complexity, sums: addSums([strata.get(key)?.sums ?? {}, sums]) });
  }
  return strata;
}

function sharesCategory(mine: Map<string, OwnStratum>, theirs: Map<string, OwnStratum>): boolean {
  const categories = new Set([...theirs.values()].map(({ category }) => category));
  return [...mine.values()].some(({ category }) => categories.has(category));
}

function comparableOf(own: Map<string, OwnStratum>, other: Map<string, OwnStratum>): Comparable {
  let [executions, of, unknown] = [0, 0, 0];
  for (const [key, { complexity, sums }] of own) {
    const n = sums['executions'] ?? 0;
    of += n;
    if (!other.has(key)) continue;
    executions += n;
    if (complexity === 'unknown' || complexity === '') unknown += n;
  }
  return { executions, of, ofUnknownComplexity: executions === 0 ? 0 : unknown / executions };
}

/** All metrics of all categories are judged together. */
function categoriesOf(
  agents: { a: string; b: string },
  categories: readonly string[],
  strata: readonly Stratum[],
): CategoryComparison[] {
  const all = categories
    .map((category) => ({ category, strata: strata.filter((stratum) => stratum.category === category) }))
    .filter(({ strata }) =>
      (['a', 'b'] as const).every(
        (side) => (addSums(strata.map((each) => each[side]))['executions'] ?? 0) >= LEAST_EXECUTIONS,
      ),
    )
    .map(({ category, strata }) => ({ category, compared: contrastsOf(strata) }));
  const judged = judgeTogether(all.flatMap(({ compared }): Compared[] => compared));
  let next = 0;
  return all.map(({ category, compared }) => {
    const metrics = judged.slice(next, (next += compared.length));
    return { category, metrics, verdict: sentenceOf(agents, metrics, category) };
  });
}
