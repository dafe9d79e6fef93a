/** What earlier tasks tell of plans: sums by plan and category, weighed by age and cut where a plan changed. */
import { addToCell, type Cell, scaleCells } from './cell.js';
import { lastChange, type PeriodResidual } from './change.js';
import { settings } from './settings.js';
import { TaskClock } from './task-clock.js';

/** Sums of the executions of one plan in one category and slot, or what has come to them since. */
export interface EvidenceRow extends Cell {
  plan: string;
  category: string;
  /** Minutes since the epoch at which its executions ended. */
  slot: number;
  /** Executions at whose choice a reward was predicted, the sum of their rewards, and of those predictions. */
  predicted: number;
  predictedReward: number;
  expected: number;
}

interface PlanPeriod extends PeriodResidual {
  cells: Map<string, Cell>;
}

interface PlanEvidence {
  cells: Map<string, Cell>;
  /** The latest periods, oldest first, for changes to be seen in. */
  periods: PlanPeriod[];
  /** The period of its last change; evidence from before it is of another plan. */
  since: number;
  /** Executions, not weighed. */
  executions: number;
}

/** A change of a plan that was noticed: from the minute `slot` on its evidence counts. */
export interface PlanChange {
  plan: string;
  slot: number;
}

export class EvidenceTable {
  /** Tasks whose outcome is known, not weighed. */
  tasks = 0;
  /** USD spent, and the executions that is known of, not weighed. */
  spent = 0;
  costed = 0;
  /** Tasks of each category, not weighed. */
  readonly categories = new Map<string, number>();
  readonly plans = new Map<string, PlanEvidence>();
  readonly changes: PlanChange[] = [];
  private readonly clock = new TaskClock();

  /** @param introduced the slot at which a task was first offered the plan; read at each choice */
  constructor(
    rows: Iterable<EvidenceRow> = [],
    private readonly introduced: ReadonlyMap<string, number> = new Map(),
  ) {
    for (const row of [...rows].sort((one, other) => one.slot - other.slot)) this.add(row);
  }

  /**
   * Adds a row, or what has come to one that was added before; sums may be negative where an outcome was
   * corrected. Rows are best added in the order of their slots: a change is then seen where it happened.
   */
  add(row: EvidenceRow): void {
    const [earlier, name] = [this.clock.now, row.plan];
    // All that is known grows older as a period ends, so that no weight is ever above 1.
    if (this.clock.open(row.slot) && earlier >= 0) {
      const weight = ageWeight(this.clock.ageOf(earlier));
      for (const { cells } of this.plans.values()) scaleCells(cells, weight);
    }
    const at = this.clock.periodOf(row.slot);
    this.clock.count(at, row.executions);
    this.tasks += row.executions;
    this.spent += row.cost;
    this.costed += row.costed;
    this.categories.set(row.category, (this.categories.get(row.category) ?? 0) + row.executions);
    const plan = this.evidenceOf(name);
    plan.executions += row.executions;
    if (at < plan.since) return;
    addToCell(plan.cells, row.category, row, ageWeight(this.clock.ageOf(at)));
    const period = periodIn(plan, at);
    if (period === undefined) return;
    addToCell(period.cells, row.category, row, 1);
    period.predicted += row.predicted;
    period.reward += row.predictedReward;
    period.expected += row.expected;
    const change = lastChange(plan.periods);
    if (change !== null) this.cut(name, plan, change);
  }

  /**
   * Whether a plan came after others had been tried, and so says little by what is known of those: people add a
   * plan for a reason. True of one that is asked about for the first time, too.
   */
  isNewcomer(plan: string): boolean {
    const slot = this.introduced.get(plan);
    if (slot === undefined) return !this.plans.has(plan) && this.tasks >= settings.settledTasks;
    return this.clock.tasksBeforeSlot(slot) >= settings.settledTasks;
  }

  private evidenceOf(name: string): PlanEvidence {
    const known = this.plans.get(name);
    if (known !== undefined) return known;
    const made = { cells: new Map<string, Cell>(), periods: [], since: 0, executions: 0 };
    this.plans.set(name, made);
    return made;
  }

  /** The plan starts anew from a period on; what is known of the others is trusted less. */
  private cut(name: string, plan: PlanEvidence, from: number): void {
    plan.since = from;
    // What the change explains is no sign of another one.
    plan.periods = plan.periods
      .filter(({ period }) => period >= from)
      .map((period) => ({ ...period, predicted: 0, reward: 0, expected: 0 }));
    plan.cells = new Map();
    for (const { period, cells } of plan.periods)
      for (const [category, cell] of cells)
        addToCell(plan.cells, category, cell, ageWeight(this.clock.ageOf(period)));
    for (const [other, { cells }] of this.plans) if (other !== name) scaleCells(cells, settings.keptAtAlarm);
    this.changes.push({ plan: name, slot: this.clock.slotOf(from) });
  }
}

/** A plan's sums of a period; undefined for one that is older than those that are kept. */
function periodIn(plan: PlanEvidence, period: number): PlanPeriod | undefined {
  const found = plan.periods.findLast((kept) => kept.period === period);
  if (found !== undefined) return found;
  const made = { period, predicted: 0, reward: 0, expected: 0, cells: new Map<string, Cell>() };
  const place = plan.periods.findLastIndex((kept) => kept.period < period) + 1;
  if (plan.periods.length >= settings.alarmPeriods) {
    if (place === 0) return undefined;
    plan.periods.splice(place, 0, made);
    plan.periods.shift();
  } else plan.periods.splice(place, 0, made);
  return made;
}

/** Weight of evidence that is so many tasks old. */
const ageWeight = (tasks: number): number => Math.exp(-tasks / settings.memory);
