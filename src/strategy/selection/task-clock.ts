/**
 * Time counted in tasks: a tenant with a thousand tasks a day and one with two forget, and notice change, after as
 * many tasks. Minutes are grouped to periods of at least {@link settings.tasksPerPeriod} tasks.
 */
import { settings } from './settings.js';

interface Period {
  /** Its first minute. */
  slot: number;
  /** Tasks before it. */
  before: number;
}

export class TaskClock {
  private readonly periods: Period[] = [];
  private latest = Number.NEGATIVE_INFINITY;
  private inLast = 0;

  /** The latest period; -1 where there is none. */
  get now(): number {
    return this.periods.length - 1;
  }

  /**
   * Whether a slot is of a new period, which is opened then. Late slots belong to the periods that are there:
   * ages move by no more than the few tasks that come late.
   */
  open(slot: number): boolean {
    const last = this.periods.at(-1);
    const isNew = last === undefined || (slot > this.latest && this.inLast >= settings.tasksPerPeriod);
    if (isNew) {
      this.periods.push({ slot, before: last === undefined ? 0 : last.before + this.inLast });
      this.inLast = 0;
    }
    this.latest = Math.max(this.latest, slot);
    return isNew;
  }

  /** Adds tasks to a period. */
  count(period: number, tasks: number): void {
    if (period === this.now) this.inLast += tasks;
  }

  /** The period of a slot; the first for slots before it. */
  periodOf(slot: number): number {
    let [low, high] = [0, this.periods.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.periods[middle]?.slot ?? 0) <= slot) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Age in tasks of a period: 0 for the latest. */
  ageOf(period: number): number {
    return Math.max(0, this.tasksBefore(this.now) - this.tasksBefore(period));
  }

  /** First minute of a period. */
  slotOf(period: number): number {
    return this.periods[period]?.slot ?? 0;
  }

  /** Tasks that had ended before a slot, by whole periods; all of them for a slot that is yet to come. */
  tasksBeforeSlot(slot: number): number {
    return slot > this.latest
      ? this.tasksBefore(this.now) + this.inLast
      : this.tasksBefore(this.periodOf(slot));
  }

  private tasksBefore(period: number): number {
    return this.periods[period]?.before ?? 0;
  }
}
