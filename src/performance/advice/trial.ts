/** One thing that was tested. */
import { studentQuantile } from '../../evidence/student.js';
import type { OptimizationType } from '../../shared/terms.js';
import type { Candidate, Effect, PromisedMetric } from './candidate.js';
import { deviateOf, type Estimate } from './contrast.js';
import { evidenceOf } from './evidence-value.js';
import type { Measure } from './measures.js';

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

/** The normal quantile of a two-sided 90% interval. */
const Z_90 = 1.6448536269514722;

/**
 * Tasks to come are not those that were: nothing is promised more exactly than to so much of what is spent, or of the
 * effect.
 */
const TO_COME = { ratio: 0.03, ofEffect: 0.04 } as const;

/** An estimate as an effect; what few days or executions leave open of its error, Student's interval tells. */
export function effectOf(
  { estimate, error, freedom }: Estimate,
  { scale, least, typical }: Pick<Effect, 'scale' | 'least' | 'typical'>,
): Effect {
  const wider = studentQuantile(Math.max(1, freedom), 0.1) / Z_90;
  const toCome = scale === 'ratio' ? TO_COME.ratio : TO_COME.ofEffect * Math.abs(estimate);
  return { scale, estimate, error: Math.max(1e-9, Math.hypot(wider * error, toCome)), least, typical };
}

/** The effect of a difference that is positive where something could go better. */
export const effectIn = (found: Estimate, { scale, least, typical }: Measure): Effect =>
  effectOf(found, { scale: scale === 'points' ? 'points' : 'ratio', least, typical });

/** The evidence for an effect larger than what it is tested against. */
export const evidenceFor = (found: Estimate, { least, typical }: Pick<Effect, 'least' | 'typical'>): number =>
  evidenceOf(deviateOf(found, least ?? 0), found.error, typical);

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
