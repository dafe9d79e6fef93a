/** Whether success goes with a feature among comparable runs. Pure. */

import { normalQuantile, normalTail } from '../../evidence/normal.js';
import type { Candidate } from './candidates.js';
import type { MatchedSet } from './matched-sets.js';
import type { NullModel, TellingSet } from './null-model.js';
import { lawOfShared } from './success-law.js';
import { dot, times } from './symmetric.js';

export interface Score {
  candidate: Candidate;
  /** Successes with the feature beyond those expected of its runs, and their variance given the other columns. */
  score: number;
  variance: number;
  /** Variance as if the other columns' coefficients were known. */
  plainVariance: number;
  /** Sum over the sets in which it varies of n1 n0 / n: what {@link score} is divided by for a difference of rates. */
  weight: number;
  /** Scores of the clusters that tell, by cluster. */
  clusters: ReadonlyMap<number, { score: number; variance: number }>;
  /** Clusters in which it varies, whether or not they tell. */
  varies: number;
}

/** The score test of conditional logistic regression; cost: the pairs of runs of a set that show the feature. */
export function scoreOf(model: NullModel, candidate: Candidate): Score {
  const { comparison, setOf, chances, leanings, covariance } = model;
  const clusters = new Map<number, { score: number; variance: number }>();
  const varying = new Set<number>();
  const leaning = new Float64Array(Math.sqrt(covariance.length));
  let [score, variance, weight] = [0, 0, 0];
  for (const { set, shown } of setsShowing(comparison.sets, candidate.runs)) {
    const size = set.end - set.start;
    if (shown.length === size) continue;
    varying.add(set.cluster);
    weight += (shown.length * (size - shown.length)) / size;
    const telling = setOf[set.start];
    if (telling === undefined) continue;
    let [own, ownVariance] = [0, 0];
    for (const run of shown) {
      own += Number(comparison.runs[run]?.success) - (chances[run] ?? 0);
      leanings[run]?.forEach((each, index) => {
        leaning[index] = (leaning[index] ?? 0) + each;
      });
      for (const other of shown)
        ownVariance += telling.law.covariances[(run - set.start) * size + other - set.start] ?? 0;
    }
    score += own;
    variance += ownVariance;
    const cluster = clusters.get(set.cluster) ?? { score: 0, variance: 0 };
    clusters.set(set.cluster, {
      score: cluster.score + own,
      variance: cluster.variance + ownVariance,
    });
  }
  const explained = dot(leaning, times(covariance, leaning));
  return {
    candidate,
    score,
    variance: Math.max(0, variance - explained),
    plainVariance: variance,
    weight,
    clusters,
    varies: varying.size,
  };
}

interface Showing {
  set: MatchedSet;
  shown: readonly number[];
}

/** The sets that runs of an ascending list are of, with those of each. */
export function setsShowing(sets: readonly MatchedSet[], runs: readonly number[]): Showing[] {
  const found: Showing[] = [];
  let next = 0;
  while (next < runs.length) {
    const set = setAt(sets, runs[next] ?? 0);
    if (set === undefined) break;
    const from = next;
    while (next < runs.length && (runs[next] ?? 0) < set.end) next += 1;
    found.push({ set, shown: runs.slice(from, next) });
  }
  return found;
}

function setAt(sets: readonly MatchedSet[], run: number): MatchedSet | undefined {
  let [low, high] = [0, sets.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sets[middle]?.end ?? 0) > run) high = middle;
    else low = middle + 1;
  }
  const set = sets[low];
  return set !== undefined && run >= set.start && run < set.end ? set : undefined;
}

/** Beyond so many deviations a draw no longer counts. */
const WINDOW = 14;
/** Nearer to what is expected than this, the normal distribution is near enough: nothing there is ever asserted. */
const PLAIN = 1.5;
/** The normal distribution stands for the exact one only so far: the extremes of few sets are bounded. */
const MOST_SHARPENING = Math.SQRT2;

