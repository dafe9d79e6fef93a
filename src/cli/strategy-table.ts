/** The plans of a tenant as a person reads them. Pure. */
import pc from 'picocolors';
import type { Interval } from '../evidence/intervals.js';
import type { PlanCandidate } from '../shared/task.js';
import type { PlanStatistics } from '../strategy/adaptive-strategy.js';
import type { NoticedChange } from '../strategy/picture.js';
import { cost, moment, plain, range, seconds, share } from './format.js';
import { type Column, tableText } from './print.js';

/** A plan in a category: how it did, where it was run, and what is expected of it, where it is on offer. */
export type PlanLine = { category: string; plan: string; expected: PlanCandidate | null } & (
  | (PlanStatistics & {
      successRate: number | null;
      ownWordShare: number | null;
      successInterval: Interval;
    })
  | { executions?: never }
);

export interface ShownStrategy {
  lines: readonly PlanLine[];
  changes: readonly NoticedChange[];
  newcomers: readonly string[];
  unavailable: readonly string[];
  /** Of all categories. */
  statistics?: { totalTasksAnalyzed: number; overallSuccessRate: number | null };
  exploration?: { drawn: number; explored: number; forgone: number };
}

/** Untried plans that are shown of each category. */
const MOST_UNTRIED = 3;
const MOST_CHANGES = 5;
const MOST_NAMED = 10;
/** Categories that are named with how many plans were never run in them; of more, one line tells. */
const MOST_NOTES = 5;

const columns: Column[] = [
  { title: 'category', flexible: true },
  { title: 'plan', flexible: true },
  { title: 'runs', align: 'right' },
  { title: 'success', align: 'right' },
  { title: '95% interval', align: 'right', spare: 4 },
  { title: 'by own word', align: 'right', spare: 1 },
  { title: 'expected now', align: 'right' },
  { title: '95% interval', align: 'right', spare: 3 },
  { title: 'drawn with', align: 'right' },
  { title: 'mean time', align: 'right', spare: 2 },
  { title: 'mean cost', align: 'right', spare: 5 },
];

/** A table, the likeliest plan of each category first, and what is worth knowing besides. */
export function strategyText(shown: ShownStrategy, width?: number): string {
  const categories = [...new Set(shown.lines.map(({ category }) => category))].sort((a, b) =>
    a.localeCompare(b),
  );
  const rows: string[][] = [];
  const unshown: { category: string; plans: number }[] = [];
  for (const category of categories) {
    const sorted = shown.lines.filter((line) => line.category === category).sort(byPropensity);
    const tried = sorted.filter(({ executions }) => executions !== undefined);
    const untried = sorted.filter(({ executions }) => executions === undefined);
    const kept = new Set([...tried, ...untried.slice(0, MOST_UNTRIED)]);
    const shownHere = sorted.filter((line) => kept.has(line));
    shownHere.forEach((line, index) => rows.push(rowOf(line, index === 0)));
    const plans = untried.length - MOST_UNTRIED;
    if (plans > 0) unshown.push({ category, plans });
  }
  return [
    tableText(columns, rows, width ?? process.stdout.columns),
    '',
    ...notesOn(unshown).map((note) => pc.dim(note)),
    ...factsOf(shown),
  ].join('\n');
}

/** What to say where there is no plan to show, of a category that was asked for or of all. */
export function nothingText(wanted: string | undefined, known: readonly string[]): string {
  const names = [...new Set(known)];
  if (wanted === undefined || names.length === 0) return 'No plan was run yet.';
  return `No plan was run in the category ${JSON.stringify(wanted)} yet; the most used are ${listed(names)}`;
}

function notesOn(unshown: readonly { category: string; plans: number }[]): string[] {
  if (unshown.length <= MOST_NOTES)
    return unshown.map(
      ({ category, plans }) => `${plain(category)}: ${plans} more that were never run in it`,
    );
  const most = Math.max(...unshown.map(({ plans }) => plans));
  return [`${unshown.length} categories: up to ${most} more each that were never run in it; --json has all`];
}

/** The first few names, and how many there are besides. */
function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  const first = names.slice(0, MOST_NAMED).map(plain).join(', ');
  return more > 0 ? `${first} and ${more} more` : first;
}

const propensityOf = ({ expected }: PlanLine): number => expected?.propensity ?? -1;
const byPropensity = (one: PlanLine, other: PlanLine): number =>
  propensityOf(other) - propensityOf(one) || (other.executions ?? 0) - (one.executions ?? 0);

function rowOf(line: PlanLine, first: boolean): string[] {
  const { expected } = line;
  const known =
    line.executions === undefined
      ? { runs: '0', success: '-', interval: '-', word: '-', time: null, money: null }
      : {
          runs: String(line.executions),
          success: share(line.successRate),
          interval: range(line.successInterval),
          word: share(line.ownWordShare),
          time: line.meanDuration,
          money: line.meanCost,
        };
  return [
    first ? plain(line.category) : '',
    plain(line.plan),
    known.runs,
    known.success,
    known.interval,
    known.word,
    share(expected?.mean ?? null),
    expected === null ? 'not on offer' : beliefInterval(expected),
    expected === null ? '-' : expected.propensity.toFixed(expected.propensity < 0.01 ? 4 : 2),
    seconds(known.time ?? null),
    cost(known.money ?? null),
  ];
}

function beliefInterval({ mean, deviation = 0 }: PlanCandidate): string {
  const [low, high] = [mean - 1.96 * deviation, mean + 1.96 * deviation];
  return range({ low: Math.max(0, low), high: Math.min(1, high) });
}

/** Lines on changes, newcomers, agents that do not answer, and on what learning has cost. */
function factsOf({ changes, newcomers, unavailable, statistics, exploration }: ShownStrategy): string[] {
  const facts = changes
    .slice(0, MOST_CHANGES)
    .map(({ plan, since }) =>
      pc.yellow(`${plain(plan)} does not do as it did before ${moment(since)}; what is older is forgotten`),
    );
  if (changes.length > MOST_CHANGES)
    facts.push(pc.dim(`${changes.length - MOST_CHANGES} changes before that`));
  if (newcomers.length > 0) facts.push(`New: ${listed(newcomers)}`);
  if (unavailable.length > 0)
    facts.push(pc.yellow(`Left out, as nobody answered for them lately: ${listed(unavailable)}`));
  if (exploration !== undefined && exploration.drawn > 0)
    facts.push(
      `${exploration.explored} of ${exploration.drawn} drawn choices tried a plan that was not expected to be the best, ` +
        `to learn about it: ${exploration.forgone.toFixed(1)} successes given up, as far as was known then`,
    );
  if (statistics !== undefined)
    facts.push(
      `${statistics.totalTasksAnalyzed} tasks, ${share(statistics.overallSuccessRate)} of the known ones succeeded`,
    );
  return facts;
}
