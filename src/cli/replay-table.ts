/** A replay's figures for a person. */
import type { EvaluatedReplay } from '../evaluate/evaluate-replay.js';
import { type Measures, utilityOf } from '../evaluate/measures.js';
import { cost, share } from './format.js';
import { type Column, tableText } from './print.js';

/** A table, ours beside the baselines, and what it comes to. */
export function replayTable({ evaluation, ours, baselines, costWeight }: EvaluatedReplay): string {
  const { file, tasks, agents, seeds, sd, completed, recorded, gapClosed } = evaluation;
  const weighed = costWeight > 0;
  const columns: Column[] = [
    { title: 'chosen by' },
    ...[
      'mean reward',
      'first third',
      'second third',
      'last third',
      'cost a task',
      ...(weighed ? ['utility'] : []),
    ].map((title): Column => ({ title, align: 'right' })),
  ];
  const row = (name: string, measures: Measures): string[] => [
    name,
    figure(measures.reward),
    ...measures.curve.map(figure),
    cost(measures.cost),
    ...(weighed ? [figure(utilityOf(measures, costWeight))] : []),
  ];
  const rows = [
    row('Journeyman', ours),
    row('chance', baselines.random),
    row('Thompson sampling', baselines.thompson),
    row('best single, in hindsight', baselines.bestSingle),
  ];
  return [
    `${file}: ${count(tasks, 'task')}, ${count(agents, 'agent')}, ${count(seeds, 'seed')}`,
    '',
    tableText(columns, rows),
    '',
    ...(sd === null ? [] : [`Standard deviation of Journeyman's mean reward over the seeds: ${figure(sd)}`]),
    gapClosed === null
      ? 'No gap to close: the best single agent is no better than chance'
      : `Gap closed from chance to the best single agent: ${share(gapClosed)}${weighed ? ' (of utility)' : ''}`,
    `${count(completed, 'task')} completed, ${recorded} recorded`,
  ].join('\n');
}

const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
