/** Promises in the light of what came of earlier ones. Pure. */
import { wilson } from '../../evidence/intervals.js';
import type { OptimizationType } from '../../shared/terms.js';
import type { Promise90 } from '../advice/candidate.js';
import type { Verdict } from './recommendation.js';

/** The normal quantile of a two-sided 90% interval. */
export const Z_90 = 1.6448536269514722;

/** A promise that was measured. */
export interface KeptOrNot {
  type: OptimizationType;
  promised: Promise90;
  /** The improvement that came, with its 90% interval. */
  measured: { value: number; low: number; high: number };
  verdict: Verdict;
}

/** How often promises of a type were kept. */
export interface HitRate {
  type: OptimizationType;
  verified: number;
  kept: number;
  partly: number;
  broken: number;
  unclear: number;
  /** Kept of those that were kept, partly kept or broken; null without any. */
  rate: number | null;
  /** 95% interval (Wilson). */
  low: number;
  high: number;
  /** What is believed to come of a unit that is promised; 1 before anything was measured. */
  ratio: number;
}

/** Spread of the share of a promise that comes, before any was measured; and least of it that one measurement tells. */
const PRIOR_SPREAD = 0.5;
const BETWEEN_SPREAD = 0.25;
const LEAST_RATIO = 0.1;
const MOST_RATIO = 1.25;

/**
 * The share of what is promised that comes: a normal belief about 1, moved by each measured promise according to how
 * exactly it was measured, with a spread between promises of one type (a random-effects mean with an informative prior).
 *
 * @see R. DerSimonian and N. Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7 (1986)
 */
export function believedRatio(record: readonly KeptOrNot[]): { ratio: number; spread: number } {
  let [weight, sum] = [1 / PRIOR_SPREAD ** 2, 1 / PRIOR_SPREAD ** 2];
  for (const { promised, measured } of record) {
    if (!(promised.value > 0)) continue;
    const error = (measured.high - measured.low) / (2 * Z_90) / promised.value;
    const own = (promised.high - promised.low) / (2 * Z_90) / promised.value;
    const precision = 1 / (error ** 2 + own ** 2 + BETWEEN_SPREAD ** 2);
    weight += precision;
    sum += precision * (measured.value / promised.value);
  }
  return {
    ratio: Math.min(MOST_RATIO, Math.max(LEAST_RATIO, sum / weight)),
    spread: record.length === 0 ? 0 : Math.sqrt(1 / weight),
  };
}

/** What may be promised, given what came of earlier promises of the type. As it is where none was measured. */
export function calibrated(promise: Promise90, record: readonly KeptOrNot[]): Promise90 {
  if (record.length === 0) return promise;
  const { ratio, spread } = believedRatio(record);
  const widened = (end: number): number => {
    const own = Math.abs(end - promise.value) * ratio;
    return Math.hypot(own, Z_90 * spread * promise.value) * Math.sign(end - promise.value);
  };
  const value = promise.value * ratio;
  return {
    metric: promise.metric,
    value,
    low: Math.max(-1, value + widened(promise.low)),
    high: Math.min(1, value + widened(promise.high)),
  };
}

/** How often each type's promises were kept, of all that were measured. */
export function hitRates(record: readonly KeptOrNot[]): HitRate[] {
  const types = [...new Set(record.map(({ type }) => type))].sort();
  return types.map((type) => {
    const own = record.filter((one) => one.type === type);
    const count = (verdict: Verdict): number => own.filter((one) => one.verdict === verdict).length;
    const [kept, partly, broken, unclear] = [
      count('kept'),
      count('partly'),
      count('broken'),
      count('unclear'),
    ];
    const told = kept + partly + broken;
    return {
      type,
      verified: own.length,
      ...{ kept, partly, broken, unclear },
      rate: told === 0 ? null : kept / told,
      ...wilson(kept, told),
      ratio: believedRatio(own).ratio,
    };
  });
}
