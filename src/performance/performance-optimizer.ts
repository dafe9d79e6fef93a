/** The Performance Optimizer: how agents do, where the time goes, and what could go better. */
import { CLAIMS, type ClaimTrust, type Trust, trustOf } from '../evidence/claims.js';
import { checkInput } from '../shared/check-input.js';
import { type CounterRow, readLiveCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import { type Anomalies, anomaliesOf } from './analysis/anomalies.js';
import { type Bottlenecks, bottlenecksOf } from './analysis/bottlenecks.js';
import { type AgentComparison, compareRows } from './analysis/comparison.js';
import { type Trends, trendsOf } from './analysis/trends.js';
import { type Figures, figuresOf } from './figures.js';
import {
  type AnomalyQuery,
  anomalySchema,
  type BottleneckQuery,
  bottleneckSchema,
  type ComparisonQuery,
  comparisonSchema,
  type Grouping,
  groupBySchema,
  type ScopeQuery,
  scopeSchema,
  type TrendQuery,
  trendSchema,
  trustSchema,
  windowOf,
} from './inputs.js';
import { type HitRate, hitRates } from './life/calibration.js';
import { accept, apply, type Deciding, dismiss, noPreferences, type PlanPreferences } from './life/decide.js';
import { decidingSchema, dismissingSchema, type RecommendationQuery } from './life/inputs.js';
import { listRecommendations, readRecommendation } from './life/read-recommendations.js';
import type { Recommendation } from './life/recommendation.js';
import { readTrackRecord } from './life/track-record.js';
import { STATISTICS, STEPS, type StatisticsName } from './statistics/projections.js';
import { readStatistics } from './statistics/read.js';

/** An agent's figures, over all categories or one. */
export interface AgentPerformance extends Figures {
  agentType: string;
  /** Null: all categories. */
  category: string | null;
  /** Probability that it succeeded when it says so, from what verifiers and people found. */
  trust: Trust;
  /** Probability that it failed when it says so. */
  trustInFailure: Trust;
}

/** How far the word of agents is to be believed; only the dimensions grouped by are present. */
export type TrustRow = ClaimTrust & { agentType: string; category?: string };

/** The figures of one group; only the dimensions grouped by are present. */
export type StatisticsRow = Figures & { [K in Grouping]?: string };

export class PerformanceOptimizer {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
    /** Where decisions go that change which plans are chosen; nowhere, where none is given. */
    private readonly plans: PlanPreferences = noPreferences,
  ) {}

  /** An agent's figures over all time, or the days named; 0 executions when it has none. */
  async getAgentPerformance(agentType: string, options: ScopeQuery = {}): Promise<AgentPerformance> {
    const { days, ...scope } = checkInput(scopeSchema, { ...options, agentType });
    const rows = await readStatistics(this.store, this.tenant, STATISTICS, {
      by: ['agentType'],
      where: where(scope),
      ...(days === undefined ? { from: scope.from, to: scope.to } : windowOf({ ...scope, days })),
    });
    const sums = rows[0]?.sums ?? {};
    const trust = trustOf(sums);
    return {
      agentType: scope.agentType,
      category: scope.category ?? null,
      ...figuresOf(sums),
      trust: trust.success,
      trustInFailure: trust.failure,
    };
  }

  /**
   * Compares two agents on like tasks, those of one category and complexity, in success, time, cost, tokens,
   * iterations and errors. A difference is stated only where it stands beside all that was compared.
   *
   * @param options one category, and days: `from` and `to`, or `days` back; 90 by default
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  async compareAgents(a: string, b: string, options: ComparisonQuery = {}): Promise<AgentComparison> {
    const { category, ...query } = checkInput(comparisonSchema, { ...options, a, b });
    const window = windowOf(query);
    const rows = await readStatistics(this.store, this.tenant, STATISTICS, {
      by: ['agentType', 'category', 'complexity'],
      where: { ...where({ category }), agentType: { $in: [a, b] } },
      ...window,
      bins: false,
    });
    return compareRows(a, b, rows, window);
  }

  /** See {@link listRecommendations}. */
  async getRecommendations(query: RecommendationQuery = {}): Promise<Recommendation[]> {
    return listRecommendations(this.store, this.tenant, query);
  }

  /** See {@link readRecommendation}. */
  async getRecommendation(id: string): Promise<Recommendation> {
    return readRecommendation(this.store, this.tenant, id);
  }

  /** See {@link accept}. @throws InvalidInputError naming the field, the value and what is allowed */
  async acceptRecommendation(id: string, deciding: Deciding): Promise<Recommendation> {
    return accept(this.store, this.tenant, checkInput(decidingSchema, { ...deciding, id }), this.plans);
  }

  /** See {@link apply}. @throws InvalidInputError naming the field, the value and what is allowed */
  async applyRecommendation(id: string, deciding: Deciding): Promise<Recommendation> {
    return apply(this.store, this.tenant, checkInput(decidingSchema, { ...deciding, id }));
  }

  /** See {@link dismiss}. @throws InvalidInputError naming the field, the value and what is allowed */
  async dismissRecommendation(id: string, deciding: Required<Deciding>): Promise<Recommendation> {
    return dismiss(this.store, this.tenant, checkInput(dismissingSchema, { ...deciding, id }), this.plans);
  }

  /** How often what recommendations promised was kept, by type. */
  async hitRates(): Promise<HitRate[]> {
    const { store, tenant } = this;
    return hitRates(await store.run((options) => readTrackRecord(store, tenant, options)));
  }

  /** Figures grouped by one or more dimensions, in the order of their values. */
  async statistics(...groupBy: Grouping[]): Promise<StatisticsRow[]> {
    const parsed = checkInput(groupBySchema, { groupBy });
    const rows = await readStatistics(this.store, this.tenant, STATISTICS, { by: parsed.groupBy });
    const key = ({ dimensions }: CounterRow): string =>
      JSON.stringify(parsed.groupBy.map((name) => dimensions[name]));
    return rows
      .sort((a, b) => (key(a) < key(b) ? -1 : 1))
      .map(({ dimensions, sums }) => ({ ...dimensions, ...figuresOf(sums) }));
  }

  /**
   * How often agents were right about their own work, of all that verifiers and people looked at; agents that
   * nobody has checked are left out.
   */
  async trust(options: { byCategory?: boolean } = {}): Promise<TrustRow[]> {
    const { byCategory } = checkInput(trustSchema, options);
    const by = byCategory ? ['agentType', 'category'] : ['agentType'];
    const rows = await this.store.run((options) =>
      readLiveCounters(this.store, CLAIMS, this.tenant, by, {}, options),
    );
    return rows
      .map(({ dimensions, sums }) => ({
        agentType: dimensions['agentType'] ?? '',
        ...(byCategory ? { category: dimensions['category'] ?? '' } : {}),
        ...trustOf(sums),
      }))
      .sort((a, b) => (`${a.agentType}|${a.category}` < `${b.agentType}|${b.category}` ? -1 : 1));
  }

  /**
   * Figures by day, and the days on which an agent, a category or everything changed, the mix of tasks apart.
   *
   * @param query days: `from` and `to`, or `days` back; 90 by default
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  async trends(query: TrendQuery = {}): Promise<Trends> {
    const { agentType, category, ...days } = checkInput(trendSchema, query);
    const window = windowOf(days);
    const rows = await readStatistics(this.store, this.tenant, STATISTICS, {
      by: ['agentType', 'category', 'complexity', 'day'],
      where: where({ agentType, category }),
      ...window,
    });
    const on = category === undefined ? '' : ` on ${category}`;
    return trendsOf(rows, window, `${agentType ?? 'all work'}${on}`);
  }

  /**
   * Steps, tools and retries, and agents, by their share of the time, largest first.
   *
   * @param query days as for {@link trends}; `limit`: most steps and most agents, 10 by default
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  async bottlenecks(query: BottleneckQuery = {}): Promise<Bottlenecks> {
    const { category, limit, ...days } = checkInput(bottleneckSchema, query);
    const window = windowOf(days);
    const read = (name: StatisticsName, by: readonly string[]) =>
      readStatistics(this.store, this.tenant, name, { by, where: where({ category }), ...window });
    const [steps, agents] = await Promise.all([
      read(STEPS, ['category', 'step', 'day']),
      read(STATISTICS, ['agentType']),
    ]);
    return bottlenecksOf(steps, agents, window, limit);
  }

  /**
   * Days worth an alert: those of the last 7, or as many as named, on which an agent was in a category and a metric
   * not as its past makes plausible.
   *
   * @param query `days` up to `to` that are looked at, and `past`, the days before that they are held against
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  async anomalies(query: AnomalyQuery = {}): Promise<Anomalies> {
    const { agentType, category, to, days, past } = checkInput(anomalySchema, query);
    const window = windowOf({ to, days });
    const rows = await readStatistics(this.store, this.tenant, STATISTICS, {
      by: ['agentType', 'category', 'complexity', 'day'],
      where: where({ agentType, category }),
      ...windowOf({ to, days: days + past }),
    });
    return anomaliesOf(rows, window);
  }
}

/** Only the dimensions that are asked for. */
const where = (scope: {
  agentType?: string | undefined;
  category?: string | undefined;
}): Record<string, string> => ({
  ...(scope.agentType === undefined ? {} : { agentType: scope.agentType }),
  ...(scope.category === undefined ? {} : { category: scope.category }),
});
