/** How long tasks took and how they went: sums by agent, category, complexity and month. */
import { startedAttempts } from '../shared/attempt.js';
import { outcomeSums } from '../shared/outcome.js';
import type { ExecutionRecord, Outcome } from '../shared/task.js';
import type { Increment } from '../store/counters.js';

export const DURATIONS = 'durations';
/** By months and not days, so that few counters tell of a long time. */
export const durationDimensions = ['agentType', 'category', 'complexity', 'month'] as const;

/** Sums are integers, so logarithms are kept in thousandths. */
export const LOG_SCALE = 1_000;
/** Shorter ones say more of clocks than of tasks. */
const LEAST_SECONDS = 0.001;

/** The month (UTC) of a time: `2026-01`. */
export const monthOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 7);

/** One task of a known duration. */
export interface DurationFigures {
  /** Key of the plan; the agent of a plan of one is credited with how it went. */
  plan: string;
  category: string;
  /** Empty where it is not known. */
  complexity: string;
  success: boolean | null;
  durationMs: number;
  /** Epoch milliseconds. */
  endedAt: number;
}

/** The only agent of a plan; empty where it has several. */
const soleAgent = (plan: string): string => /^single\(([^()|]+)\)$/.exec(plan)?.[1] ?? '';

/** One counter's increment. */
export function durationIncrement(figures: DurationFigures): Increment {
  const log = Math.log(Math.max(LEAST_SECONDS, figures.durationMs / 1_000));
  return {
    projection: DURATIONS,
    dimensions: {
      agentType: soleAgent(figures.plan),
      category: figures.category,
      complexity: figures.complexity,
      month: monthOf(figures.endedAt),
    },
    sums: {
      tasks: 1,
      logSum: Math.round(LOG_SCALE * log),
      logSquares: Math.round(LOG_SCALE * log ** 2),
      ...outcomeSums(figures.success),
    },
  };
}

/**
 * What an execution teaches about how long such tasks take, whether they succeed or not; nothing where no agent
 * ran, or where it was cut off before its end. Pure.
 */
export function durationsOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  if (record.ending !== 'completed' || startedAttempts(record).length === 0) return [];
  return [
    durationIncrement({
      plan: record.choice?.plan.key ?? '',
      category: record.analysis?.category ?? 'unknown',
      complexity: record.analysis?.complexity ?? '',
      success: outcome.success,
      // How long a person takes to answer says nothing of the task.
      durationMs: record.endedAt - record.startedAt - (record.steps.approval ?? 0),
      endedAt: record.endedAt,
    }),
  ];
}
