/** Adaptive Strategy: analyses tasks, chooses plans from what their outcomes taught, shows what it knows. */
import type { Json } from '../shared/agent-contract.js';
import { InvalidInputError } from '../shared/errors.js';
import { strategyIdOf } from '../shared/plan-key.js';
import type { PlanChoice, TaskAnalysis } from '../shared/task.js';
import type { LearningMode } from '../shared/terms.js';
import { readLiveCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import { analyzeTask, noHistory } from './analyze-task.js';
import { ARMS } from './arms.js';
import { categoryOf, choosePlan, plansFor, type SelectionRequest } from './choose-plan.js';
import { evidenceCache } from './evidence-cache.js';
import { pictureOf, type StrategyPicture } from './picture.js';
import { type PlanOffer, resolvePlan } from './plans.js';
import { preferencesOf } from './stored-preferences.js';
import { taskHistoryOf } from './task-history.js';

export type { SelectionRequest } from './choose-plan.js';

/** Milliseconds that an analysis waits for what earlier tasks tell. */
const HISTORY_DEADLINE_MS = 800;

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
  /** Executions whose plan was drawn by what is known, and how many of them tried one that others were expected to outdo. */
  drawn: number;
  explored: number;
  /** Success that these gave up in all, as far as was known then. */
  forgone: number;
}

export class AdaptiveStrategy {
  constructor(
    private readonly store: Store,
    readonly tenant: string,
    private readonly offer: PlanOffer,
  ) {}

  /**
   * Begins to read what an analysis and a choice will ask for, where this process does not know it yet. Calls that
   * follow wait for the same reads.
   *
   * @param chooses whether a plan is to be chosen
   */
  readAhead(deadlineMs: number, chooses = true): void {
    const { store, tenant } = this;
    void taskHistoryOf(store, tenant, deadlineMs);
    if (!chooses) return;
    evidenceCache(store).readAhead(tenant, deadlineMs);
    // Whoever needs them will be told what is wrong.
    preferencesOf(store, tenant, deadlineMs).catch(() => {});
  }

  /**
   * See {@link analyzeTask}: the configuration's agents are the ones suggested, by what the tenant ran before. Where
   * the past cannot be read within the deadline, or `learning` is not full, the task is told by itself alone.
   */
  async analyzeTask(
    description: string,
    context: Readonly<Record<string, Json>> = {},
    {
      learning = 'full',
      deadlineMs = HISTORY_DEADLINE_MS,
    }: { learning?: LearningMode; deadlineMs?: number } = {},
  ): Promise<TaskAnalysis> {
    const { store, tenant, offer } = this;
    const history = learning === 'full' ? await taskHistoryOf(store, tenant, deadlineMs) : noHistory;
    return analyzeTask(description, context, offer.agents, history);
  }

  /**
   * Chooses a plan by what earlier tasks tell; see {@link choosePlan}. Writes nothing, so it may be retried.
   *
   * @param now epoch milliseconds
   * @throws UnknownAgentError when the request names an agent that is not declared
   * @throws InvalidInputError when no agent is left to choose
   * @throws StoreUnavailableError when what is known cannot be read in time; `fallbackChoice` then serves
   */
  async selectStrategy(
    request: SelectionRequest,
    deadlineMs?: number,
    now: number = Date.now(),
  ): Promise<PlanChoice> {
    const settled = this.requestedChoice(request);
    if (settled !== null) return settled;
    if (request.learning !== 'full') return this.fallbackChoice(request, `learning is ${request.learning}`);
    // What cannot be met is told without asking the store.
    plansFor(this.offer, request);
    const [evidence, decided] = await Promise.all([
      evidenceCache(this.store).of(this.tenant, deadlineMs),
      preferencesOf(this.store, this.tenant, deadlineMs),
    ]);
    return choosePlan(evidence, this.offer, request, now, decided);
  }

  /** The configuration's plan, for when nothing learned may or can be used: its first plan or first agent. */
  fallbackChoice(request: SelectionRequest, why: string): PlanChoice {
    const settled = this.requestedChoice(request);
    if (settled !== null) return settled;
    const plans = plansFor(this.offer, request);
    const configured =
      this.offer.plans.length > 0 ? plans.find((plan) => plan.strategy !== 'single') : undefined;
    const plan = configured ?? plans[0];
    if (plan === undefined) throw new InvalidInputError('agents', request.agents ?? [], 'at least one agent');
    return {
      strategyId: strategyIdOf(plan.key, categoryOf(request)),
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

  private requestedChoice(request: SelectionRequest): PlanChoice | null {
    if (request.plan === undefined) return null;
    const plan = resolvePlan(request.plan, this.offer.agents);
    return {
      strategyId: strategyIdOf(plan.key, categoryOf(request)),
      plan,
      confidence: null,
      propensity: null,
      source: 'requested',
      reason: 'the plan that the caller asked for',
      candidates: [],
      learning: request.learning,
    };
  }

  /** What the next task of each category would be chosen from; see {@link pictureOf}. */
  async picture(categories: Iterable<string>, now: number = Date.now()): Promise<StrategyPicture> {
    const [evidence, decided] = await Promise.all([
      evidenceCache(this.store).of(this.tenant),
      preferencesOf(this.store, this.tenant),
    ]);
    return pictureOf(evidence, this.offer, categories, now, decided);
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
          drawn: sums['drawn'] ?? 0,
          explored: sums['explored'] ?? 0,
          forgone: (sums['forgoneMicro'] ?? 0) / 1e6,
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
