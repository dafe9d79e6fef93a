/** Sentences and figures of the subcommands of `performance`, as a person reads them. */
import type { Interval } from '../evidence/intervals.js';
import type { Metric } from '../performance/analysis/metrics.js';
import { rangeOf } from '../performance/analysis/wording.js';
import { cost, plain, seconds, share } from './format.js';
import { printLine } from './print.js';
import { wrap } from './wrap.js';

/** Prints a sentence within the terminal; lines after its first are indented. */
export function printSentence(text: string, colour: (line: string) => string = (line) => line): void {
  for (const line of hanging('', plain(text), 2)) printLine(colour(line));
}

/** A text behind a label, broken at the terminal's edge and indented by so many characters from the second line on. */
export function hanging(
  label: string,
  text: string,
  indent: number,
  width: number | undefined = process.stdout.columns,
): string[] {
  const [first = '', ...more] = wrap(text, width === undefined ? undefined : width - indent);
  return [`${label}${first}`, ...more.map((line) => `${' '.repeat(indent)}${line}`)];
}

/** What the metrics are called in tables. */
export const metricNames: Record<Metric, string> = {
  success: 'success',
  seconds: 'time',
  cost: 'cost',
  tokens: 'tokens',
  iterations: 'iterations',
  errors: 'errors',
};

/** A mean of counts; small ones with two digits after the point. */
export function countText(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value > 0 && value < 1 ? 2 : 1);
}

/** What one execution takes, or how often it succeeds. */
export function metricText(metric: Metric, value: number): string {
  switch (metric) {
    case 'success':
      return share(value);
    case 'seconds':
      return seconds(value);
    case 'cost':
      return cost(value);
    default:
      return countText(value);
  }
}

const signed = (value: number): string => {
  const rounded = Number(value.toFixed(Math.abs(value) >= 10 ? 0 : 1));
  // A negative zero is none.
  return rounded === 0 ? '0' : `${rounded > 0 ? '+' : ''}${rounded}`;
};

/** A difference of success, or a ratio of all else: `+5 points`, `-12%`. */
export function differenceText(metric: Metric, value: number): string {
  if (metric === 'success') return `${signed(100 * value)} points`;
  return Number.isFinite(value) ? `${signed(100 * (value - 1))}%` : 'none before';
}

/** The interval of such a difference: `-4 to 6 points`, `-12 to 31%`. */
export const differenceRange = (metric: Metric, interval: Interval): string => rangeOf(metric, interval);

/** A probability; small ones as a bound. */
export const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
