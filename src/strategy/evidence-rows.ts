/** What executions tell of plans for selection: sums by plan, category and the minute in which they ended. */
import { truthOf } from '../evidence/claims.js';
import { startedAttempts } from '../shared/attempt.js';
import type { Attempt, ExecutionRecord, Outcome, PlanChoice } from '../shared/task.js';
import type { CounterRow, Increment } from '../store/counters.js';
import { singleKey } from './composition/composition-of.js';
import type { EvidenceRow } from './selection/evidence-table.js';

export const EVIDENCE = 'evidence';
export const EVIDENCE_DIMENSIONS = ['plan', 'category', 'slot'] as const;

/** Rewards and money are kept in millionths: sums of integers are the same in any order. */
const MICRO = 1e6;
const MINUTE_MS = 60_000;

/** The minute of a time, as rows are kept: text of the whole minutes since the epoch. */
export const slotOf = (epochMs: number): string => String(Math.floor(epochMs / MINUTE_MS));

/** Epoch milliseconds at which a slot is over. */
export const endOfSlot = (slot: number): number => (slot + 1) * MINUTE_MS;

/** How one execution of a plan went. */
export interface PlanExecution {
  plan: string;
  category: string;
  outcome: Outcome;
  /** Milliseconds; null when not known. */
  durationMs: number | null;
  /** USD; null when not known. */
  cost: number | null;
  /** Epoch milliseconds. */
  endedAt: number;
  /** The reward that was expected when the plan was drawn; null when it was not drawn. */
  expected: number | null;
}

/** From 0 to 1: the score where there is one, or else success; null when nothing is known. */
function rewardOf({ success, score }: Pick<Outcome, 'success' | 'score'>): number | null {
  if (score !== undefined) return Math.min(1, Math.max(0, score));
  return success === null ? null : Number(success);
}

const micro = (value: number): number => Math.round(value * MICRO);

/** One execution's row. Pure. */
export function executionIncrement(execution: PlanExecution): Increment {
  const { outcome, durationMs, cost, expected } = execution;
  const reward = rewardOf(outcome);
  return increment(execution, {
    ...(reward === null
      ? {}
      : {
          executions: 1,
          reward: micro(reward),
          rewardSquares: micro(reward ** 2),
          ...ownWord(outcome, reward),
        }),
    ...(reward === null || expected === null
      ? {}
      : { predicted: 1, predictedReward: micro(reward), expected: micro(expected) }),
    ...(cost === null ? {} : { costed: 1, costMicroUsd: micro(cost) }),
    ...(durationMs === null ? {} : { timed: 1, durationMs: Math.round(durationMs) }),
  });
}

/** What an agent's own word alone stands for: the reward of its yes, and what its no falls short of 1. */
function ownWord({ success, source, gradedBy }: Outcome, reward: number): Record<string, number> {
  if ((gradedBy?.source ?? source) !== 'agent') return {};
  return success === false ? { claimedFailures: micro(1 - reward) } : { claimedSuccesses: micro(reward) };
}

function increment(
  { plan, category, endedAt }: Pick<PlanExecution, 'plan' | 'category' | 'endedAt'>,
  sums: Record<string, number>,
): Increment {
  const dimensions = { plan, category, slot: slotOf(endedAt) };
  return { projection: EVIDENCE, dimensions, sums, followed: true };
}

/**
 * What an execution tells of plans: how its own one did, which ones were offered for the first time, and which
 * agents nobody answered for. Nothing where no plan was had or no agent was called. Pure.
 *
 * A task that met an agent that nobody answered for says nothing of how well its plan works, only what it cost.
 */
