/** Items as a table: as much of them as the terminal has room for. */
import pc from 'picocolors';
import type { KnowledgeItem } from '../knowledge/collections.js';
import type { ItemUsage, MeasuredItem } from '../knowledge/usage/usage.js';
import type { KnowledgeState, Priority } from '../shared/terms.js';
import { plain } from './format.js';
import { type Column, printTable } from './print.js';

const stateColours: Record<KnowledgeState, (text: string) => string> = {
  EXPERIMENTAL: pc.yellow,
  VALIDATED: pc.green,
  DEPRECATED: pc.red,
  ARCHIVED: pc.dim,
};

/** Characters of an id that a terminal shows: enough to name it by. */
const SHORT_ID = 12;

/** An id, on a terminal the beginning of a long one of our making; commands take it for the whole. */
export const idText = (id: string, width: number | undefined = process.stdout.columns): string =>
  width !== undefined && /^k_[0-9a-f]{32}$/.test(id) ? id.slice(0, SHORT_ID) : id;

/** What of the state is not plain from its name. */
export function stateText(item: KnowledgeItem): string {
  const { state, mergedInto, prunedAt, retractedBy, contradicts } = item;
  const notes = [
    ...(mergedInto === null ? [] : ['merged']),
    ...(prunedAt === null ? [] : ['pruned']),
    ...(retractedBy === null ? [] : ['retracted']),
    ...(contradicts.length === 0 ? [] : [pc.magenta('disputed')]),
  ];
  return [stateColours[state](state), ...notes].join(', ');
}

export const priorityText = (priority: Priority): string =>
  priority === 'CRITICAL' ? pc.red(pc.bold(priority)) : priority === 'HIGH' ? pc.yellow(priority) : priority;

/** Successes among the applications whose outcome is known. */
export const successText = ({ successes, failures }: ItemUsage): string =>
  successes + failures === 0 ? '-' : `${successes} of ${successes + failures}`;

/** Votes for and against. */
const votesText = ({ votes, downvotes }: KnowledgeItem): string =>
  votes + downvotes === 0 ? '-' : `+${votes}${downvotes === 0 ? '' : ` -${downvotes}`}`;

/** A column of items, shown from so many characters of the terminal on. */
interface ItemColumn extends Column {
  from?: number;
  cell: (item: MeasuredItem) => string;
}

const columns: readonly ItemColumn[] = [
  { title: 'id', cell: ({ id }) => idText(id) },
  { title: 'title', flexible: true, cell: ({ title }) => plain(title) },
  { title: 'type', from: 100, cell: ({ type }) => type },
  { title: 'state', cell: stateText },
  { title: 'priority', from: 110, cell: ({ priority }) => priorityText(priority) },
  { title: 'category', from: 150, cell: ({ category }) => plain(category) },
  { title: 'channel', from: 125, cell: ({ channel }) => channel ?? '-' },
  { title: 'trust', from: 165, cell: ({ trust }) => trust },
  { title: 'shown', from: 140, align: 'right', cell: ({ usage }) => String(usage.shown) },
  { title: 'success', align: 'right', cell: ({ usage }) => successText(usage) },
  { title: 'votes', align: 'right', cell: votesText },
];

/** Prints items, or what to say when there are none; `more` are columns of the caller's own, last. */
export function printItems<T extends MeasuredItem>(
  items: readonly T[],
  empty: string,
  more: readonly { column: Column; cell: (item: T) => string }[] = [],
): void {
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  const shown = columns.filter(({ from = 0 }) => from <= width);
  printTable(
    [
      ...shown.map(({ title, align, flexible }) => ({
        title,
        ...(align && { align }),
        ...(flexible && { flexible }),
      })),
      ...more.map(({ column }) => column),
    ],
    items.map((item) => [...shown.map(({ cell }) => cell(item)), ...more.map(({ cell }) => cell(item))]),
    empty,
  );
}
