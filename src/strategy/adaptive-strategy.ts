/** Adaptive Strategy: analyses tasks, chooses plans from what their outcomes taught, shows what it knows. */
import { CLAIMS, type ClaimTrust, trustOf } from '../evidence/claims.js';
import type { Json } from '../shared/agent-contract.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import { strategyIdOf } from '../shared/plan-key.js';
import type { PlanChoice, PlanRequest, TaskAnalysis } from '../shared/task.js';
import type { LearningMode } from '../shared/terms.js';
import { readLiveCounters } from '../store/counters.js';
import { type CollectionIndexes, counterIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import { analyzeTask } from './analyze-task.js';
import { ARMS } from './arms.js';
import { choosePlan } from './choose.js';
import { candidatePlans, type PlanOffer, resolvePlan } from './plans.js';
import { planPosterior, planTrust } from './posterior.js';

export const strategyIndexes: CollectionIndexes[] = [counterIndexes(ARMS, 'plan', 'category')];

export interface SelectionRequest {
  analysis: TaskAnalysis | null;
  /** Seeds the draw; an execution asks as often as it likes and is answered the same. */
  executionId: string;
  learning: LearningMode;
  agents?: readonly string[];
  plan?: PlanRequest;
}

/** A plan in a category, as far as it is known. */
export interface PlanStatistics {
  plan: string;
  category: string;
  executions: number;
  successes: number;
  failures: number;
  /** Of the successes, those for which there is only the agents' own word. */
  claimedSuccesses: number;
  /** Seconds, mean over executions. */
  meanDuration: number;
  /** USD, mean over executions. */
  meanCost: number;
}

export class AdaptiveStrategy {
  constructor(
    private readonly store: Store,
    readonly tenant: string,
    private readonly offer: PlanOffer,
  ) {}

  /** See {@link analyzeTask}; the configuration's agents are the ones suggested. */
  analyzeTask(description: string, context: Readonly<Record<string, Json>> = {}): TaskAnalysis {
    return analyzeTask(description, context, this.offer.agents);
  }

  /**
   * Chooses a plan. Writes nothing, so it may be retried.
   *
   * @throws UnknownAgentError when the request names an agent that is not declared
   * @throws InvalidInputError when no agent is left to choose
   * @throws StoreUnavailableError when the posterior cannot be read in time; `fallbackChoice` then serves
   */
  async selectStrategy(request: SelectionRequest, deadlineMs?: number): Promise<PlanChoice> {
    const settled = this.requestedChoice(request);
    if (settled !== null) return settled;
    if (request.learning !== 'full') return this.fallbackChoice(request, `learning is ${request.learning}`);
    const plans = this.candidates(request);
    const category = request.analysis?.category ?? 'unknown';
    const [rows, trust] = await Promise.all([this.arms(deadlineMs), this.trust(deadlineMs)]);
    const posteriors = new Map(
      plans.map(({ key, agents }) => {
        const types = agents.map(({ type }) => type);
        return [key, planPosterior(rows, key, category, planTrust(types, trust))];
      }),
    );
    const { key, propensity, candidates } = choosePlan(posteriors, `${request.executionId}/plan`);
    const plan = plans.find((candidate) => candidate.key === key);
    const chosen = candidates.find((candidate) => candidate.key === key);
    if (plan === undefined || chosen === undefined) throw new Error(`Chose ${key}, which is no candidate`);
    const runnerUp = candidates.find((candidate) => candidate.key !== key);
    const expected = `expected to succeed in ${percent(chosen.mean)} of ${category} tasks (${chosen.executions} seen)`;
    const beside =
      runnerUp === undefined
        ? 'the only plan'
        : `next ${runnerUp.key} with ${percent(runnerUp.mean)} (${runnerUp.executions} seen)`;
    return {
      strategyId: strategyIdOf(key, category),
      plan,
      confidence: chosen.mean,
      propensity,
      source: 'posterior',
      reason: `${expected}; ${beside}; drawn with probability ${propensity.toFixed(2)}`,
      candidates,
      learning: request.learning,
    };
  }

  /** The configuration's plan, for when nothing learned may or can be used: its first plan or first agent. */
  fallbackChoice(request: SelectionRequest, why: string): PlanChoice {
    const settled = this.requestedChoice(request);
    if (settled !== null) return settled;
    const plans = this.candidates(request);
    const configured =
      this.offer.plans.length > 0 ? plans.find((plan) => plan.strategy !== 'single') : undefined;
    const plan = configured ?? plans[0];
    if (plan === undefined) throw new InvalidInputError('agents', request.agents ?? [], 'at least one agent');
    return {
      strategyId: strategyIdOf(plan.key, request.analysis?.category ?? 'unknown'),
      plan,
      confidence: null,
      propensity: null,
      source: 'configuration',
      reason: `the configuration's plan, not drawn: ${why}`,
      candidates: [],
      learning: request.learning,
    };
  }

  private arms(deadlineMs?: number) {
    const { store, tenant } = this;
    return store.run(
      (options) => readLiveCounters(store, ARMS, tenant, ['plan', 'category'], {}, options),
      deadlineMs,
    );
  }

  /** How far each agent's own word is trusted; agents that nobody has checked are left out. */
  private async trust(deadlineMs?: number): Promise<Map<string, ClaimTrust>> {
    const { store, tenant } = this;
    const rows = await store.run(
      (options) => readLiveCounters(store, CLAIMS, tenant, ['agentType'], {}, options),
      deadlineMs,
    );
    return new Map(rows.map(({ dimensions, sums }) => [dimensions['agentType'] ?? '', trustOf(sums)]));
  }

  private candidates(request: SelectionRequest) {
    const plans = candidatePlans(this.offer, request.analysis, request.agents);
    if (plans.length === 0)
      throw new InvalidInputError(
        'agents',
        request.agents ?? [],
        `at least one declared agent (${ErrorType.noPlan})`,
      );
    return plans;
  }

  private requestedChoice(request: SelectionRequest): PlanChoice | null {
    if (request.plan === undefined) return null;
    const plan = resolvePlan(request.plan, this.offer.agents);
    return {
      strategyId: strategyIdOf(plan.key, request.analysis?.category ?? 'unknown'),
      plan,
      confidence: null,
      propensity: null,
      source: 'requested',
      reason: 'the plan that the caller asked for',
      candidates: [],
      learning: request.learning,
    };
  }

  /** All that is known of plans, by plan and category, most executions first. */
  async plans(): Promise<PlanStatistics[]> {
    const rows = await this.arms();
    return rows
      .map(({ dimensions, sums }) => {
        const executions = sums['executions'] ?? 0;
        const mean = (sum: string, unit: number) =>
          executions === 0 ? 0 : (sums[sum] ?? 0) / unit / executions;
        return {
          plan: dimensions['plan'] ?? '',
          category: dimensions['category'] ?? '',
          executions,
          successes: sums['successes'] ?? 0,
          failures: sums['failures'] ?? 0,
          claimedSuccesses: sums['claimedSuccesses'] ?? 0,
          meanDuration: mean('durationMs', 1_000),
          meanCost: mean('costMicroUsd', 1e6),
        };
      })
      .sort((a, b) => b.executions - a.executions || a.plan.localeCompare(b.plan));
  }

  /** The guide's summary: tasks seen, plans known by category, and the share that succeeded (of those known). */
  async getStatistics(): Promise<{
    totalTasksAnalyzed: number;
    learnedPatterns: number;
    overallSuccessRate: number | null;
  }> {
    const plans = await this.plans();
    const sum = (figure: (plan: PlanStatistics) => number) =>
      plans.reduce((total, plan) => total + figure(plan), 0);
    const known = sum((plan) => plan.successes + plan.failures);
    return {
      totalTasksAnalyzed: sum((plan) => plan.executions),
      learnedPatterns: plans.length,
      overallSuccessRate: known === 0 ? null : sum((plan) => plan.successes) / known,
    };
  }
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
