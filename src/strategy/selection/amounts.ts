/** What plans are expected to cost and how long they are expected to take. */
import type { Cell } from './cell.js';
import type { EvidenceTable } from './evidence-table.js';
import { settings } from './settings.js';

/** The expected amount of a plan in a category. */
export type AmountOf = (plan: string, category: string) => number;

/** A sum over executions of which it is known; `n` of them. */
interface Sum {
  n: number;
  sum: number;
}

export const costIn = (cell: Cell): Sum => ({ n: cell.costed, sum: cell.cost });
export const secondsIn = (cell: Cell): Sum => ({ n: cell.timed, sum: cell.seconds });

/**
 * The amount of a plan in a category: its mean there, shrunk to its mean over all, times what the category's tasks
 * take beside others with the same plan.
 *
 * Amounts are skewed, so one dear task says little of a plan: its mean is divided by 1 + 1 / sqrt(n), a lower bound
 * as bandits with budgets use it (Badanidiyuru, Kleinberg and Slivkins, JACM 65(3), 2018), and a plan of which
 * nothing is known is taken to need what is typical, but no more than `most`.
 */
export function amountsOf(
  table: EvidenceTable,
  sumIn: (cell: Cell) => Sum,
  most = Number.POSITIVE_INFINITY,
): AmountOf {
  const means = new Map<string, number>();
  let [logs, known] = [0, 0];
  for (const [name, { cells }] of table.plans) {
    let [n, sum] = [0, 0];
    for (const cell of cells.values()) {
      const own = sumIn(cell);
      n += own.n;
      sum += own.sum;
    }
    if (n <= 0) continue;
    means.set(name, sum / n / (1 + 1 / Math.sqrt(n)));
    logs += Math.log(Math.max(0, sum / n) + 1e-12);
    known += 1;
  }
  const typical = known > 0 ? Math.exp(logs / known) : Number.isFinite(most) ? most : 0;
  const untried = Math.min(most, typical);
  const ratios = ratiosOf(table, means, sumIn);
  return (plan, category) => {
    const usual = (means.get(plan) ?? untried) * (ratios.get(category) ?? 1);
    const cell = table.plans.get(plan)?.cells.get(category);
    return cell === undefined ? usual : shrunk(sumIn(cell), usual);
  };
}

/** A mean, shrunk to what is usual. */
export const shrunk = ({ n, sum }: Sum, usual: number): number =>
  (sum + settings.amountWeight * usual) / (n + settings.amountWeight);

/** Sums what tasks took beside what was to be expected, one standing for as much as expected. */
export class Ratio {
  private sum: number = settings.amountWeight;
  private n: number = settings.amountWeight;

  add({ n, sum }: Sum, expected: number): void {
    if (n <= 0 || expected <= 0) return;
    // One outlier must not make a whole category dear.
    this.sum += Math.min(10 * n, sum / expected);
    this.n += n;
  }

  get value(): number {
    return this.sum / this.n;
  }
}

/** By category: the amount over what its plans take on average. */
function ratiosOf(
  table: EvidenceTable,
  means: ReadonlyMap<string, number>,
  sumIn: (cell: Cell) => Sum,
): Map<string, number> {
  const ratios = new Map<string, Ratio>();
  for (const [name, { cells }] of table.plans)
    for (const [category, cell] of cells) {
      const ratio = ratios.get(category) ?? new Ratio();
      ratio.add(sumIn(cell), means.get(name) ?? 0);
      ratios.set(category, ratio);
    }
  return new Map([...ratios].map(([category, ratio]) => [category, ratio.value]));
}
