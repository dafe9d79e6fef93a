/** Figures of a group of executions, from its sums. Pure. */
import { type Interval, wilson } from '../evidence/intervals.js';
import { percentiles, type SketchPrefix } from './statistics/sketch.js';

/** Sums as the statistics counters hold them. */
export type Sums = Readonly<Record<string, number>>;

/** Values below which 50, 90 and 99 of 100 executions lie. */
export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
}

/** How a group of executions went. Means are of one execution; null when there is none. */
export interface Figures {
  executions: number;
  successes: number;
  failures: number;
  /** Executions of which nobody knows how they went; they count as neither. */
  unknown: number;
  /** Successes among the known; null without any. */
  successRate: number | null;
  /** Share of the successes for which there is only the agent's own word; null without any success. */
  ownWordShare: number | null;
  /** 95% interval (Wilson) of the success rate; 0..1 when nothing is known. */
  successInterval: Interval;
  meanSeconds: number | null;
  /** Seconds of the executions that took any time; null without any. */
  seconds: Percentiles | null;
  meanIterations: number | null;
  meanErrors: number | null;
  meanActions: number | null;
  /** USD */
  meanCost: number | null;
  /** USD, of the executions that are known to have cost anything; null without any. */
  cost: Percentiles | null;
  /** USD */
  totalCost: number;
  totalSeconds: number;
  inputTokens: number;
  outputTokens: number;
}

/** Computes the figures of summed statistics. */
export function figuresOf(sums: Sums): Figures {
  const of = (name: string): number => sums[name] ?? 0;
  const executions = of('executions');
  const known = of('successes') + of('failures');
  const mean = (total: number): number | null => (executions === 0 ? null : total / executions);
  return {
    executions,
    successes: of('successes'),
    failures: of('failures'),
    unknown: of('unknown'),
    successRate: known === 0 ? null : of('successes') / known,
    ownWordShare: of('successes') === 0 ? null : of('claimedSuccesses') / of('successes'),
    successInterval: wilson(of('successes'), known),
    meanSeconds: mean(of('durationMs') / 1_000),
    seconds: percentilesOf(sums, 't', 1_000),
    meanIterations: mean(of('iterations')),
    meanErrors: mean(of('errors')),
    meanActions: mean(of('actions')),
    meanCost: mean(of('costMicroUsd') / 1e6),
    cost: percentilesOf(sums, 'c', 1e6),
    totalCost: of('costMicroUsd') / 1e6,
    totalSeconds: of('durationMs') / 1_000,
    inputTokens: of('inputTokens'),
    outputTokens: of('outputTokens'),
  };
}

function percentilesOf(sums: Sums, prefix: SketchPrefix, units: number): Percentiles | null {
  const [p50, p90, p99] = percentiles(sums, prefix, [0.5, 0.9, 0.99]);
  if (p50 == null || p90 == null || p99 == null) return null;
  return { p50: p50 / units, p90: p90 / units, p99: p99 / units };
}

/** Sums added up. */
export function addSums(all: readonly Sums[]): Sums {
  const total: Record<string, number> = {};
  for (const sums of all)
    for (const [name, value] of Object.entries(sums)) total[name] = (total[name] ?? 0) + value;
  return total;
}
