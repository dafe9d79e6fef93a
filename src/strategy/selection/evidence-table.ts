/** What earlier tasks tell of plans: sums by plan and category, weighed by age and cut where a plan changed. */
import { addToCell, type Cell, scaleCells } from './cell.js';
import { lastChange, type PeriodResidual, type PlanRecord } from './change.js';
import { settings } from './settings.js';
import { TaskClock } from './task-clock.js';

/** Sums of the executions of one plan in one category and slot, or what has come to them since. */
export interface EvidenceRow extends Cell {
  plan: string;
  category: string;
  /** Minutes since the epoch at which its executions ended. */
  slot: number;
  /** Of its executions, those within tasks that count with another plan, which they were the first try of. */
  within?: number;
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
  /** Since its last change, not weighed. */
  record: PlanRecord;
}

/** Cells are weighed by their age when they are read, and before it comes to less than this. */
const LEAST_WEIGHT = 1e-6;

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
  readonly changes: PlanChange[] = [];
  /** Counts what was added, so that what is derived from the table can be kept until more is. */
  revision = 0;
  private readonly evidence = new Map<string, PlanEvidence>();
  private readonly clock = new TaskClock();
  /** What all cells are still to be weighed by, since they have grown older. */
  private aged = 1;
  /** Doubt that changes may still cast on other plans: 1 is what is due to a plan that all tasks went to. */
  private doubt = 1;

  /** @param introduced the slot at which a task was first offered the plan; read at each choice */
  constructor(
    rows: Iterable<EvidenceRow> = [],
    private readonly introduced: ReadonlyMap<string, number> = new Map(),
  ) {
    for (const row of [...rows].sort((one, other) => one.slot - other.slot)) this.add(row);
  }

  /** What is known of each plan, weighed by age. */
  get plans(): ReadonlyMap<string, PlanEvidence> {
    this.weigh();
    return this.evidence;
  }

  /**
   * Adds a row, or what has come to one that was added before; sums may be negative where an outcome was
   * corrected. Rows are best added in the order of their slots: a change is then seen where it happened.
   */
  add(row: EvidenceRow): void {
    const [earlier, name] = [this.clock.now, row.plan];
    if (this.clock.open(row.slot) && earlier >= 0) this.age(this.clock.ageOf(earlier));
    this.revision += 1;
    const at = this.clock.periodOf(row.slot);
    const tasks = row.executions - (row.within ?? 0);
    this.clock.count(at, tasks);
    this.tasks += tasks;
    this.spent += row.cost;
    this.costed += row.costed;
    this.categories.set(row.category, (this.categories.get(row.category) ?? 0) + tasks);
    const plan = this.evidenceOf(name);
    plan.executions += row.executions;
    if (at < plan.since) return;
    plan.record.executions += row.executions;
    plan.record.reward += row.reward;
    addToCell(plan.cells, row.category, row, ageWeight(this.clock.ageOf(at)) / this.aged);
    const period = periodIn(plan, at);
    if (period === undefined) return;
    addToCell(period.cells, row.category, row, 1);
    period.executions += row.executions;
    period.total += row.reward;
    period.predicted += row.predicted;
    period.reward += row.predictedReward;
    period.expected += row.expected;
    const change = lastChange(plan.periods, plan.record);
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

  private weigh(): void {
    if (this.aged !== 1) for (const { cells } of this.evidence.values()) scaleCells(cells, this.aged);
    this.aged = 1;
  }

  /** All that is known grows older as a period ends, so that no weight is ever above 1. */
  private age(tasks: number): void {
    this.aged *= ageWeight(tasks);
    if (this.aged < LEAST_WEIGHT) this.weigh();
    this.doubt = Math.min(1, this.doubt + tasks / settings.doubtTasks);
  }

  private evidenceOf(name: string): PlanEvidence {
    const known = this.evidence.get(name);
    if (known !== undefined) return known;
    const made: PlanEvidence = {
      cells: new Map<string, Cell>(),
      periods: [],
      since: 0,
      executions: 0,
      record: { executions: 0, reward: 0 },
    };
    this.evidence.set(name, made);
    return made;
  }

  /** The plan starts all but anew from a period on; what is known of the others is trusted less. */
  private cut(name: string, plan: PlanEvidence, from: number): void {
    const kept = settings.keptAtAlarm ** this.takeDoubt(plan);
    plan.since = from;
    // What the change explains is no sign of another one.
    plan.periods = plan.periods
      .filter(({ period }) => period >= from)
      .map((period) => ({ ...period, predicted: 0, reward: 0, expected: 0 }));
    // An alarm is raised by bad luck at times, which then is most of what is known of the plan.
    const executions = [...plan.cells.values()].reduce((sum, cell) => sum + cell.executions, 0) * this.aged;
    scaleCells(plan.cells, settings.ownKept / Math.max(settings.ownKept, executions));
    plan.record = { executions: 0, reward: 0 };
    for (const period of plan.periods) {
      plan.record.executions += period.executions;
      plan.record.reward += period.total;
      for (const [category, cell] of period.cells)
        addToCell(plan.cells, category, cell, ageWeight(this.clock.ageOf(period.period)) / this.aged);
    }
    for (const [other, { cells }] of this.evidence) if (other !== name) scaleCells(cells, kept);
    this.changes.push({ plan: name, slot: this.clock.slotOf(from) });
  }

  /**
   * The doubt that a plan's change casts on the others: its share of the latest tasks, as the change of a plan that
   * few tasks went to says little of the world. What may be doubted comes back by {@link settings.doubtTasks}, so that
   * alarms one after another, true or false, do not wipe out what is known.
   */
  private takeDoubt({ periods }: PlanEvidence): number {
    const [first] = periods;
    if (first === undefined) return 0;
    const executions = periods.reduce((sum, period) => sum + period.executions, 0);
    const tasks = Math.max(1, this.tasks - this.clock.tasksBeforeSlot(this.clock.slotOf(first.period)));
    const taken = Math.min(this.doubt, Math.max(0, executions / tasks));
    this.doubt -= taken;
    return taken;
  }
}

/** A plan's sums of a period; undefined for one that is older than those that are kept. */
function periodIn(plan: PlanEvidence, period: number): PlanPeriod | undefined {
  const found = plan.periods.findLast((kept) => kept.period === period);
  if (found !== undefined) return found;
  const made: PlanPeriod = {
    period,
    executions: 0,
    total: 0,
    predicted: 0,
    reward: 0,
    expected: 0,
    cells: new Map(),
  };
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
