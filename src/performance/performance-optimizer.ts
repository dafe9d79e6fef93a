/** The Performance Optimizer: how agents do, where the time goes, and what could go better. */
import { CLAIMS, type ClaimTrust, type Trust, trustOf } from '../evidence/claims.js';
import { checkInput } from '../shared/check-input.js';
import { type CounterFilter, type CounterRow, dayOf, readLiveCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import { type AgentComparison, compareRows } from './analysis/comparison.js';
import { addSums, type Figures, figuresOf } from './figures.js';
import {
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
import { STATISTICS } from './statistics/projections.js';
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

/** The figures of one day. */
export interface TrendPoint extends Figures {
  /** `YYYY-MM-DD`, UTC. */
  day: string;
}

/** An agent's part of all the time that agents worked. */
export interface Bottleneck extends Figures {
  agentType: string;
  /** Share of the agents' working time, 0 to 1. */
  timeShare: number;
  /** Share of the executions, 0 to 1. */
  executionShare: number;
}

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
    const sums = addSums(rows.map((row) => row.sums));
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
    const rows = await this.read(parsed.groupBy, {});
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
    const rows = await this.read(byCategory ? ['agentType', 'category'] : ['agentType'], {}, CLAIMS);
    return rows
      .map(({ dimensions, sums }) => ({
        agentType: dimensions['agentType'] ?? '',
        ...(byCategory ? { category: dimensions['category'] ?? '' } : {}),
        ...trustOf(sums),
      }))
      .sort((a, b) => (`${a.agentType}|${a.category}` < `${b.agentType}|${b.category}` ? -1 : 1));
  }

  /** Figures by day, oldest first; days without executions are left out. */
  async trends(query: TrendQuery = {}): Promise<TrendPoint[]> {
    const { agentType, category, days } = checkInput(trendSchema, query);
    const since = dayOf(Date.now() - (days - 1) * 86_400_000);
    const rows = await this.read(['day'], { ...where({ agentType, category }), day: { $gte: since } });
    return rows
      .map(({ dimensions, sums }) => ({ day: dimensions['day'] ?? '', ...figuresOf(sums) }))
      .sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  /** Agents by their share of the time that all agents worked, largest first. */
  async bottlenecks(query: BottleneckQuery = {}): Promise<Bottleneck[]> {
    const { category, limit } = checkInput(bottleneckSchema, query);
    const rows = await this.read(['agentType'], where({ category }));
    const all = figuresOf(addSums(rows.map(({ sums }) => sums)));
    const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
    return rows
      .map(({ dimensions, sums }) => {
        const figures = figuresOf(sums);
        return {
          agentType: dimensions['agentType'] ?? '',
          timeShare: share(figures.totalSeconds, all.totalSeconds),
          executionShare: share(figures.executions, all.executions),
          ...figures,
        };
      })
      .sort((a, b) => b.timeShare - a.timeShare || (a.agentType < b.agentType ? -1 : 1))
      .slice(0, limit);
  }

  private read(
    by: readonly Grouping[],
    filter: CounterFilter,
    projection: string = STATISTICS,
  ): Promise<CounterRow[]> {
    const { store, tenant } = this;
    if (projection === STATISTICS) {
      const { day, ...where } = filter;
      const from = typeof day === 'object' && '$gte' in day ? day.$gte : undefined;
      return readStatistics(store, tenant, STATISTICS, { by, where, from });
    }
    return store.run((options) => readLiveCounters(store, projection, tenant, by, filter, options));
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
