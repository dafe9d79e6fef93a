/** What is known of each plan: counts and sums by plan, category and day. */
import { startedAttempts } from '../shared/attempt.js';
import { outcomeSums, ownWordSums } from '../shared/outcome.js';
import type { ExecutionRecord, Outcome } from '../shared/task.js';
import type { OutcomeSource } from '../shared/terms.js';
import { dayOf, type Increment } from '../store/counters.js';
import { forgoneBy } from './forgone.js';

export const ARMS = 'arms';
export const ARM_DIMENSIONS = ['plan', 'category', 'day'] as const;

export interface ArmFigures {
  plan: string;
  category: string;
  success: boolean | null;
  /** Who says so, where that is known; an agent's own word weighs by how far it is trusted. */
  source?: OutcomeSource;
  durationMs: number;
  iterations: number;
  errors: number;
  /** USD */
  cost: number;
  /** Epoch milliseconds. */
  endedAt: number;
  /** Where the plan was drawn: whether another one was expected to be better, and by how much reward. */
  drawn?: { explored: boolean; forgone: number };
}

/** One counter's increment. */
export function armIncrement(figures: ArmFigures): Increment {
  return {
    projection: ARMS,
    dimensions: { plan: figures.plan, category: figures.category, day: dayOf(figures.endedAt) },
    sums: {
      executions: 1,
      ...outcomeSums(figures.success),
      ...(figures.source === undefined
        ? {}
        : ownWordSums({ success: figures.success, source: figures.source })),
      durationMs: Math.round(figures.durationMs),
      iterations: figures.iterations,
      errors: figures.errors,
      costMicroUsd: Math.round(figures.cost * 1e6),
      ...(figures.drawn === undefined ? {} : drawnSums(figures.drawn)),
    },
  };
}

const drawnSums = ({ explored, forgone }: NonNullable<ArmFigures['drawn']>): Record<string, number> => ({
  drawn: 1,
  explored: Number(explored),
  forgoneMicro: Math.round(forgone * 1e6),
});

/** What an execution teaches about its plan; nothing where no plan was had or no agent ran. Pure. */
export function armsOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  const { choice } = record;
  if (choice === null || startedAttempts(record).length === 0) return [];
  const total = (figure: (report: (typeof record.attempts)[number]['report']) => number): number =>
    record.attempts.reduce((sum, attempt) => sum + figure(attempt.report), 0);
  return [
    armIncrement({
      plan: choice.plan.key,
      category: record.analysis?.category ?? 'unknown',
      success: outcome.success,
      source: outcome.source,
      // How long a person takes to answer says nothing of the plan.
      durationMs: record.endedAt - record.startedAt - (record.steps.approval ?? 0),
      iterations: total((report) => report.iterations),
      errors: total((report) => report.errors.length),
      cost: total((report) => report.cost ?? 0),
      endedAt: record.endedAt,
      ...(choice.source === 'posterior'
        ? { drawn: { explored: choice.explored === true, forgone: forgoneBy(choice) } }
        : {}),
    }),
  ];
}
