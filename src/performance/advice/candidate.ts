/** Advice before it is known whether it stands beside all the other advice that was looked for. */
import type { OptimizationType } from '../../shared/terms.js';

/** Subject of advice that holds an agent, or a step, against itself earlier. */
export const EARLIER = '(earlier)';
/** Subject of advice that holds an agent without peers against what is acceptable. */
export const GOAL = '(goal)';
/** Subject of advice that holds an agent against all others in the category. */
export const PEERS = '(peers)';

/** What a promise is about. Successes are in points of the success rate; all others are shares of what is spent now. */
export type PromisedMetric = 'successRate' | 'seconds' | 'iterations' | 'errors' | 'costUsd' | 'tokens';

/** The improvement to expect of following the advice, as a positive number: a gain in success, else a share saved. */
export interface Promise90 {
  metric: PromisedMetric;
  value: number;
  /** Between which the true one lies in 90 of 100 cases. */
  low: number;
  high: number;
}

/** How large what was found is, on the scale that it was tested on, where estimates spread like a normal draw. */
export interface Effect {
  /**
   * `ratio`: natural logarithm of how many times as much is spent as need be; `points` of the success rate, and
   * `share` of what is spent: as promised.
   */
  scale: 'ratio' | 'points' | 'share';
  estimate: number;
  /** Standard error of the estimate, as that of a normal draw whose middle 90% are as wide. */
  error: number;
  /** What the estimate was tested against: less is not worth a word. Null where something else was tested. */
  least: number | null;
  /** Effects of this size are thought likely where there is one. */
  typical: number;
}

/** Something that could go better, with how sure that is. One of a type, agent and category, with its best subject. */
export interface Candidate {
  type: OptimizationType;
  agentType: string;
  category: string;
  /** What it turns on: the other agent, the step, the error signature, the action; {@link EARLIER}. */
  subject: string;
  /** At most the probability that evidence as strong as this ever shows where there is nothing to improve. */
  p: number;
  effect: Effect;
  expectedImprovement: Promise90;
  /** Executions of the agent in the category that it concerns in 30 days, at the pace of the window. */
  monthlyExecutions: number;
  /** What those spend of the promised metric, in hours, USD, or executions; the saving is a share of it. */
  monthlySpend: number;
  title: string;
  /** Why, with the figures, in one sentence. */
  reason: string;
  /** What to do, in one sentence. */
  action: string;
  /** The figures it stands on. */
  evidence: Record<string, number | string>;
}

/** Advice that stands. */
export type Advice = Candidate & {
  /** 1 to 10: see {@link priorityOf}. */
  priority: number;
};

/** The tests of one category: all that were made count for the control of false discoveries. */
export interface Tested {
  category: string;
  /** Tests made, whether or not they found anything: one a type and agent. */
  tests: number;
  /** Those whose p is small enough to matter, the most certain first. */
  candidates: Candidate[];
}
