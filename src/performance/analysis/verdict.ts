/** What a comparison of two agents comes to, in plain sentences. Pure. */
import type { MetricComparison } from './compare-metrics.js';
import type { Metric } from './metrics.js';
import { amountOf, comparativeOf, listed, rangeOf } from './wording.js';

interface Agents {
  a: string;
  b: string;
}

export interface Verdict {
  metrics: readonly MetricComparison[];
  /** The only category compared; null where there are several. */
  category: string | null;
  byCategory: readonly { category: string; metrics: readonly MetricComparison[] }[];
  /** How near the two came to work on like tasks. */
  inCommon: 'tasks' | 'categories' | 'nothing';
}

/** Categories named beside the whole. */
const MOST_CATEGORIES = 3;

const names: Record<Metric, string> = {
  success: 'success',
  seconds: 'time',
  cost: 'cost',
  tokens: 'tokens',
  iterations: 'iterations',
  errors: 'errors',
};

/** One sentence over all: what is shown, what is not, and where a category says otherwise. */
export function verdictOf(agents: Agents, { metrics, category, byCategory, inCommon }: Verdict): string {
  const { a, b } = agents;
  if (inCommon === 'nothing')
    return `nothing is comparable: ${a} and ${b} have worked in no category in common`;
  if (inCommon === 'categories')
    return `nothing is comparable: ${a} and ${b} have worked in the same categories, but on tasks of no complexity in common`;
  const overall = sentenceOf(agents, metrics, category);
  if (category !== null) return overall;
  const otherwise = byCategory.flatMap(({ category, metrics: own }) => {
    const differing = own.filter(
      ({ metric, better }) =>
        better !== null && better !== metrics.find((one) => one.metric === metric)?.better,
    );
    return differing.length === 0 ? [] : [statement(agents, differing, category)];
  });
  const more = otherwise.length - MOST_CATEGORIES;
  const named = otherwise.slice(0, MOST_CATEGORIES).map((sentence) => `; ${sentence}`);
  return `${overall}${named.join('')}${more > 0 ? `; and ${more} more categories say otherwise` : ''}`;
}

/** What metrics show and do not show, e.g. "x is faster than y on api by 12-31%; no difference shown in success (…)". */
export function sentenceOf(
  agents: Agents,
  metrics: readonly MetricComparison[],
  category: string | null,
): string {
  const shown = metrics.filter(({ better }) => better !== null);
  const rest = metrics.filter(({ better }) => better === null);
  const unknown = metrics.some(({ metric }) => metric === 'success')
    ? []
    : [`it is not known yet how the tasks of both ${agents.a} and ${agents.b} went`];
  if (shown.length > 0)
    return [statement(agents, shown, category), ...notShown(rest, ''), ...unknown].join('; ');
  const on = category === null ? '' : ` on ${category}`;
  return [...unknown, ...notShown(rest, ` between ${agents.a} and ${agents.b}${on}`)].join('; ');
}

function notShown(metrics: readonly MetricComparison[], between: string): string[] {
  const [first, ...others] = metrics;
  if (first === undefined) return [];
  const told = (one: MetricComparison) =>
    `${names[one.metric]}${first === one ? between : ''} (${margin(one)})`;
  return [`no difference shown in ${listed([first, ...others].map(told))}`];
}

const margin = (one: MetricComparison): string =>
  `${one.metric === 'success' ? '95% interval of the difference ' : '95% interval '}${rangeOf(one.metric, one.interval)}`;

/** Of differences that are shown; about the agent that does better in most. */
function statement(agents: Agents, shown: readonly MetricComparison[], category: string | null): string {
  const forA = shown.filter(({ better }) => better === 'a').length;
  const subject = forA * 2 >= shown.length ? 'a' : 'b';
  const [own, other] = subject === 'a' ? [agents.a, agents.b] : [agents.b, agents.a];
  const on = category === null ? '' : ` on ${category}`;
  const ordered = [
    ...shown.filter(({ better }) => better === subject),
    ...shown.filter(({ better }) => better !== subject),
  ];
  const told = ordered.map((one, index) => {
    const whom = index === 0 ? ` than ${other}${on}` : '';
    return `${comparativeOf(one.metric, one.better === subject)}${whom} by ${amount(one, subject)}`;
  });
  const good = told.slice(0, ordered.filter(({ better }) => better === subject).length);
  const bad = told.slice(good.length);
  return `${own} ${listed(good)}${bad.length === 0 ? '' : `, but ${listed(bad)}`}`;
}

/** As seen from the agent that is spoken of. */
function amount({ metric, stated, interval }: MetricComparison, subject: 'a' | 'b'): string {
  const { low, high } = stated ?? interval;
  if (subject === 'a') return amountOf(metric, { low, high });
  if (metric === 'success') return amountOf(metric, { low: -high, high: -low });
  return amountOf(metric, { low: 1 / high, high: 1 / low });
}
