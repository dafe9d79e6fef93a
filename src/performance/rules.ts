/**
 * The rules that recommendations come from. Pure.
 *
 * Every rule compares an agent in a category with its peers there, asks for 5 executions of each side, and
 * speaks only when the interval of the difference leaves out zero. The intervals are widened (Bonferroni)
 * for the number of peers compared.
 */
import { probit } from 'simple-statistics';
import { type Interval, newcombe, wilson } from '../evidence/intervals.js';
import type { OptimizationType } from '../shared/terms.js';
import { addSums, type Figures, figuresOf, type Sums } from './figures.js';

const RULES = {
  /** Executions of an agent in a category before it is judged or compared with. */
  minimumExecutions: 5,
  /** How many times its peers' mean an agent's must be to be worth a word. */
  notableRatio: 1.5,
  /** Success rate that an agent without peers is measured against. */
  acceptableSuccess: 0.7,
} as const;

interface ExpectedImprovement extends Interval {
  metric: 'successRate' | 'errors' | 'iterations' | 'seconds' | 'costUsd';
  /** The change in the metric's mean to expect, as a positive number: a gain in success, else a reduction. */
  value: number;
}

/** A recommendation before it is stored. */
export interface Finding {
  type: OptimizationType;
  agentType: string;
  category: string;
  title: string;
  reason: string;
  /** 1 to 10. */
  priority: number;
  expectedImprovement: ExpectedImprovement;
  /** The figures it stands on. */
  evidence: Record<string, number | string>;
}

/** One agent's sums in the category. */
export interface Peer {
  agentType: string;
  sums: Sums;
}

