/** What an error costs the executions that have it. Pure. */
import { byDay, type Cell, type Entry } from './cells.js';
import { type Contrast, contrast, type Estimate } from './contrast.js';
import { type Amounts, seconds } from './measures.js';
import { shareOf } from './share.js';

/** Days from which on their differences tell how much days differ. */
const LEAST_DAYS = 10;
/** Keeps the error of an estimate above zero where all that had the error failed. */
const HALF = 0.5;

const names = ['executions', 'failures', 'timed', 'logMs', 'logMs2', 'durationMs'] as const;
type Counts = Record<(typeof names)[number], number>;

/** Executions of an agent with an error and without it, by day. */
export interface Divided {
  having: ReadonlyMap<number, Counts>;
  without: ReadonlyMap<number, Counts>;
}

/** What an error costs all executions together, and how those that have it differ from the others. */
export interface Cost {
  cost: Estimate;
  found: Contrast;
}

/** Errors are not counted by complexity and strategy: all of a day are one. */
export function divide(all: readonly Entry[], having: readonly Entry[]): Divided {
  const own = byDay(having, names);
  const without = byDay(all, names);
  for (const [day, counts] of without) {
    const here = own.get(day);
    if (here !== undefined) for (const name of names) counts[name] -= here[name];
  }
  return { having: own, without };
}

const total = (days: ReadonlyMap<number, Counts>, name: keyof Counts): number => {
  let sum = 0;
  for (const counts of days.values()) sum += counts[name];
  return sum;
};

/**
 * The share of all executions that fail more than they would at the rate of those without the error; its error by
 * linearisation, of single executions or of days, whichever is larger.
 *
 * @returns null where fewer than 5 executions had it, or had it not
 */
export function failuresBy({ having, without }: Divided): (Cost & { share: number }) | null {
  const [nWith, nWithout] = [total(having, 'executions'), total(without, 'executions')];
  const found = contrast(cellsBy(having, failuresOf), cellsBy(without, failuresOf), { scale: 'points' });
  if (found === null) return null;
  const [failedWith, failedWithout] = [total(having, 'failures'), total(without, 'failures')];
  const n = nWith + nWithout;
  const base = failedWithout / nWithout;
  const odds = nWith / nWithout;
  const cost = (failedWith - base * nWith) / n;
  const cells = [
    [failedWith, 1 - base],
    [nWith - failedWith, -base],
    [failedWithout, -odds * (1 - base)],
    [nWithout - failedWithout, odds * base],
  ] as const;
  let variance = 0;
  for (const [count, value] of cells)
    variance += ((Math.max(0, count) + HALF) * (value - cost) ** 2) / n ** 2;
  let ofDays = 0;
  for (const [day, { executions: n0, failures: f0 }] of without) {
    const { executions: n1 = 0, failures: f1 = 0 } = having.get(day) ?? {};
    ofDays += ((f1 - base * n1 - odds * (f0 - base * n0) - cost * (n1 + n0)) / n) ** 2;
  }
  const days = without.size;
  const clustered = (ofDays * days) / Math.max(1, days - 1);
  const isByDays = days >= LEAST_DAYS && clustered > variance;
  return {
    cost: {
      estimate: cost,
      error: Math.sqrt(isByDays ? clustered : variance),
      freedom: isByDays ? days - 1 : Number.POSITIVE_INFINITY,
    },
    found,
    share: nWith / n,
  };
}

const cellsBy = (days: ReadonlyMap<number, Counts>, amountsOf: (counts: Counts) => Amounts): Cell[] =>
  [...days].flatMap(([day, counts]) => {
    const amounts = amountsOf(counts);
    return amounts.n > 0 ? [{ stratum: 0, day, ...amounts }] : [];
  });

const failuresOf = ({ executions, failures }: Counts): Amounts => ({
  n: executions,
  total: failures,
  squares: failures,
});

/** The share of all the agent's time that executions with the error take longer than the others. */
export function timeBy({ having, without }: Divided): Cost | null {
  const found = contrast(cellsBy(having, seconds.amounts), cellsBy(without, seconds.amounts), seconds);
  const days = [...without].map(([day, counts]) => {
    const part = having.get(day)?.durationMs ?? 0;
    return { part, whole: part + counts.durationMs };
  });
  const n = total(having, 'executions') + total(without, 'executions');
  const part = shareOf(days, n, 1);
  if (found === null || part === null) return null;
  const saved = 1 - Math.exp(-found.estimate);
  return {
    cost: {
      estimate: part.estimate * saved,
      error: Math.hypot(saved * part.error, part.estimate * (1 - saved) * found.error),
      freedom: Math.min(part.freedom, found.freedom),
    },
    found,
  };
}
