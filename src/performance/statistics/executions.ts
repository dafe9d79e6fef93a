/** How agents do: counts and sums by agent, category, strategy, complexity and day. */
import { claimSums } from '../../evidence/claims.js';
import { startedAttempts } from '../../shared/attempt.js';
import { outcomeSums, ownWordSums } from '../../shared/outcome.js';
import type { Attempt, ExecutionRecord, Outcome } from '../../shared/task.js';
import type { OutcomeSource } from '../../shared/terms.js';
import { dayOf, type Increment } from '../../store/counters.js';
import { countSums, logSums } from './moments.js';
import { STATISTICS } from './projections.js';
import { binOf } from './sketch.js';

/** What one execution of an agent adds to its statistics. */
export interface ExecutionFigures {
  agentType: string;
  category: string;
  strategy: string;
  /** Default `unknown`. */
  complexity?: string;
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
  const { tokens } = figures;
  const ms = Math.max(0, Math.round(figures.durationMs));
  const microUsd = Math.max(0, Math.round(figures.cost * 1e6));
  return {
    projection: STATISTICS,
    dimensions: {
      agentType: figures.agentType,
      category: figures.category,
      strategy: figures.strategy,
      complexity: figures.complexity ?? 'unknown',
      day: dayOf(figures.endedAt),
    },
    sums: {
      executions: 1,
      ...outcomeSums(figures.success),
      ...(figures.source === undefined
        ? {}
        : ownWordSums({ success: figures.success, source: figures.source })),
      durationMs: ms,
      ...timeSums(ms),
      ...countSums('iterations', figures.iterations),
      ...countSums('errors', figures.errors),
      ...countSums('actions', figures.actions),
      withErrors: figures.errors > 0 ? 1 : 0,
      costMicroUsd: microUsd,
      ...logSums('logCost', microUsd),
      ...(microUsd < 1 ? {} : { [binOf('c', microUsd)]: 1 }),
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      ...logSums('logTokens', tokens.input + tokens.output),
    },
  };
}

/** What a time adds to how times spread. @param ms whole milliseconds */
export const timeSums = (ms: number): Record<string, number> => ({
  ...logSums('logMs', ms),
  ...(ms < 1 ? {} : { [binOf('t', ms)]: 1 }),
});

const judges: readonly OutcomeSource[] = ['verifier', 'human'];

/**
 * How an attempt went. The task's outcome is that of the attempts that decided it; but where the part of one of
 * several was found wrong, that is why the task failed, and the others' parts went as was found of them.
 */
export function wentAs(
  record: ExecutionRecord,
  attempt: Attempt,
  outcome: Outcome,
): Pick<Outcome, 'success' | 'source'> {
  if (!attempt.decisive) return attempt;
  const judged = record.attempts.filter(({ decisive, source }) => decisive && judges.includes(source));
  const explained = outcome.success === false && judged.some(({ success }) => success === false);
  return explained && judged.includes(attempt) && attempt.success !== null ? attempt : outcome;
}

/** The category of a record, and the day that it counts for. */
export const placeOf = (record: ExecutionRecord): { category: string; day: string } => ({
  category: record.analysis?.category ?? 'unknown',
  day: dayOf(record.endedAt),
});

/** Milliseconds that an attempt worked: none where nobody took the call. */
export const workedMs = ({ unanswered, durationMs }: Attempt): number =>
  unanswered === true ? 0 : Math.max(0, Math.round(durationMs));

/** The figures of an attempt, given how its task is now known to have gone. */
function figuresOf(record: ExecutionRecord, attempt: Attempt, outcome: Outcome): ExecutionFigures {
  const { success, source } = wentAs(record, attempt, outcome);
  return {
    agentType: attempt.agentType,
    category: record.analysis?.category ?? 'unknown',
    strategy: record.choice?.plan.strategy ?? 'unknown',
    complexity: record.analysis?.complexity ?? 'unknown',
    success,
    source,
    durationMs: workedMs(attempt),
    iterations: attempt.report.iterations,
    errors: attempt.report.errors.length,
    actions: attempt.report.actions.length,
    cost: attempt.report.cost ?? 0,
    tokens: attempt.report.tokens ?? { input: 0, output: 0 },
    endedAt: record.endedAt,
  };
}

/** What the attempt waited before anybody took it; its work is in its figures. */
function queueSums(attempt: Attempt): Record<string, number> {
  const ms = Math.max(0, Math.round(attempt.elapsedMs) - workedMs(attempt));
  return {
    queued: 1,
    queueMs: ms,
    ...logSums('logQueueMs', ms),
    ...(ms < 1 ? {} : { [binOf('q', ms)]: 1 }),
  };
}

/** An attempt in vain, after which another agent was asked for the same work. */
function retrySums(ms: number): Record<string, number> {
  return {
    retries: 1,
    retryMs: ms,
    ...logSums('logRetryMs', ms),
    ...(ms < 1 ? {} : { [binOf('y', ms)]: 1 }),
  };
}

/** The failed attempts of a plan of fallbacks that another one followed. */
function retried(record: ExecutionRecord): Set<Attempt> {
  const plan = record.choice?.plan;
  if (plan?.strategy !== 'sequential' || plan.onFailure !== 'next') return new Set();
  const workers = record.attempts.filter(({ role }) => role === 'worker');
  return new Set(workers.slice(0, -1).filter(({ success }) => success === false));
}

/** What an execution adds to the statistics: one increment an attempt. Pure. */
export function statisticsOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  const inVain = retried(record);
  return startedAttempts(record).map((attempt) => {
    const increment = statisticsIncrement(figuresOf(record, attempt, outcome));
    return {
      ...increment,
      sums: {
        ...increment.sums,
        ...queueSums(attempt),
        ...(inVain.has(attempt) ? retrySums(workedMs(attempt)) : {}),
        ...claimSums(record, attempt, outcome),
      },
    };
  });
}
