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

/** What a plan is taken to need of which nothing is known: what plans typically do, or little. */
export type Untried = 'typical' | 'little';

/** What is known of the amounts of plans. */
interface Known {
  /** By plan. */
  means: ReadonlyMap<string, number>;
  /** By category, beside others with the same plan. */
  ratios: ReadonlyMap<string, number>;
  /** What is typical of a plan, and what one needs that needs little; null where nothing is known of any. */
  usual: Record<Untried, number> | null;
}

/**
 * The amount of a plan in a category: its mean there, shrunk to its mean over all, times what the category's tasks
 * take beside others with the same plan.
 *
 * Amounts are skewed, so one dear task says little of a plan: its mean is divided by 1 + 1 / sqrt(n), a lower bound
 * as bandits with budgets use it (Badanidiyuru, Kleinberg and Slivkins, JACM 65(3), 2018). A plan of which nothing is
 * known is taken to need what is typical, or, where it is chosen by that, little for a plan: a lower quantile of a
 * log-normal distribution over the plans, so that a cheap one is found though dear ones were tried first.
 *
 * @param most what a plan is taken to need at most of which nothing is known
 */
export function amountsOf(
  table: EvidenceTable,
  sumIn: (cell: Cell) => Sum,
  untried: Untried,
  most = Number.POSITIVE_INFINITY,
): AmountOf {
  const { means, ratios, usual: usually } = knownOf(table, sumIn);
  const unknown = usually === null ? (Number.isFinite(most) ? most : 0) : Math.min(most, usually[untried]);
  const { plans } = table;
  // Asked for all plans of one category after another.
  let [latest, ratio]: [string | undefined, number] = [undefined, 1];
  return (plan, category) => {
    if (category !== latest) [latest, ratio] = [category, ratios.get(category) ?? 1];
    const usual = (means.get(plan) ?? unknown) * ratio;
    const cell = plans.get(plan)?.cells.get(category);
    return cell === undefined ? usual : shrunk(sumIn(cell), usual);
  };
}

/** What tables told of amounts, as of their revision: one choice asks several times. */
const told = new WeakMap<EvidenceTable, Map<(cell: Cell) => Sum, { revision: number; known: Known }>>();

function knownOf(table: EvidenceTable, sumIn: (cell: Cell) => Sum): Known {
  const of = told.get(table) ?? new Map<(cell: Cell) => Sum, { revision: number; known: Known }>();
  told.set(table, of);
  const earlier = of.get(sumIn);
  if (earlier?.revision === table.revision) return earlier.known;
  const known = readFrom(table, sumIn);
  of.set(sumIn, { revision: table.revision, known });
  return known;
}

function readFrom(table: EvidenceTable, sumIn: (cell: Cell) => Sum): Known {
  const means = new Map<string, number>();
  const logs: number[] = [];
  for (const [name, { cells }] of table.plans) {
    let [n, sum] = [0, 0];
    for (const cell of cells.values()) {
      const own = sumIn(cell);
      n += own.n;
      sum += own.sum;
    }
    if (n <= 0) continue;
    means.set(name, sum / n / (1 + 1 / Math.sqrt(n)));
    logs.push(Math.log(Math.max(0, sum / n) + 1e-12));
  }
  return { means, ratios: ratiosOf(table, means, sumIn), usual: logs.length === 0 ? null : usualOf(logs) };
}

/** Little is one standard deviation of the plans' logarithms below their mean. */
function usualOf(logs: readonly number[]): Record<Untried, number> {
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  const { amountSpread, spreadWeight } = settings;
  const variance = (spreadWeight * amountSpread ** 2 + squares) / (spreadWeight + logs.length - 1);
  return { typical: Math.exp(mean), little: Math.exp(mean - Math.sqrt(variance)) };
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
  for (const [name, { cells }] of table.plans) {
    const mean = means.get(name) ?? 0;
    for (const [category, cell] of cells) {
      let ratio = ratios.get(category);
      if (ratio === undefined) {
        ratio = new Ratio();
        ratios.set(category, ratio);
      }
      ratio.add(sumIn(cell), mean);
    }
  }
  return new Map([...ratios].map(([category, ratio]) => [category, ratio.value]));
}
