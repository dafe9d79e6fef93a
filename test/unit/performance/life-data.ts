/** Advice, recommendations and statistics made up for tests of what becomes of them. */
import type { Advice } from '../../../src/performance/advice/candidate.js';
import type { Picture } from '../../../src/performance/advice/picture.js';
import { type Recommendation, recommendationId } from '../../../src/performance/life/recommendation.js';
import type { CounterRow } from '../../../src/store/counters.js';

export const advice = (over: Partial<Advice> = {}): Advice => ({
  type: 'AGENT_SELECTION',
  agentType: 'coder',
  category: 'testing',
  subject: 'expert',
  p: 0.001,
  effect: { scale: 'points', estimate: 0.3, error: 0.05, least: 0.02, typical: 0.15 },
  expectedImprovement: { metric: 'successRate', value: 0.3, low: 0.2, high: 0.4 },
  monthlyExecutions: 100,
  monthlySpend: 100,
  title: 'Prefer expert over coder for testing',
  reason: 'expert succeeded more often',
  action: 'Let expert do testing.',
  evidence: { known: 50 },
  priority: 8,
  ...over,
});

export const AT = new Date('2026-03-01T12:00:00Z');

export const recommendation = (over: Partial<Recommendation> = {}): Recommendation => {
  const given = { ...advice(over), ...over };
  return {
    ...given,
    id: recommendationId(given),
    state: 'open',
    round: 1,
    openedAt: AT,
    updatedAt: AT,
    ...over,
  };
};

export const day = (offset: number): string =>
  new Date(AT.getTime() + offset * 86_400_000).toISOString().slice(0, 10);

/** Executions of one agent on one day. */
export const executions = (
  agentType: string,
  offset: number,
  sums: Record<string, number>,
  more: Record<string, string> = {},
): CounterRow => ({
  dimensions: { agentType, strategy: 'single', complexity: 'MODERATE', day: day(offset), ...more },
  sums: { executions: (sums['successes'] ?? 0) + (sums['failures'] ?? 0), ...sums },
});

export const picture = (rows: Partial<Picture>): Picture => ({
  ...{ category: 'testing', from: day(-90), to: day(90) },
  ...{ executions: [], steps: [], errors: [], actions: [], stages: [] },
  ...rows,
});
