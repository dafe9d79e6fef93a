/** Agents that nobody answers for: left out for a while that grows with each time they are tried in vain. */
import { endOfSlot } from './evidence-rows.js';

const FIRST_MS = 2 * 60_000;
const LONGEST_MS = 60 * 60_000;

/** What is known of one agent: the minutes in which its calls were taken, and in which they were not. */
export class Answers {
  private answered = Number.NEGATIVE_INFINITY;
  private readonly unanswered = new Set<number>();

  /** Notes a minute in which somebody took a call. */
  noteAnswered(slot: number): void {
    this.answered = Math.max(this.answered, slot);
    // A call that was taken says that those before it, and those beside it, were not for want of a worker.
    for (const earlier of this.unanswered) if (earlier <= this.answered) this.unanswered.delete(earlier);
  }

  /** Notes a minute in which nobody took a call. */
  noteUnanswered(slot: number): void {
    if (slot > this.answered) this.unanswered.add(slot);
  }

  /**
   * Epoch milliseconds until which the agent is left out; 0 for one that answers. It is two minutes from the first
   * call that nobody took, and twice as long after each further one, up to an hour; calls that were under way when
   * it was left out do not count as further ones.
   */
  leftOutUntil(): number {
    let [until, wait] = [0, 0];
    for (const slot of [...this.unanswered].sort((one, other) => one - other)) {
      const at = endOfSlot(slot);
      if (at > until) wait = wait === 0 ? FIRST_MS : Math.min(LONGEST_MS, 2 * wait);
      until = Math.max(until, at + wait);
    }
    return until;
  }
}
