/** The Performance Optimizer: how agents do, where the time goes, and what could go better. */
import { CLAIMS, type ClaimTrust, type Trust, trustOf } from '../evidence/claims.js';
import { checkInput } from '../shared/check-input.js';
import { type CounterFilter, type CounterRow, dayOf, readLiveCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import { type AgentComparison, compareFigures } from './compare.js';
import { addSums, type Figures, figuresOf } from './figures.js';
import {
  type BottleneckQuery,
  bottleneckSchema,
  comparisonSchema,
  type Grouping,
  groupBySchema,
  type RecommendationQuery,
  recommendationQuerySchema,
  scopeSchema,
  type TrendQuery,
  trendSchema,
  trustSchema,
} from './inputs.js';
import { type Recommendation, recommendations } from './recommendations.js';
import { STATISTICS } from './statistics.js';

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
  ) {}

  /** An agent's figures; 0 executions when it has none. */
  async getAgentPerformance(
    agentType: string,
    options: { category?: string } = {},
  ): Promise<AgentPerformance> {
    const scope = checkInput(scopeSchema, { ...options, agentType });
    const [rows, claims] = await Promise.all([
      this.read(['agentType'], where(scope)),
      this.read(['agentType'], where(scope), CLAIMS),
    ]);
    const sums = addSums(rows.map((row) => row.sums));
    const trust = trustOf(addSums(claims.map((row) => row.sums)));
    return {
      agentType: scope.agentType,
      category: scope.category ?? null,
      ...figuresOf(sums),
      trust: trust.success,
      trustInFailure: trust.failure,
    };
  }

  /**
   * Compares two agents over the categories that both worked in, or in the one named. A difference in
   * success is stated only when its interval leaves out zero.
   */
  async compareAgents(a: string, b: string, options: { category?: string } = {}): Promise<AgentComparison> {
    const agents = checkInput(comparisonSchema, { ...options, a, b });
    const rows = await this.read(['agentType', 'category'], {
      agentType: { $in: [agents.a, agents.b] },
      ...(agents.category === undefined ? {} : { category: agents.category }),
    });
    const of = (agentType: string): CounterRow[] =>
      rows.filter(({ dimensions }) => dimensions['agentType'] === agentType);
    const categoriesOf = (agentType: string): string[] =>
      of(agentType).map(({ dimensions }) => dimensions['category'] ?? '');
    const theirs = new Set(categoriesOf(agents.b));
    const categories = categoriesOf(agents.a).filter((category) => theirs.has(category));
    const figures = (agentType: string) => ({
      agentType,
      ...figuresOf(
        addSums(
          of(agentType)
            .filter(({ dimensions }) => categories.includes(dimensions['category'] ?? ''))
            .map(({ sums }) => sums),
        ),
      ),
    });
    return compareFigures(figures(agents.a), figures(agents.b), categories.sort());
  }

  /** Open recommendations, highest priority first. */
  async getRecommendations(query: RecommendationQuery = {}): Promise<Recommendation[]> {
    const { store, tenant } = this;
    const { agentType, minPriority } = checkInput(recommendationQuerySchema, query);
    const found = await store.run((options) =>
      recommendations(store)
        .find(
          {
            tenant,
            state: 'open',
            priority: { $gte: minPriority },
            ...(agentType === undefined ? {} : { agentType }),
          },
          options,
        )
        .sort({ priority: -1, _id: 1 })
        .toArray(),
    );
    return found.map(({ _id, tenant: _tenant, ...recommendation }) => recommendation);
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
