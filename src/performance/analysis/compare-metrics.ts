/** Compares two agents in all metrics over some strata. Pure. */
import type { Interval } from '../../evidence/intervals.js';
import { benjaminiHochberg } from '../../evidence/multiplicity.js';
import type { Sums } from '../figures.js';
import type { Contrast } from './contrast.js';
import { countRatio } from './count-ratio.js';
import { logRatio } from './log-ratio.js';
import { isBetter, isLogMetric, type Metric, metrics, momentsOf } from './metrics.js';
import { successDifference } from './success-difference.js';

/** What both agents came to on tasks alike. */
export interface Stratum {
  category: string;
  a: Sums;
  b: Sums;
}

/** Executions of each side before a difference is stated. */
export const LEAST_EXECUTIONS = 5;
/** Share of the differences stated that may be none. */
const LEVEL = 0.05;

/** How two agents differ in a metric, on like tasks. */
export interface MetricComparison {
  metric: Metric;
  /** Success: the rate of a less that of b. All others: a as a share of b; Infinity where b has none. */
  value: number;
  /** 95% interval of it, taken by itself. */
  interval: Interval;
  /** Executions on like tasks of which it is known. */
  executions: { a: number; b: number };
  /** Probability of a difference as large where there is none, corrected for all that was compared beside it. */
  p: number;
  /** Who does better; null where no difference is shown. */
  better: 'a' | 'b' | null;
  /**
   * The interval to state of a difference shown: wider than 95%, so that of all that are stated in one comparison
   * 95% may be expected to hold. Null where no difference is shown.
   */
  stated: Interval | null;
}

/** A comparison before it is known what else was compared. */
export interface Compared {
  metric: Metric;
  contrast: Contrast;
  executions: { a: number; b: number };
}

/** Every metric that is known of both on like tasks. */
export const contrastsOf = (strata: readonly Stratum[]): Compared[] =>
  metrics.flatMap((metric) => {
    const executions = { a: 0, b: 0 };
    const counted = strata.map(({ a, b }) => ({ a: knownOf(metric, a), b: knownOf(metric, b) }));
    for (const { a, b } of counted)
      if (a > 0 && b > 0) {
        executions.a += a;
        executions.b += b;
      }
    const contrast = contrastOf(metric, strata);
    const enough = metric === 'success' || Math.min(executions.a, executions.b) >= LEAST_EXECUTIONS;
    return contrast === null || !enough ? [] : [{ metric, contrast, executions }];
  });

const knownOf = (metric: Metric, sums: Sums): number =>
  metric === 'success' ? successOf(sums).known : momentsOf(metric, sums).n;

const successOf = (sums: Sums): { successes: number; known: number } => {
  const successes = sums['successes'] ?? 0;
  return { successes, known: successes + (sums['failures'] ?? 0) };
};

function contrastOf(metric: Metric, strata: readonly Stratum[]): Contrast | null {
  if (metric === 'success')
    return successDifference(strata.map(({ a, b }) => ({ a: successOf(a), b: successOf(b) })));
  const pairs = strata.map(({ a, b }) => ({ a: momentsOf(metric, a), b: momentsOf(metric, b) }));
  return isLogMetric(metric) ? logRatio(pairs) : countRatio(pairs);
}

/**
 * Says of comparisons made together which show a difference: by Benjamini and Hochberg's correction at 5%. The
 * intervals stated of those have the level 1 - 0.05 R / m, of R stated of m compared (Y. Benjamini and D. Yekutieli,
 * "False discovery rate-adjusted multiple confidence intervals for selected parameters", JASA 100, 2005).
 */
export function judgeTogether(all: readonly Compared[]): MetricComparison[] {
  const tested = all.filter(({ executions }) => Math.min(executions.a, executions.b) >= LEAST_EXECUTIONS);
  const corrected = benjaminiHochberg(tested.map(({ contrast }) => contrast.p));
  const pOf = new Map(tested.map((one, index) => [one, corrected[index] ?? 1]));
  const stated = corrected.filter((p) => p <= LEVEL).length;
  return all.map((one): MetricComparison => {
    const { metric, contrast, executions } = one;
    const p = pOf.get(one) ?? 1;
    const shown = p <= LEVEL;
    return {
      metric,
      value: contrast.value,
      interval: contrast.interval(LEVEL),
      executions,
      p,
      better: shown ? (isBetter(metric, contrast.value) ? 'a' : 'b') : null,
      stated: shown ? contrast.interval((LEVEL * stated) / tested.length) : null,
    };
  });
}
