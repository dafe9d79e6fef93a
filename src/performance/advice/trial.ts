/** One thing that was tested. */
import type { OptimizationType } from '../../shared/terms.js';
import type { Candidate, Effect, PromisedMetric } from './candidate.js';
import { type Contrast, deviateOf } from './contrast.js';
import { evidenceOf } from './evidence-value.js';
import type { Measure } from './measures.js';
import type { Share } from './share.js';

/** What a test found, and how it would be said. */
export interface Trial {
  subject: string;
  /** E-value; 0 where what it takes besides is not given. */
  evidence: number;
  effect: Effect;
  metric: PromisedMetric;
  monthlyExecutions: number;
  monthlySpend: number;
  tell: () => Pick<Candidate, 'title' | 'reason' | 'action' | 'evidence'>;
}

/** All tests of one type for one agent; advice is about the strongest. */
export interface Family {
  type: OptimizationType;
  agentType: string;
  trials: Trial[];
}

/** The effect of a difference that is positive where something could go better. */
export function effectOf(found: Omit<Contrast, 'n' | 'means'>, measure: Measure): Effect {
  const z = deviateOf(found, measure.least);
  const distance = found.estimate - measure.least;
  // The error of the normal draw that is as surprising; near the middle they hardly differ.
  const error = Math.abs(z) < 0.1 ? found.error : distance / z;
  return {
    scale: measure.scale === 'points' ? 'points' : 'ratio',
    estimate: found.estimate,
    error,
    least: measure.least,
    typical: measure.typical,
    part: 1,
  };
}

/** The effect of a share. */
export function effectOfShare(
  { estimate, error, freedom }: Share,
  { scale, least, typical }: Pick<Effect, 'scale' | 'least' | 'typical'>,
): Effect {
  const from = least ?? 0;
  const z = deviateOf({ estimate, error, freedom }, from);
  const alike = Math.abs(z) < 0.1 ? error : (estimate - from) / z;
  return { scale, estimate, error: Math.max(alike, 1e-9), least, typical, part: 1 };
}

/** The evidence for an effect larger than what it was tested against. */
export const evidenceFor = ({ estimate, error, least, typical }: Effect): number =>
  evidenceOf((estimate - (least ?? 0)) / error, error, typical);

/** What an agent spends of a metric in 30 days. */
export const spendOf = (
  metric: PromisedMetric,
  monthly: { executions: number; hours: number; usd: number },
): number =>
  metric === 'successRate' || metric === 'errors'
    ? monthly.executions
    : metric === 'costUsd' || metric === 'tokens'
      ? monthly.usd
      : monthly.hours;
