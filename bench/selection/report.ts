/** The comparison as Markdown tables. */
import type { Estimate } from '../../src/evaluate/estimate.js';
import { type BudgetTable, HELD } from './compare-budgets.js';
import { AFTER, type ChangeRow } from './compare-changes.js';
import type { GapTable } from './compare-gaps.js';
import { REFERENCE } from './methods/methods.js';
import type { SelectionFigures } from './selection.js';

/** All that was measured; intervals are 95%, over worlds. */
export const textOf = ({ gaps, changes, budgets }: SelectionFigures): string =>
  [
    ...gaps.map(gapText),
    ...(changes.length === 0 ? [] : [changeText(changes)]),
    ...budgets.map(budgetText),
  ].join('\n\n');

function gapText({ name, worlds, random, best, rows }: GapTable): string {
  const sorted = rows.toSorted((one, other) => other.gapClosed.mean - one.gapClosed.mean);
  return [
    `${name}: ${worlds} worlds, random ${decimals(random)}, best single ${decimals(best)}`,
    '',
    table(
      ['method', 'gap closed', `beside ${REFERENCE}`, 'worlds at least as good'],
      sorted.map(({ method, gapClosed, beside, atLeast }) => [
        method,
        estimateText(gapClosed),
        beside === null ? '' : estimateText(beside, 3, true),
        atLeast === null ? '' : percent(atLeast),
      ]),
    ),
  ].join('\n');
}

const changeText = (rows: readonly ChangeRow[]): string =>
  table(
    ['change', 'method', 'mean tasks', 'median', `never in ${AFTER}`, `mean as a share of ${REFERENCE}'s`],
    rows.map(({ change, method, mean, median, never, ofReference }) => [
      change,
      method,
      rangeText(mean, 0),
      rangeText(median, 0),
      `${never}`,
      ofReference === null ? '' : rangeText(ofReference, 2),
    ]),
  );

const budgetText = ({ name, mixture, rows }: BudgetTable): string =>
  [
    `${name}: best fixed mixture ${decimals(mixture, 4)}`,
    '',
    table(
      [
        'method',
        'worlds',
        'reward',
        'beside the mixture',
        'worlds at or above it',
        'spent of the budget',
        'most',
        `worlds above ${percent(HELD)}`,
      ],
      rows.map(({ method, worlds, reward, besideMixture, atLeast, spent, mostSpent, over }) => [
        method,
        `${worlds}`,
        estimateText(reward, 4),
        estimateText(besideMixture, 4, true),
        percent(atLeast),
        percent(spent.mean, 1),
        percent(mostSpent, 1),
        over.worlds === 0 ? '0' : `${over.worlds} (of at most ${over.longest} tasks)`,
      ]),
    ),
  ].join('\n');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/** A mean and how far its interval reaches on either side. */
function estimateText({ mean, interval }: Estimate, digits = 3, signed = false): string {
  const sign = signed && mean > 0 ? '+' : '';
  const margin = interval === null ? '' : ` ± ${decimals((interval.high - interval.low) / 2, digits)}`;
  return `${sign}${decimals(mean, digits)}${margin}`;
}

const rangeText = ({ mean, interval }: Estimate, digits: number): string =>
  interval === null
    ? decimals(mean, digits)
    : `${decimals(mean, digits)} (${decimals(interval.low, digits)} to ${decimals(interval.high, digits)})`;

const decimals = (value: number, digits = 3): string => value.toFixed(digits);
const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)}%`;
