/** A replay's figures for a person. */
import type { BaselineName } from '../evaluate/baselines.js';
import type { Estimate } from '../evaluate/estimate.js';
import type { EvaluatedReplay, ReplayEvaluation } from '../evaluate/evaluate-replay.js';
import { type Measures, utilityOf } from '../evaluate/measures.js';
import type { Spending } from '../evaluate/spending.js';
import { cost, share } from './format.js';
import { type Column, tableText } from './print.js';
import { reliabilityTable } from './reliability-table.js';

const names: readonly [BaselineName, string][] = [
  ['thompson', 'Thompson sampling'],
  ['thompsonPerCategory', 'Thompson per category'],
  ['slidingThompson', 'Thompson, latest 500 tasks'],
  ['epsilonGreedy', 'epsilon-greedy, 0.1'],
  ['ucb1', 'UCB1'],
  ['random', 'chance'],
  ['bestSingle', 'best single (hindsight)'],
  ['bestPerCategory', 'best per category (hindsight)'],
];

/**
 * Ours beside the baselines, what became of a budget, and how confidence came true.
 *
 * @param width of the terminal in characters; not limited when left out
 */
export function replayTable(
  evaluated: EvaluatedReplay,
  width: number | undefined = process.stdout.columns,
): string {
  const { evaluation } = evaluated;
  const { file, tasks, agents, seeds, shuffled, completed, recorded, spending, calibration } = evaluation;
  const order = shuffled ? ', shuffled' : '';
  return [
    `${file}: ${count(tasks, 'task')}, ${count(agents, 'agent')}, ${count(seeds, 'seed')}${order}`,
    '',
    beside(evaluated, width),
    '',
    ...(seeds > 1 ? ['± is half of a 95% interval over the seeds'] : []),
    gapLine(evaluation),
    ...(spending === null ? [] : spendingLines(spending)),
    ...(calibration === null ? [] : ['', reliabilityTable(calibration, width), '']),
    `${count(completed, 'task')} completed, ${recorded} recorded`,
  ].join('\n');
}

function beside({ evaluation, ours, baselines }: EvaluatedReplay, width: number | undefined): string {
  const { costWeight, spending } = evaluation;
  const weighed = costWeight > 0;
  // What costs decide goes last.
  const costSpare = weighed || spending !== null ? 9 : 4;
  const columns: Column[] = [
    { title: 'chosen by' },
    { title: 'mean reward', align: 'right' },
    { title: 'gap closed', align: 'right', spare: 6 },
    { title: 'ours is better by', align: 'right' },
    { title: 'first third', align: 'right', spare: 1 },
    { title: 'second third', align: 'right', spare: 0 },
    { title: 'last third', align: 'right', spare: 2 },
    { title: 'cost a task', align: 'right', spare: costSpare },
    ...(weighed ? [{ title: 'utility', align: 'right', spare: 5 } as const] : []),
  ];
  const end = (measures: Measures): string[] => [
    ...measures.curve.map((value) => (value === null ? '-' : value.toFixed(3))),
    cost(measures.cost),
    ...(weighed ? [utilityOf(measures, costWeight).toFixed(4)] : []),
  ];
  const { intervals, gapClosed } = evaluation;
  const gap = gapClosed === null ? null : { mean: gapClosed, interval: intervals.gapClosed };
  const rows = [
    [
      'Journeyman',
      plusMinus({ mean: ours.reward, interval: intervals.mean }, 4),
      gapText(gap),
      '',
      ...end(ours),
    ],
    ...names.map(([name, title]) => {
      const { reward, gapClosed, difference } = evaluation.beside[name];
      const { measures } = baselines[name];
      return [title, plusMinus(reward, 4), gapText(gapClosed), signed(difference), ...end(measures)];
    }),
  ];
  const mixture = spending?.mixture;
  if (mixture != null)
    rows.push([
      'best mixture (hindsight)',
      mixture.reward.toFixed(4),
      '',
      signed(mixture.difference),
      ...['', '', ''],
      cost(mixture.cost),
      ...(weighed ? [mixture.utility.toFixed(4)] : []),
    ]);
  return tableText(columns, rows, width);
}

function gapLine({ gapClosed, intervals, beside, costWeight }: ReplayEvaluation): string {
  if (gapClosed === null) return 'No gap to close: the best single agent is no better than chance';
  const { gapClosed: interval } = intervals;
  const sure = interval === null ? '' : ` (${share(interval.low)} to ${share(interval.high)})`;
  const thompson = share(beside.thompson.gapClosed?.mean ?? null);
  const which =
    costWeight > 0 ? 'Gap closed in utility, chance to best' : 'Gap closed from chance to best single';
  return `${which}: ${share(gapClosed)}${sure}; Thompson ${thompson}`;
}

function spendingLines({ budget, spend, mixture }: Spending): string[] {
  const spent = ({ mean, max }: Spending['spend']): string =>
    `${(100 * mean).toFixed(1)}% on average, ${(100 * max).toFixed(1)}% at most`;
  const first = `Budget of ${cost(budget)} a task: spent ${spent(spend)}`;
  if (mixture === null) return [`${first}; no agent is as cheap`];
  const [one] = mixture.agents;
  const shares =
    mixture.agents.length === 1
      ? `${one?.agent} alone`
      : mixture.agents.map(({ agent, share: of }) => `${(100 * of).toFixed(1)}% ${agent}`).join(' and ');
  const { reward, spend: drawn } = mixture.drawn;
  return [
    first,
    `Best mixture: ${shares}`,
    `  drawn under each seed: ${plusMinus(reward, 4)}, spent ${spent(drawn)}`,
  ];
}

/** `0.6536 ± 0.0230` */
function plusMinus({ mean, interval }: Estimate, digits: number): string {
  const margin = interval === null ? '' : ` ± ${((interval.high - interval.low) / 2).toFixed(digits)}`;
  return `${mean.toFixed(digits)}${margin}`;
}

const signed = (difference: Estimate): string =>
  `${difference.mean > 0 ? '+' : ''}${plusMinus(difference, 4)}`;

const gapText = (gap: Estimate | null): string => (gap === null ? '-' : plusMinus(gap, 3));

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
