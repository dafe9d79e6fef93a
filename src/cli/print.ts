/** What commands write on stdout: one JSON document, or lines and tables for people. */
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';
import { clip } from './format.js';

/** Prints the one JSON document of a command. */
export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Prints a line. */
export const printLine = (text = ''): void => void process.stdout.write(`${text}\n`);

/** Tells on stderr how far something is; stdout belongs to the result. */
export const printStep = (text: string): void => void process.stderr.write(`${pc.dim(text)}\n`);

export interface Column {
  title: string;
  align?: 'right';
  /** Gives way, down to 20 characters, when the terminal is too narrow; its cells must be uncoloured. */
  flexible?: true;
  /** Left out when the terminal is too narrow for all, the lowest number first. */
  spare?: number;
}

const GAP = 2;
const NARROWEST = 20;
const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** A table without borders. Cells must be free of line breaks. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined = process.stdout.columns,
): string {
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...rows.map((row) => lengthOf(row[at] ?? ''))),
  );
  if (width !== undefined) {
    // The gap after the last column is cut off.
    let excess = widths.reduce((sum, each) => sum + each + GAP, 0) - GAP - width;
    const yielding = columns.reduce(
      (sum, { flexible }, at) =>
        sum + (flexible === undefined ? 0 : Math.max(0, (widths[at] ?? 0) - NARROWEST)),
      0,
    );
    const spare = leastNeeded(columns);
    if (excess > yielding && spare !== null) {
      const others = <T>(all: readonly T[]): T[] => all.filter((_, at) => at !== spare);
      return tableText(others(columns), rows.map(others), width);
    }
    columns.forEach(({ flexible }, at) => {
      const own = widths[at] ?? 0;
      if (flexible === undefined || excess <= 0 || own <= NARROWEST) return;
      const taken = Math.min(excess, own - NARROWEST);
      widths[at] = own - taken;
      excess -= taken;
    });
  }
  const table = new Table({
    head: columns.map(({ title }) => pc.dim(title)),
    chars: none,
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP, compact: true },
  });
  for (const row of rows)
    table.push(row.map((cell, at) => (columns[at]?.flexible ? clip(cell, widths[at] ?? 0) : cell)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Prints a table, or what to say when there is nothing in it. */
export function printTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  empty: string,
): void {
  printLine(rows.length === 0 ? pc.dim(empty) : tableText(columns, rows));
}

/** Position of the column that goes first; null when all must stay. */
function leastNeeded(columns: readonly Column[]): number | null {
  const [first] = columns
    .flatMap(({ spare }, at) => (spare === undefined ? [] : [{ spare, at }]))
    .sort((a, b) => a.spare - b.spare);
  return first?.at ?? null;
}

const lengthOf = (text: string): number => Array.from(stripVTControlCharacters(text)).length;
