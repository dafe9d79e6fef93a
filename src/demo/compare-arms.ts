/** What the two arms of the demo came to, and what can be said of their difference. Pure. */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { type Interval, newcombe, wilson, Z_95 } from '../evidence/intervals.js';

/** How one task went in one arm. */
export interface ArmResult {
  plan: string;
  success: boolean;
  /** Seconds. */
  duration: number;
  /** USD, nominal. */
  cost: number;
}

/** One task in both arms. */
export interface Pair {
  taskId: string;
  category: string;
  family: string;
  learning: ArmResult;
  off: ArmResult;
}

export interface Estimate extends Interval {
  value: number;
}

export interface Comparison {
  tasks: number;
  success: { learning: Estimate; off: Estimate; difference: Estimate };
  /** Seconds a task; the difference is paired by task. */
  duration: { learning: Estimate; off: Estimate; difference: Estimate };
  /** USD a task; the difference is paired by task. */
  cost: { learning: Estimate; off: Estimate; difference: Estimate };
}

/** Compares the arms: Wilson and Newcombe intervals for success, normal ones for means, all at 95%. */
export function compareArms(pairs: readonly Pair[]): Comparison {
  const n = pairs.length;
  const successes = (arm: 'learning' | 'off') => pairs.filter((pair) => pair[arm].success).length;
  const [learned, plain] = [successes('learning'), successes('off')];
  const { difference, low, high } = newcombe(learned, n, plain, n);
  const share = (count: number): Estimate => ({ value: n === 0 ? 0 : count / n, ...wilson(count, n) });
  const figures = (figure: (result: ArmResult) => number) => ({
    learning: meanEstimate(pairs.map((pair) => figure(pair.learning))),
    off: meanEstimate(pairs.map((pair) => figure(pair.off))),
    difference: meanEstimate(pairs.map((pair) => figure(pair.learning) - figure(pair.off))),
  });
  return {
    tasks: n,
    success: {
      learning: share(learned),
      off: share(plain),
      difference: { value: difference, low, high },
    },
    duration: figures(({ duration }) => duration),
    cost: figures(({ cost }) => cost),
  };
}

/** A mean with its normal 95% interval; of fewer than two values nothing can be said. */
function meanEstimate(values: readonly number[]): Estimate {
  if (values.length === 0) return { value: 0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const value = mean([...values]);
  if (values.length < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const margin = (Z_95 * sampleStandardDeviation([...values])) / Math.sqrt(values.length);
  return { value, low: value - margin, high: value + margin };
}

/** What a difference shows, in words: better, worse, or nothing. `higherIsBetter` says which way is up. */
export function verdict(
  { low, high }: Estimate,
  higherIsBetter: boolean,
): 'better' | 'worse' | 'no difference shown' {
  if (low > 0) return higherIsBetter ? 'better' : 'worse';
  if (high < 0) return higherIsBetter ? 'worse' : 'better';
  return 'no difference shown';
}
