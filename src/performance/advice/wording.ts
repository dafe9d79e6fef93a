/** Figures as reasons tell them. Pure. */

import type { PromisedMetric } from './candidate.js';
import type { Contrast } from './contrast.js';
import type { Measure } from './measures.js';

/** Three digits, without trailing zeros. */
const plain = (value: number): string => {
  const text = value.toPrecision(3);
  return text.includes('e') ? String(Number(text)) : text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};

export const percent = (share: number): string => `${plain(100 * share)}%`;

/** Of each metric: its unit in reasons, and how many of the counters' units make one. */
const units = {
  successRate: ['%', 0.01],
  seconds: [' s', 1_000],
  costUsd: [' USD', 1e6],
  tokens: [' tokens', 1],
  iterations: [' iterations', 1],
  errors: [' errors', 1],
} as const satisfies Record<PromisedMetric, readonly [string, number]>;

/** One side's mean, with its unit. */
export function amount({ metric }: Measure, mean: number): string {
  const [unit, size] = units[metric];
  return `${plain(mean / size)}${unit}`;
}

/** What a reason and its evidence say of a comparison. */
export const facts = (measure: Measure, { n, means }: Contrast): Record<string, number | string> => ({
  ...(measure.scale === 'logs' ? { mean: 'geometric' } : {}),
  executions: n[0],
  own: inUnits(measure, means[0]),
  comparedExecutions: n[1],
  compared: inUnits(measure, means[1]),
});

/** In the unit of the metric. */
const inUnits = ({ metric }: Measure, mean: number): number =>
  Number((metric === 'successRate' ? mean : mean / units[metric][1]).toPrecision(4));
