/** A replay's figures for a person. */
import Table from 'cli-table3';
import type { EvaluatedReplay } from './evaluate-replay.js';
import { type Measures, utilityOf } from './measures.js';

/** Writes a table: ours beside the baselines, then what it comes to. */
export function replayTable({ evaluation, ours, baselines, costWeight }: EvaluatedReplay): string {
  const { file, tasks, agents, seeds, sd, completed, recorded } = evaluation;
  const weighed = costWeight > 0;
  const table = new Table({
    head: ['', 'mean reward', 'first third', 'second', 'last', 'USD a task', ...(weighed ? ['utility'] : [])],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  const row = (name: string, measures: Measures, deviation: number | null = null) =>
    table.push([
      name,
      figure(measures.reward) + (deviation === null ? '' : ` ± ${figure(deviation)}`),
      ...measures.curve.map(figure),
      measures.cost === null ? '-' : measures.cost.toFixed(5),
      ...(weighed ? [figure(utilityOf(measures, costWeight))] : []),
    ]);
  row('journeyman', ours, sd);
  row('random', baselines.random);
  row('Thompson', baselines.thompson);
  row('best single in hindsight', baselines.bestSingle);
  const gap = evaluation.gapClosed;
  const closed =
    gap === null
      ? 'No gap to close: the best single agent is no better than a random one.'
      : `Gap closed from random to the best single agent: ${Math.round(gap * 100)}%${weighed ? ' (of utility)' : ''}.`;
  return [
    `${file}: ${count(tasks, 'task')}, ${count(agents, 'agent')}, ${count(seeds, 'seed')}`,
    table.toString(),
    closed,
    `${completed} tasks completed, ${recorded} recorded.`,
  ].join('\n');
}

const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
