/** Differences and their intervals as sentences tell them. Pure. */
import type { Interval } from '../../evidence/intervals.js';
import type { Metric } from './metrics.js';

/** Two digits, without trailing zeros; whole from 10 on. */
const plain = (value: number): string =>
  Math.abs(value) >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));

/** `12-31%`, or `12%` where both ends read the same. */
function span(low: number, high: number, unit: string): string {
  const [from, to] = [plain(100 * low), plain(100 * high)];
  if (high === Number.POSITIVE_INFINITY) return `at least ${from}${unit}`;
  return from === to ? `${from}${unit}` : `${from}-${to}${unit}`;
}

const comparatives: Record<Metric, { better: string; worse: string }> = {
  success: { better: 'succeeds more often', worse: 'succeeds less often' },
  seconds: { better: 'is faster', worse: 'is slower' },
  cost: { better: 'is cheaper', worse: 'is dearer' },
  tokens: { better: 'uses fewer tokens', worse: 'uses more tokens' },
  iterations: { better: 'needs fewer iterations', worse: 'needs more iterations' },
  errors: { better: 'makes fewer errors', worse: 'makes more errors' },
};
export const comparativeOf = (metric: Metric, better: boolean): string =>
  comparatives[metric][better ? 'better' : 'worse'];

/** How much, given an interval that leaves out no difference: `12-31%`, `3-8 points`. */
export function amountOf(metric: Metric, { low, high }: Interval): string {
  if (metric === 'success') return low > 0 ? span(low, high, ' points') : span(-high, -low, ' points');
  return high < 1 ? span(1 - high, 1 - low, '%') : span(low - 1, high - 1, '%');
}

/** An interval that may hold no difference: `-4 to 6 points`, `-12 to 31%`. */
export function rangeOf(metric: Metric, { low, high }: Interval): string {
  if (metric === 'success') return `${plain(100 * low)} to ${plain(100 * high)} points`;
  return high === Number.POSITIVE_INFINITY
    ? `${plain(100 * (low - 1))}% or more`
    : `${plain(100 * (low - 1))} to ${plain(100 * (high - 1))}%`;
}

/** `a`, `a and b`, `a, b and c`. */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Figures with their unit: `85% success`, `12 to 31 s`, `3 to 6 iterations an execution`. */
export function figuresIn(metric: Metric, values: readonly number[]): string {
  const figure = (value: number): string =>
    value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
  const joined = (told: (value: number) => string): string => values.map(told).join(' to ');
  switch (metric) {
    case 'success':
      return `${joined((value) => `${Math.round(100 * value)}%`)} success`;
    case 'seconds':
      return `${joined(figure)} s`;
    case 'cost':
      return joined((value) => `$${figure(value)}`);
    default:
      return `${joined(figure)} ${metric} an execution`;
  }
}
