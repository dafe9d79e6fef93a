/** What a plan's amount (cost, time, score) is expected to be, from the earlier tasks alone. */

interface Sum {
  n: number;
  total: number;
}

/** Tasks' worth of the wider mean that a narrower one is shrunk by. */
const WEIGHT = 3;
/** With fewer amounts of a plan, what is expected of it is a guess. */
const SETTLED = 3;

/**
 * Running means of a plan in a category, shrunk to the plan's, and that to all plans'. An expectation that rests on
 * earlier tasks only leaves the doubly robust estimate free of bias whatever it is worth.
 */
export class ExpectedAmount {
  private readonly all: Sum = { n: 0, total: 0 };
  private readonly plans = new Map<string, Sum>();
  private readonly cells = new Map<string, Sum>();

  /** @param hint what was expected of it elsewhere, for a plan that is not known yet */
  of(plan: string, category: string, hint: number | null): number {
    const overall = hint ?? (this.all.n === 0 ? 0 : this.all.total / this.all.n);
    const usual = shrunk(this.plans.get(plan), overall);
    return shrunk(this.cells.get(cellOf(plan, category)), usual);
  }

  /** Whether what is expected of a plan rests on amounts of its own. */
  isSettled(plan: string): boolean {
    return (this.plans.get(plan)?.n ?? 0) >= SETTLED;
  }

  add(plan: string, category: string, amount: number): void {
    count(this.all, amount);
    count(sumOf(this.plans, plan), amount);
    count(sumOf(this.cells, cellOf(plan, category)), amount);
  }
}

const cellOf = (plan: string, category: string): string => `${plan}@${category}`;

const shrunk = (sum: Sum | undefined, to: number): number =>
  sum === undefined ? to : (sum.total + WEIGHT * to) / (sum.n + WEIGHT);

function sumOf(sums: Map<string, Sum>, key: string): Sum {
  const known = sums.get(key);
  if (known !== undefined) return known;
  const made = { n: 0, total: 0 };
  sums.set(key, made);
  return made;
}

function count(sum: Sum, amount: number): void {
  sum.n += 1;
  sum.total += amount;
}