/**
 * Normal deviate of a score, by its exact law where it may matter: the number of successes with the feature is a sum
 * of independent whole numbers, one a set, whose laws are convolved. It is exact (a permutation test) where there
 * are no other columns; with them it is made sharper by the share of the variance that they explain.
 *
 * @param dispersion how much the scores of clusters vary beyond their law, 1 or more
 */
export function deviateOf(model: NullModel, score: Score, dispersion: number): number {
  if (score.variance < 1e-9) return 0;
  const plain = score.score / Math.sqrt(score.variance * dispersion);
  if (Math.abs(plain) < PLAIN) return plain;
  const tail = exactTail(model, score, score.score > 0);
  // In the far tail the exact probability is below every number; its normal deviate is the plain one there.
  const exact = tail < 1e-280 ? Math.abs(score.score) / Math.sqrt(score.plainVariance) : normalQuantile(tail);
  const sharpening = Math.min(MOST_SHARPENING, Math.sqrt(score.plainVariance / score.variance));
  return Math.sign(plain) * Math.max(0, (exact * sharpening) / Math.sqrt(dispersion));
}

/** Logarithm of a chance so small that no level asks for less. */
const UNLIKELY = -60;

/** Smallest two-sided p-value that any outcome of the telling sets could have given; 0 where it is next to that. */
export function leastPossible(model: NullModel, score: Score, dispersion: number): number {
  const sharpening =
    score.variance < 1e-9
      ? 0
      : Math.min(MOST_SHARPENING, Math.sqrt(score.plainVariance / score.variance)) / Math.sqrt(dispersion);
  if (sharpening === 0) return 1;
  let [lowest, highest] = [0, 0];
  for (const { chances } of laws(model, score.candidate)) {
    lowest += Math.log(chances[0] ?? 1);
    highest += Math.log(chances.at(-1) ?? 1);
    if (Math.max(lowest, highest) < UNLIKELY) return 0;
  }
  const deviate = normalQuantile(Math.max(1e-280, Math.exp(Math.min(lowest, highest))));
  return Math.min(1, 2 * normalTail(Math.max(0, deviate * sharpening)));
}

function* laws(model: NullModel, candidate: Candidate): Generator<{ least: number; chances: number[] }> {
  for (const { set, shown } of setsShowing(model.comparison.sets, candidate.runs)) {
    const telling = model.setOf[set.start];
    if (telling === undefined || shown.length === set.end - set.start) continue;
    yield lawIn(telling, shown);
  }
}

function lawIn({ start, odds, successes }: TellingSet, shown: readonly number[]) {
  const own = new Set(shown);
  return lawOfShared(
    odds.filter((_, index) => own.has(start + index)),
    odds.filter((_, index) => !own.has(start + index)),
    successes,
  );
}

/** Probability of at least, or at most, as many successes with the feature as there were. */
function exactTail(model: NullModel, score: Score, above: boolean): number {
  let observed = 0;
  for (const { set, shown } of setsShowing(model.comparison.sets, score.candidate.runs))
    if (model.setOf[set.start] !== undefined && shown.length < set.end - set.start)
      for (const run of shown) observed += Number(model.comparison.runs[run]?.success);
  let [offset, mean] = [0, 0];
  let law: Float64Array = Float64Array.of(1);
  const reach = WINDOW * Math.sqrt(score.plainVariance) + 2;
  for (const { least, chances } of laws(model, score.candidate)) {
    const next = new Float64Array(law.length + chances.length - 1);
    law.forEach((each, index) => {
      for (const [k, chance] of chances.entries()) next[index + k] = (next[index + k] ?? 0) + each * chance;
    });
    offset += least;
    mean += chances.reduce((sum, chance, k) => sum + (least + k) * chance, 0);
    const from = Math.max(0, Math.floor(mean - reach) - offset);
    law = next.subarray(from, Math.max(from + 1, Math.ceil(mean + reach) - offset + 1));
    offset += from;
  }
  let tail = 0;
  law.forEach((chance, index) => {
    if (above ? offset + index >= observed : offset + index <= observed) tail += chance;
  });
  return Math.min(1, tail);
}