export function planEvidenceOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  const { choice, endedAt } = record;
  const attempts = startedAttempts(record);
  if (choice === null || attempts.length === 0) return [];
  const category = record.analysis?.category ?? 'unknown';
  const unanswered = attempts.some((attempt) => attempt.unanswered === true);
  const costs = attempts.flatMap(({ report }) => report.cost ?? []);
  const drawn = choice.source === 'posterior' && choice.confidence !== null;
  return [
    ...exploredOf(choice).map((sums) => increment({ plan: choice.plan.key, category, endedAt }, sums)),
    executionIncrement({
      plan: choice.plan.key,
      category,
      outcome: unanswered ? { success: null, source: 'system' } : outcome,
      // How long a person takes to answer says nothing of the plan.
      durationMs: unanswered ? null : endedAt - record.startedAt - (record.steps.approval ?? 0),
      cost: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
      endedAt,
      expected: drawn ? choice.confidence : null,
    }),
    ...firstTryOf(record, attempts, outcome),
    ...(choice.introduced ?? []).map((plan) => increment({ plan, category, endedAt }, { introduced: 1 })),
    ...answersOf(attempts).map(({ agentType, answered }) =>
      increment(
        { plan: singleKey(agentType), category, endedAt },
        answered ? { answered: 1 } : { unanswered: 1 },
      ),
    ),
  ];
}

/**
 * What a fallback's first try says of its agent alone, where somebody judged it. It is no task of its own, and what it
 * cost is told with its plan's cost: here it is left out.
 */
function firstTryOf(record: ExecutionRecord, attempts: readonly Attempt[], outcome: Outcome): Increment[] {
  const plan = record.choice?.plan;
  const first = attempts.find(({ role }) => role === 'worker');
  if (first === undefined || plan?.strategy !== 'sequential' || plan.onFailure !== 'next') return [];
  const success = truthOf(record, first, outcome);
  if (success === null) return [];
  const { dimensions, sums } = executionIncrement({
    plan: singleKey(first.agentType),
    category: record.analysis?.category ?? 'unknown',
    outcome: first.decisive && outcome.success === success ? outcome : { success, source: 'verifier' },
    durationMs: first.elapsedMs,
    cost: null,
    endedAt: record.endedAt,
    expected: null,
  });
  return [{ projection: EVIDENCE, dimensions, sums: { ...sums, within: 1 }, followed: true }];
}

/** That a choice explored, and how much more was expected of the best plan then than of the one it took. */
function exploredOf({ explored, confidence, candidates }: PlanChoice): Record<string, number>[] {
  if (explored !== true || confidence === null) return [];
  const best = Math.max(confidence, ...candidates.map(({ mean }) => mean));
  return [{ explored: 1, forgone: micro(best - confidence) }];
}

/**
 * Who did not answer, and who did where several were called: that a plan of one agent has a time says as much. Kept
 * with the rows of the plan that runs the agent alone.
 */
function answersOf(attempts: readonly Attempt[]): { agentType: string; answered: boolean }[] {
  const answered = new Map<string, boolean>();
  for (const { agentType, unanswered } of attempts)
    answered.set(agentType, unanswered !== true && (answered.get(agentType) ?? true));
  const all = [...answered].map(([agentType, did]) => ({ agentType, answered: did }));
  return all.length === 1 ? all.filter((one) => !one.answered) : all;
}

/** Probabilities that what a plan's agents say of their work holds. */
export interface PlanTrust {
  success: number;
  failure: number;
}

/**
 * A stored row as evidence. What stands on the agent's own word alone counts in fractions: a success as that much
 * of one as the word is trusted, and a failure likewise.
 */
export function evidenceRow({ dimensions, sums }: CounterRow, trust: PlanTrust): EvidenceRow {
  const of = (name: string): number => sums[name] ?? 0;
  const executions = of('executions');
  const predicted = of('predicted');
  // What moves over: said to be the one, believed to be the other.
  const wrongly =
    (of('claimedSuccesses') * (1 - trust.success) - of('claimedFailures') * (1 - trust.failure)) / MICRO;
  return {
    plan: dimensions['plan'] ?? '',
    category: dimensions['category'] ?? '',
    slot: Number(dimensions['slot']),
    executions,
    within: of('within'),
    reward: of('reward') / MICRO - wrongly,
    rewardSquares: of('rewardSquares') / MICRO - wrongly,
    predicted,
    predictedReward:
      of('predictedReward') / MICRO - (executions === 0 ? 0 : (wrongly * predicted) / executions),
    expected: of('expected') / MICRO,
    costed: of('costed'),
    cost: of('costMicroUsd') / MICRO,
    timed: of('timed'),
    seconds: of('durationMs') / 1_000,
  };
}
