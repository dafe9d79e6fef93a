/** How agents do: counts and sums by agent, category, strategy and day. */
import { startedAttempts } from '../shared/attempt.js';
import { outcomeSums, ownWordSums } from '../shared/outcome.js';
import type { Attempt, ExecutionRecord, Outcome } from '../shared/task.js';
import type { OutcomeSource } from '../shared/terms.js';
import { dayOf, type Increment } from '../store/counters.js';

export const STATISTICS = 'statistics';

/** What one execution of an agent adds to its statistics. */
export interface ExecutionFigures {
  agentType: string;
  category: string;
  strategy: string;
  success: boolean | null;
  /** Who says so, where that is known. */
  source?: OutcomeSource;
  durationMs: number;
  iterations: number;
  errors: number;
  actions: number;
  /** USD */
  cost: number;
  tokens: { input: number; output: number };
  /** Epoch milliseconds. */
  endedAt: number;
}

/** One counter's increment. Money is kept in whole micro-dollars, so that sums stay exact. */
export function statisticsIncrement(figures: ExecutionFigures): Increment {
  return {
    projection: STATISTICS,
    dimensions: {
      agentType: figures.agentType,
      category: figures.category,
      strategy: figures.strategy,
      day: dayOf(figures.endedAt),
    },
    sums: {
      executions: 1,
      ...outcomeSums(figures.success),
      ...(figures.source === undefined
        ? {}
        : ownWordSums({ success: figures.success, source: figures.source })),
      durationMs: Math.round(figures.durationMs),
      iterations: figures.iterations,
      errors: figures.errors,
      actions: figures.actions,
      costMicroUsd: Math.round(figures.cost * 1e6),
      inputTokens: figures.tokens.input,
      outputTokens: figures.tokens.output,
    },
  };
}

const judges: readonly OutcomeSource[] = ['verifier', 'human'];

/**
 * How an attempt went. The task's outcome is that of the attempts that decided it; but where the part of one of
 * several was found wrong, that is why the task failed, and the others' parts went as was found of them.
 */
function wentAs(
  record: ExecutionRecord,
  attempt: Attempt,
  outcome: Outcome,
): Pick<Outcome, 'success' | 'source'> {
  if (!attempt.decisive) return attempt;
  const judged = record.attempts.filter(({ decisive, source }) => decisive && judges.includes(source));
  const explained = outcome.success === false && judged.some(({ success }) => success === false);
  return explained && judged.includes(attempt) && attempt.success !== null ? attempt : outcome;
}

/** The figures of an attempt, given how its task is now known to have gone. */
function figuresOf(record: ExecutionRecord, attempt: Attempt, outcome: Outcome): ExecutionFigures {
  const { success, source } = wentAs(record, attempt, outcome);
  return {
    agentType: attempt.agentType,
    category: record.analysis?.category ?? 'unknown',
    strategy: record.choice?.plan.strategy ?? 'unknown',
    success,
    source,
    durationMs: attempt.durationMs,
    iterations: attempt.report.iterations,
    errors: attempt.report.errors.length,
    actions: attempt.report.actions.length,
    cost: attempt.report.cost ?? 0,
    tokens: attempt.report.tokens ?? { input: 0, output: 0 },
    endedAt: record.endedAt,
  };
}

/** What an execution adds to the statistics: one increment an attempt. Pure. */
export function statisticsOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  return startedAttempts(record).map((attempt) => statisticsIncrement(figuresOf(record, attempt, outcome)));
}
