/** What the comparison takes on the command line. */
import { InvalidInputError } from '../../src/shared/errors.js';
import { methods } from './methods/methods.js';

/** Parts of the comparison, in the order in which they are run. */
const PARTS = ['listed', 'development', 'held-out', 'changed', 'budgets', 'files'] as const;
export type Part = (typeof PARTS)[number];

export interface SelectionOptions {
  /** Numbers of the worlds, or of the drawn orders of a file's agents. */
  seeds: readonly number[];
  parts: readonly Part[];
  /** Names of methods; null: all, and of the changed worlds those that are made for change. */
  methods: readonly string[] | null;
  /** Folder of replay files. */
  data: string | null;
  /** USD a task that files with costs are replayed with; null: between the cheapest agent's cost and the best one's. */
  budgets: readonly number[] | null;
}

export const optionTexts = {
  seeds: 'how many worlds of each kind: a whole number from 2 to 10000',
  first: 'the first seed: a whole number from 1',
  only: `some of ${PARTS.join(', ')}, with commas between`,
  methods: 'names of methods, with commas between',
  data: 'a folder of replay files (*.jsonl), which the part "files" needs',
  budgets: 'numbers of USD a task above 0, with commas between',
} as const;

const DEFAULT_SEEDS = 20;

/** @throws InvalidInputError */
export function selectionOptions(values: ReadonlyMap<string, string>): SelectionOptions {
  const seeds = wholeNumber(values, 'seeds', 2, 10_000) ?? DEFAULT_SEEDS;
  const first = wholeNumber(values, 'first', 1, Number.MAX_SAFE_INTEGER - seeds) ?? 1;
  const data = values.get('data') ?? null;
  const chosen = listed(values, 'only');
  const parts = PARTS.filter((part) => chosen?.includes(part) ?? (part !== 'files' || data !== null));
  const unknownPart = chosen?.find((part) => !PARTS.some((known) => known === part));
  if (unknownPart !== undefined) throw new InvalidInputError('--only', unknownPart, optionTexts.only);
  if (parts.includes('files') && data === null)
    throw new InvalidInputError('--data', undefined, optionTexts.data);
  const named = listed(values, 'methods') ?? null;
  const unknown = named?.find((name) => !Object.hasOwn(methods, name));
  if (unknown !== undefined)
    throw new InvalidInputError('--methods', unknown, `some of ${Object.keys(methods).join(', ')}`);
  return {
    seeds: Array.from({ length: seeds }, (_, index) => first + index),
    parts,
    methods: named,
    data,
    budgets: listed(values, 'budgets')?.map(usd) ?? null,
  };
}

const listed = (values: ReadonlyMap<string, string>, name: keyof typeof optionTexts) =>
  values
    .get(name)
    ?.split(',')
    .map((each) => each.trim());

function wholeNumber(
  values: ReadonlyMap<string, string>,
  name: 'seeds' | 'first',
  least: number,
  most: number,
): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new InvalidInputError(`--${name}`, text, optionTexts[name]);
  return value;
}

function usd(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidInputError('--budgets', text, optionTexts.budgets);
  return value;
}
