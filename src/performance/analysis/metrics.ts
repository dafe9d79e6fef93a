/** What agents are compared and followed by. Pure. */
import type { Sums } from '../figures.js';
import { type LogSum, logMoments, type Moments, moments } from '../statistics/moments.js';

export const metrics = ['success', 'seconds', 'cost', 'tokens', 'iterations', 'errors'] as const;
/** Success is told by differences of its rate, all others by ratios. */
export type Metric = (typeof metrics)[number];

const logSums = { seconds: 'logMs', cost: 'logCost', tokens: 'logTokens' } as const satisfies Partial<
  Record<Metric, LogSum>
>;
export type LogMetric = keyof typeof logSums;
export type CountMetric = 'iterations' | 'errors';

export const isLogMetric = (metric: Metric): metric is LogMetric => Object.hasOwn(logSums, metric);

/** Moments of the logarithm of a time, cost or number of tokens, or of a count. */
export const momentsOf = (metric: LogMetric | CountMetric, sums: Sums): Moments =>
  isLogMetric(metric) ? logMoments(sums, logSums[metric]) : moments(sums, metric);

/** Less of any metric but success is better. */
export const isBetter = (metric: Metric, value: number): boolean =>
  metric === 'success' ? value > 0 : value < 1;

/** Tasks of one kind: how alike they can be told to be. */
export const stratumOf = (dimensions: Readonly<Record<string, string>>): string =>
  JSON.stringify([dimensions['category'] ?? '', dimensions['complexity'] ?? '']);
