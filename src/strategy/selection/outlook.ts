/** What is expected of the offered plans in each category: reward, cost and time. */
import { type AmountOf, amountsOf, costIn, Ratio, secondsIn, shrunk } from './amounts.js';
import { type Belief, beliefIn } from './belief.js';
import type { Cell } from './cell.js';
import { type CompositeBelief, compositeBelief } from './composite-belief.js';
import type { EvidenceTable } from './evidence-table.js';
import type { Composition, Expectation, PlanPrior } from './expectation.js';
import type { FittedModel } from './fitted-model.js';
import { at } from './symmetric.js';

/** Indices of its belief are the positions of the offered plans. */
export class Outlook {
  private readonly beliefs = new Map<string, Belief>();
  private readonly pooled = new Map<string, Belief>();
  /** By category, then plan. */
  private readonly promises = new Map<string, Map<string, PlanPrior>>();
  /** Plans that were found not to be made of others. */
  private readonly simple = new Set<string>();
  private readonly rows: ReadonlyMap<string, number>;
  private readonly costOf: AmountOf;
  private readonly secondsOf: AmountOf;
  /** The same, but that untried plans are given the benefit of the doubt. */
  private readonly leastCostOf: AmountOf;
  private readonly leastSecondsOf: AmountOf;

  /** @param budget USD; what a plan is taken to cost at most of which no cost is known */
  constructor(
    private readonly table: EvidenceTable,
    private readonly model: FittedModel,
    private readonly plans: readonly string[],
    private readonly compose?: Composition,
    budget?: number,
  ) {
    this.rows = new Map(model.effects.cells.plans.map((plan, row) => [plan, row]));
    this.costOf = amountsOf(table, costIn, 'typical', budget);
    this.secondsOf = amountsOf(table, secondsIn, 'typical');
    this.leastCostOf = amountsOf(table, costIn, 'little', budget);
    this.leastSecondsOf = amountsOf(table, secondsIn, 'little');
  }

  /** The joint belief in the offered plans' mean rewards. */
  belief(category: string): Belief {
    const known = this.beliefs.get(category);
    if (known !== undefined) return known;
    const made = this.beliefOf(category);
    this.beliefs.set(category, made);
    return made;
  }

  private beliefOf(category: string): Belief {
    const pooled = this.pooledIn(category);
    const composites = new Map<number, CompositeBelief>();
    const rows = this.plans.map((plan, position) => {
      if (this.promise(plan, category) === null) return this.rowOf(plan);
      composites.set(position, this.composite(plan, category));
      return -1;
    });
    if (composites.size === 0 && rows.every((row, position) => row === position)) return pooled;
    const row = (position: number): number => rows[position] ?? -1;
    const both = (
      k: number,
      j: number,
      ofPooled: (one: number, other: number) => number,
      own: (composite: CompositeBelief) => number,
    ): number => {
      const composite = composites.get(k);
      if (composite !== undefined) return k === j ? own(composite) : 0;
      return composites.has(j) ? 0 : ofPooled(row(k), row(j));
    };
    return {
      mean: new Float64Array(rows.map((index, k) => composites.get(k)?.mean ?? at(pooled.mean, index))),
      noise: new Float64Array(rows.map((index, k) => composites.get(k)?.noise ?? at(pooled.noise, index))),
      covariance: (k, j) =>
        both(
          k,
          j,
          (one, other) => pooled.covariance(one, other),
          ({ variance }) => variance,
        ),
      transfer: (k, j) =>
        both(
          k,
          j,
          (one, other) => pooled.transfer(one, other),
          ({ transfer }) => transfer,
        ),
    };
  }

  /** Expected USD of a plan: little for one that was never tried, so that it is. */
  cost(plan: string, category: string): number {
    return this.amount(plan, category, this.leastCostOf, costIn, ({ cost }) => cost);
  }

  /** Expected seconds of a plan, likewise. */
  seconds(plan: string, category: string): number {
    return this.amount(plan, category, this.leastSecondsOf, secondsIn, ({ seconds }) => seconds);
  }

  /** Whether anything is known of what a plan itself has cost. */
  knowsCost(plan: string): boolean {
    for (const cell of this.cellsOf(plan).values()) if (cell.costed > 0) return true;
    return false;
  }

  private amount(
    plan: string,
    category: string,
    amountOf: AmountOf,
    sumIn: typeof costIn,
    promised: (expectation: Expectation) => number,
  ): number {
    const promise = this.promise(plan, category);
    if (promise === null) return amountOf(plan, category);
    const ratio = new Ratio();
    const cells = this.cellsOf(plan);
    for (const [name, cell] of cells) {
      const there = this.promise(plan, name);
      if (there !== null) ratio.add(sumIn(cell), promised(there));
    }
    const cell = cells.get(category);
    const usual = promised(promise) * ratio.value;
    return cell === undefined ? usual : shrunk(sumIn(cell), usual);
  }

  /** What the parts of a plan promise; null for one that has none. */
  private promise(plan: string, category: string): PlanPrior | null {
    if (this.compose === undefined || this.simple.has(plan)) return null;
    const there = this.promises.get(category) ?? new Map<string, PlanPrior>();
    this.promises.set(category, there);
    const known = there.get(plan);
    if (known !== undefined) return known;
    const made = this.compose(plan, category, (single, where) => this.part(single, where));
    if (made === null) this.simple.add(plan);
    else there.set(plan, made);
    return made;
  }

  /** What is expected of a plan as a part of others: what is typical where it was never tried. */
  part(plan: string, category: string): Expectation {
    const row = this.rows.get(plan);
    const { mean } = this.pooledIn(category);
    return {
      mean: row === undefined ? average(mean) : at(mean, row),
      cost: this.costOf(plan, category),
      seconds: this.secondsOf(plan, category),
    };
  }

  private composite(plan: string, category: string): CompositeBelief {
    const promiseIn = (there: string): PlanPrior => {
      const promise = this.promise(plan, there);
      if (promise === null) throw new TypeError(`plan ${plan}: made of others in some categories only`);
      return promise;
    };
    return compositeBelief(this.cellsOf(plan), category, promiseIn, this.model.effects.spreads);
  }

  private cellsOf(plan: string): ReadonlyMap<string, Cell> {
    return this.table.plans.get(plan)?.cells ?? new Map<string, Cell>();
  }

  private pooledIn(category: string): Belief {
    const known = this.pooled.get(category);
    if (known !== undefined) return known;
    const made = beliefIn(this.model.effects, category);
    this.pooled.set(category, made);
    return made;
  }

  private rowOf(plan: string): number {
    const row = this.rows.get(plan);
    if (row === undefined) throw new RangeError(`plan ${plan}: not in the model`);
    return row;
  }
}

const average = (values: Float64Array): number =>
  values.length === 0 ? 0.5 : values.reduce((sum, value) => sum + value, 0) / values.length;
