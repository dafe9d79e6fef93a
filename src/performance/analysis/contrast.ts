/** How two groups differ in a figure. Pure. */
import type { Interval } from '../../evidence/intervals.js';

export interface Contrast {
  /** A difference, or a ratio; Infinity where a ratio's second is 0. */
  value: number;
  /** Probability of a difference as large, either way, where there is none. */
  p: number;
  /**
   * Where the true value lies.
   *
   * @param outside share of cases in which it may lie elsewhere; 0.05 gives the 95% interval
   */
  interval: (outside: number) => Interval;
}
