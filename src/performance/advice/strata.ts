/** Tasks alike: executions of two groups, stratum by stratum. Pure. */
import type { Cell } from './cells.js';
import type { Amounts, Measure } from './measures.js';

/** What two groups come to in one stratum. */
export type Sides = readonly [Amounts, Amounts];

/** A stratum that has executions of both. */
export interface Stratum {
  index: number;
  sides: Sides;
  means: readonly [number, number];
  /** All weights together are 1. */
  weight: number;
}

/** Executions that the spread of all together counts for in the spread of one side of a stratum. */
const BORROWED = 4;

const nothing = (): Amounts => ({ n: 0, total: 0, squares: 0 });

function add(to: Amounts, cell: Amounts): void {
  to.n += cell.n;
  to.total += cell.total;
  to.squares += cell.squares;
}

/** Cells added up, by stratum. */
export function amountsOf(cells: readonly Cell[], to: Amounts[] = []): Amounts[] {
  for (const cell of cells) add((to[cell.stratum] ??= nothing()), cell);
  return to;
}

/** What is left of amounts without a part of them. */
export function without(all: readonly Amounts[], part: readonly Amounts[]): Amounts[] {
  const left: Amounts[] = [];
  for (let stratum = 0; stratum < all.length; stratum += 1) {
    const [whole, less] = [all[stratum] ?? nothing(), part[stratum] ?? nothing()];
    left.push({
      n: whole.n - less.n,
      total: whole.total - less.total,
      squares: whole.squares - less.squares,
    });
  }
  return left;
}

/**
 * Whose tasks a comparison is about: of `both` weighs strata by n1 n2 / (n1 + n2), which tells a difference soonest;
 * the other two as many of them as one side had, which tells what it would come to on its tasks.
 */
export type Whose = 'both' | 'first' | 'second';

/** Strata that have executions of both sides. */
export function strataOf(
  first: readonly Amounts[],
  second: readonly Amounts[],
  whose: Whose = 'both',
): Stratum[] {
  const strata: Stratum[] = [];
  let total = 0;
  for (let index = 0; index < first.length; index += 1) {
    const [a, b] = [first[index], second[index]];
    if (a === undefined || b === undefined || a.n === 0 || b.n === 0) continue;
    const weight = whose === 'both' ? (a.n * b.n) / (a.n + b.n) : whose === 'first' ? a.n : b.n;
    total += weight;
    strata.push({ index, sides: [a, b], means: [a.total / a.n, b.total / b.n], weight });
  }
  for (const stratum of strata) stratum.weight /= total;
  return strata;
}

/**
 * The variance of one execution of a side of a stratum, with some of what is known of all of them: a few executions
 * hardly show how they spread, and those that all succeed not at all.
 */
export function spreadOf(
  strata: readonly Stratum[],
  scale: Measure['scale'],
): (stratum: Stratum, side: 0 | 1) => number {
  if (scale === 'points') {
    const sum = (of: (amounts: Amounts) => number): number =>
      strata.reduce((all, { sides }) => all + of(sides[0]) + of(sides[1]), 0);
    const overall = (sum(({ total }) => total) + 1) / (sum(({ n }) => n) + 2);
    return ({ sides: [a, b] }) => {
      // Of both together: that one side alone had nothing but failures says little of how it spreads.
      const rate = (a.total + b.total + 2 * overall) / (a.n + b.n + 2);
      return rate * (1 - rate);
    };
  }
  let [squares, freedom] = [0, 0];
  for (const { sides, means } of strata)
    for (const side of [0, 1] as const) {
      squares += squaresAbout(sides[side], means[side]);
      freedom += sides[side].n - 1;
    }
  const pooled = squares / Math.max(1, freedom);
  return ({ sides, means }, side) =>
    (squaresAbout(sides[side], means[side]) + BORROWED * pooled) / (sides[side].n - 1 + BORROWED);
}

const squaresAbout = ({ n, squares }: Amounts, mean: number): number => Math.max(0, squares - n * mean ** 2);
