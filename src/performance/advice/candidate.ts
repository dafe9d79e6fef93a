/** Advice before it is known whether it stands beside all the other advice that was looked for. */
import type { OptimizationType } from '../../shared/terms.js';

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

/** Something that could go better, with how sure that is. One of a type, agent and category, with its best subject. */
export interface Candidate {
  type: OptimizationType;
  agentType: string;
  category: string;
  /** What it turns on: the other agent, the step, the error signature, the action; `earlier` for itself earlier. */
  subject: string;
  /** Probability of evidence as strong as this where there is nothing to improve. */
  p: number;
  expectedImprovement: Promise90;
  /** Executions of the agent in the category that it concerns in 30 days, at the pace of the window. */
  monthlyExecutions: number;
  title: string;
  /** Why, with the figures, in one sentence. */
  reason: string;
  /** What to do, in one sentence. */
  action: string;
  /** The figures it stands on. */
  evidence: Record<string, number | string>;
}

/** The tests of one category: all that were made count for the control of false discoveries. */
export interface Tested {
  category: string;
  /** Tests made, whether or not they found anything. */
  tests: number;
  /** Those whose p is small enough to matter, the most certain first. */
  candidates: Candidate[];
}
