/** Shares of what is spent, with errors by days. Pure. */
import type { Estimate } from './contrast.js';

/** From so many days on their differences alone tell how exact a share is. */
const ENOUGH_DAYS = 10;

/** A part of a whole, on one day. */
export interface DayShare {
  part: number;
  whole: number;
}

/**
 * The share that parts have of wholes, given by day: executions of one day share what went on that day, and nothing is
 * supposed of how single executions spread. With few days it varies at least as it would if the shares of executions
 * lay between 0 and `most` and spread as widely as they can.
 *
 * @see W. G. Cochran, Sampling Techniques (1977), chapter 6: ratio estimates; R. Bhatia and C. Davis, "A better bound
 *   on the variance", Amer. Math. Monthly 107 (2000)
 * @param n executions behind the wholes
 * @returns null where there is nothing to have a share of
 */
export function shareOf(days: readonly DayShare[], n: number, most: number): Estimate | null {
  const whole = days.reduce((sum, day) => sum + day.whole, 0);
  if (whole <= 0 || n <= 0) return null;
  const part = days.reduce((sum, day) => sum + day.part, 0);
  const estimate = Math.min(most, part / whole);
  const squares = days.reduce((sum, day) => sum + ((day.part - estimate * day.whole) / whole) ** 2, 0);
  const byDays = Math.sqrt((squares * days.length) / Math.max(1, days.length - 1));
  if (days.length >= ENOUGH_DAYS) return { estimate, error: byDays, freedom: days.length - 1 };
  const widest = Math.sqrt((Math.max(0, estimate) * Math.max(0, most - estimate)) / n);
  return { estimate, error: Math.max(byDays, widest), freedom: Number.POSITIVE_INFINITY };
}
