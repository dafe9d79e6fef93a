/** Judges patterns by their counts: is it told from chance, and in which direction. Pure. */
import { errorFunction } from 'simple-statistics';
import { fisherExact, holm } from '../evidence/fisher.js';
import type { Confidence } from '../shared/terms.js';
import { BASE } from './action-key.js';

/** Fewest observations of a pattern that is judged at all. */
export const MIN_OBSERVATIONS = 3;
/** Chance of any false assertion within a group. */
const LEVEL = 0.05;
/** A plan counts as markedly quicker from a fifth fewer iterations on. */
const MARKED = 0.8;
/** Iterations are whole: even equal ones stand for values that differ by rounding. */
const ROUNDING_VARIANCE = 1 / 12;

/** How it went with the pattern, and in the rest of its group. */
export interface PatternCounts {
  n: number;
  successes: number;
  withoutN: number;
  withoutSuccesses: number;
}

/** A pattern as its counters say. */
export interface PatternRow {
  action: string;
  sums: Readonly<Record<string, number>>;
}

export interface Verdict {
  action: string;
  counts: PatternCounts;
  /** `prefer` when it went better than the rest, `avoid` when worse or the same. */
  verb: 'prefer' | 'avoid';
  state: 'candidate' | 'asserted';
  confidence: Confidence;
  /** Corrected for all patterns of the group that were judged. */
  pValue: number;
}

/** Share of successes; 0 of nothing is 0. */
export const rateOf = (successes: number, n: number): number => (n === 0 ? 0 : successes / n);

/** Confidence by corrected p-value and number of observations. */
export function confidenceOf(pValue: number, n: number): Confidence {
  if (pValue >= LEVEL) return 'LOW';
  if (pValue < 0.001 && n >= 20) return 'VERY_HIGH';
  return pValue < 0.01 && n >= 10 ? 'HIGH' : 'MEDIUM';
}

/** Judges each pattern of a group against the rest of the group by its rate of success. */
export function judgeRates(rows: readonly PatternRow[]): Verdict[] {
  return corrected(
    observed(rows).map(({ action, counts }) => ({
      action,
      counts,
      verb: isBetter(counts) ? ('prefer' as const) : ('avoid' as const),
      p: fisherExact(counts.successes, counts.n, counts.withoutSuccesses, counts.withoutN),
    })),
  );
}

const isBetter = ({ n, successes, withoutN, withoutSuccesses }: PatternCounts): boolean =>
  rateOf(successes, n) > rateOf(withoutSuccesses, withoutN);

/** A plan judged by how few iterations its successes took. */
export interface PaceVerdict extends Verdict {
  /** Iterations of a success, mean. */
  mean: number;
  withoutMean: number;
}

/**
 * Finds plans whose successes took markedly fewer iterations than those of the group's other plans, by Welch's
 * test on mean and variance. Plans that are not markedly quicker are tested too, and left out of the answer.
 */
export function judgePace(rows: readonly PatternRow[]): PaceVerdict[] {
  const base = rows.find((row) => row.action === BASE)?.sums ?? {};
  const tested = observed(rows).flatMap(({ action, counts, sums }) => {
    const own = iterationsOf(sums);
    const rest = iterationsOf({
      successes: counts.withoutSuccesses,
      iterations: (base['iterations'] ?? 0) - (sums['iterations'] ?? 0),
      iterationsSquared: (base['iterationsSquared'] ?? 0) - (sums['iterationsSquared'] ?? 0),
    });
    if (own.n < MIN_OBSERVATIONS || rest.n < MIN_OBSERVATIONS) return [];
    const z = (own.mean - rest.mean) / Math.sqrt(own.variance / own.n + rest.variance / rest.n);
    const p = 1 - errorFunction(Math.abs(z) / Math.SQRT2);
    return [{ action, counts, verb: 'prefer' as const, p, mean: own.mean, withoutMean: rest.mean }];
  });
  return corrected(tested).filter((verdict) => verdict.mean <= MARKED * verdict.withoutMean);
}

/** The rows that are judged, with the rest of the group beside each. */
function observed(
  rows: readonly PatternRow[],
): { action: string; counts: PatternCounts; sums: PatternRow['sums'] }[] {
  const base = rows.find((row) => row.action === BASE)?.sums ?? {};
  return rows.flatMap(({ action, sums }) => {
    const n = sums['n'] ?? 0;
    if (action === BASE || n < MIN_OBSERVATIONS) return [];
    const successes = sums['successes'] ?? 0;
    const counts = {
      n,
      successes,
      withoutN: (base['n'] ?? 0) - n,
      withoutSuccesses: (base['successes'] ?? 0) - successes,
    };
    return [{ action, counts, sums }];
  });
}

function corrected<T extends { counts: PatternCounts; p: number }>(
  tested: readonly T[],
): (Omit<T, 'p'> & Pick<Verdict, 'state' | 'confidence' | 'pValue'>)[] {
  const pValues = holm(tested.map(({ p }) => p));
  return tested.map(({ p, ...verdict }, index) => {
    const pValue = pValues[index] ?? p;
    return {
      ...verdict,
      pValue,
      state: pValue < LEVEL ? 'asserted' : 'candidate',
      confidence: confidenceOf(pValue, verdict.counts.n),
    };
  });
}

function iterationsOf(sums: PatternRow['sums']): { n: number; mean: number; variance: number } {
  const n = sums['successes'] ?? 0;
  if (n < 2) return { n, mean: rateOf(sums['iterations'] ?? 0, n), variance: ROUNDING_VARIANCE };
  const mean = (sums['iterations'] ?? 0) / n;
  const variance = ((sums['iterationsSquared'] ?? 0) - n * mean ** 2) / (n - 1);
  return { n, mean, variance: Math.max(ROUNDING_VARIANCE, variance) };
}