interface Judged {
  agentType: string;
  figures: Figures;
  sums: Sums;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const plain = (value: number): string => value.toPrecision(3).replace(/\.?0+$/, '');
const clamp = (value: number): number => Math.max(1, Math.min(10, Math.round(value)));
const knownOf = ({ successes, failures }: Figures): number => successes + failures;

/** All findings of one category, given the sums of every agent in it. */
export function findingsOf(category: string, peers: readonly Peer[]): Finding[] {
  const judged = peers
    .map(({ agentType, sums }): Judged => ({ agentType, sums, figures: figuresOf(sums) }))
    .filter(({ figures }) => figures.executions >= RULES.minimumExecutions);
  return judged.flatMap((agent) => {
    const others = judged.filter((other) => other !== agent);
    const z = probit(1 - 0.025 / Math.max(1, others.length));
    return [
      ...agentSelection(category, agent, others, z),
      ...(others.length === 0 ? lowSuccess(category, agent) : slackAgainst(category, agent, others, z)),
    ];
  });
}

/** Another agent succeeds more often here. */
function agentSelection(category: string, agent: Judged, others: readonly Judged[], z: number): Finding[] {
  const known = knownOf(agent.figures);
  if (known < RULES.minimumExecutions) return [];
  const [best] = others
    .filter((other) => knownOf(other.figures) >= RULES.minimumExecutions)
    .map((other) => ({
      other,
      gain: newcombe(other.figures.successes, knownOf(other.figures), agent.figures.successes, known, z),
    }))
    .sort((a, b) => b.gain.low - a.gain.low);
  if (best === undefined || best.gain.low <= 0) return [];
  const { other, gain } = best;
  return [
    {
      type: 'AGENT_SELECTION',
      agentType: agent.agentType,
      category,
      title: `Prefer ${other.agentType} over ${agent.agentType} for ${category}`,
      reason: `${other.agentType} succeeded in ${other.figures.successes} of ${knownOf(other.figures)}, ${agent.agentType} in ${agent.figures.successes} of ${known}`,
      priority: clamp(5 + 5 * gain.difference),
      expectedImprovement: {
        metric: 'successRate',
        value: gain.difference,
        low: gain.low,
        high: gain.high,
      },
      evidence: {
        betterAgent: other.agentType,
        betterSuccesses: other.figures.successes,
        betterKnown: knownOf(other.figures),
        successes: agent.figures.successes,
        known,
      },
    },
  ];
}

/** With nobody to compare with: surely below the acceptable success rate. */
function lowSuccess(category: string, agent: Judged): Finding[] {
  const { successes, successRate } = agent.figures;
  const known = knownOf(agent.figures);
  if (successRate === null || known < RULES.minimumExecutions) return [];
  const { low, high } = wilson(successes, known);
  const goal = RULES.acceptableSuccess;
  if (high >= goal) return [];
  return [
    {
      type: 'ERROR_REDUCTION',
      agentType: agent.agentType,
      category,
      title: `Reduce failures of ${agent.agentType} in ${category}`,
      reason: `it succeeded in ${successes} of ${known}, surely less than ${percent(goal)}, and no other agent has done ${category} often enough to compare`,
      priority: clamp(4 + 6 * (goal - successRate)),
      expectedImprovement: {
        metric: 'successRate',
        value: goal - successRate,
        low: goal - high,
        high: goal - low,
      },
      evidence: { successes, known, goal },
    },
  ];
}

interface SlackRule {
  type: OptimizationType;
  metric: ExpectedImprovement['metric'];
  /** Name of the counters' sum, and how many of its units make one of the metric's. */
  sum: string;
  units: number;
  /**
   * Variance of one execution's value given the mean: counters keep no squares. Counts are taken to spread
   * like a Poisson count, times and costs like an exponential (as widely as their mean).
   */
  variance: (mean: number) => number;
  title: (agent: string, category: string) => string;
  wording: string;
}

const slackRules: readonly SlackRule[] = [
  {
    type: 'ERROR_REDUCTION',
    metric: 'errors',
    sum: 'errors',
    units: 1,
    variance: (mean) => mean,
    title: (agent, category) => `Reduce errors of ${agent} in ${category}`,
    wording: 'errors an execution',
  },
  {
    type: 'ITERATION_REDUCTION',
    metric: 'iterations',
    sum: 'iterations',
    units: 1,
    variance: (mean) => mean,
    title: (agent, category) => `Reduce iterations of ${agent} in ${category}`,
    wording: 'iterations an execution',
  },
  {
    type: 'EXECUTION_SPEED',
    metric: 'seconds',
    sum: 'durationMs',
    units: 1_000,
    variance: (mean) => mean * mean,
    title: (agent, category) => `Speed up ${agent} in ${category}`,
    wording: 'seconds an execution',
  },
  {
    type: 'RESOURCE_EFFICIENCY',
    metric: 'costUsd',
    sum: 'costMicroUsd',
    units: 1e6,
    variance: (mean) => mean * mean,
    title: (agent, category) => `Cut the cost of ${agent} in ${category}`,
    wording: 'USD an execution',
  },
];

/** The agent takes notably more than its peers do together. Peers that succeed less are no example. */
function slackAgainst(category: string, agent: Judged, others: readonly Judged[], z: number): Finding[] {
  const examples = others.filter(({ figures }) => {
    const known = [knownOf(figures), knownOf(agent.figures)] as const;
    return newcombe(figures.successes, known[0], agent.figures.successes, known[1], z).high >= 0;
  });
  if (examples.length === 0) return [];
  const peers = addSums(examples.map(({ sums }) => sums));
  const n = agent.figures.executions;
  const peerExecutions = peers['executions'] ?? 0;
  return slackRules.flatMap((rule): Finding[] => {
    const own = (agent.sums[rule.sum] ?? 0) / rule.units / n;
    const theirs = (peers[rule.sum] ?? 0) / rule.units / peerExecutions;
    const excess = own - theirs;
    const margin = z * Math.sqrt(rule.variance(own) / n + rule.variance(theirs) / peerExecutions);
    if (own < theirs * RULES.notableRatio || excess - margin <= 0) return [];
    return [
      {
        type: rule.type,
        agentType: agent.agentType,
        category,
        title: rule.title(agent.agentType, category),
        reason: `it takes ${plain(own)} ${rule.wording}, its peers with no less success ${plain(theirs)}`,
        priority: clamp(2 + 6 * (excess / own)),
        expectedImprovement: {
          metric: rule.metric,
          value: excess,
          low: excess - margin,
          high: Math.min(own, excess + margin),
        },
        evidence: {
          mean: own,
          executions: n,
          peersMean: theirs,
          peersExecutions: peerExecutions,
          peers: examples.map(({ agentType }) => agentType).join(', '),
        },
      },
    ];
  });
}
