/** What agents are measured by, read off the sums of statistics. Pure. */
import type { Sums } from '../figures.js';
import type { PromisedMetric } from './candidate.js';

/** What a measure says of some executions: how many it is known of, their total and the total of their squares. */
export interface Amounts {
  n: number;
  total: number;
  squares: number;
}

export interface Measure {
  metric: PromisedMetric;
  /**
   * How two groups are compared: `points` by the difference of means, `logs` by the difference of means of
   * logarithms (the ratio of geometric means), `counts` by the logarithm of the ratio of means.
   */
  scale: 'points' | 'logs' | 'counts';
  /** Whether more of it is better. */
  more: boolean;
  /** A smaller difference is not worth a word, and is what hidden differences between tasks may make. */
  least: number;
  /** Differences of this size are thought likely where there is one. */
  typical: number;
  amounts: (sums: Sums) => Amounts;
}

const of = (sums: Sums, name: string): number => sums[name] ?? 0;

const logs = (count: string, name: string) => (sums: Sums) => ({
  n: of(sums, count),
  total: of(sums, name) / 1_000,
  squares: of(sums, `${name}2`) / 1_000,
});

const counts = (name: string) => (sums: Sums) => ({
  n: of(sums, 'executions'),
  total: of(sums, name),
  squares: of(sums, `${name}2`),
});

const RATIO = { more: false, least: Math.log(1.03), typical: Math.log(1.4) } as const;

/** Successes among the executions of which it is known how they went. */
export const success: Measure = {
  metric: 'successRate',
  scale: 'points',
  more: true,
  least: 0.02,
  typical: 0.15,
  amounts: (sums) => {
    const successes = of(sums, 'successes');
    return { n: successes + of(sums, 'failures'), total: successes, squares: successes };
  },
};

export const seconds: Measure = {
  metric: 'seconds',
  scale: 'logs',
  ...RATIO,
  amounts: logs('timed', 'logMs'),
};
/** What executions wait before anybody takes them. Waits vary more than work, and change by more. */
export const waiting: Measure = {
  metric: 'seconds',
  scale: 'logs',
  ...RATIO,
  typical: Math.log(2),
  amounts: logs('queueTimed', 'logQueueMs'),
};
/** What two stages of one plan took at once; one after another, it is {@link seconds}. */
export const secondsAtOnce: Measure = { ...seconds, amounts: logs('onceTimed', 'logOnceMs') };
export const cost: Measure = {
  metric: 'costUsd',
  scale: 'logs',
  ...RATIO,
  amounts: logs('costed', 'logCost'),
};
export const tokens: Measure = {
  metric: 'tokens',
  scale: 'logs',
  ...RATIO,
  amounts: logs('tokened', 'logTokens'),
};
export const iterations: Measure = {
  metric: 'iterations',
  scale: 'counts',
  ...RATIO,
  amounts: counts('iterations'),
};
export const errors: Measure = {
  metric: 'errors',
  scale: 'counts',
  ...RATIO,
  least: Math.log(1.1),
  typical: Math.log(2.5),
  amounts: counts('errors'),
};
