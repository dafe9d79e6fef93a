/** Features that seem to matter only because they go along with others that do. Pure. */

import { twoSided } from '../../evidence/normal.js';
import type { Comparison } from './matched-sets.js';
import { fitNullModel } from './null-model.js';
import { deviateOf, type Score, scoreOf, setsShowing } from './score-test.js';
import type { ColumnsOf, Ways } from './ways.js';

/** Features that go along less than this (correlation within sets) are not each other's explanation. */
const ALONG = 0.1;
/** Explanations that are weighed at once: those that go along most. */
const MOST_EXPLANATIONS = 6;

/**
 * For each feature that stands out, the p-value that it keeps beside the others that stand: features are taken in by
 * strength, each if it tells more than those before it, and at the end those that the later ones explain go.
 *
 * @param columnsOf what a feature is to tell more than, beside the others
 * @param strongest scores of the features that stand out, strongest first
 * @param level the p-value at which a feature tells more
 * @returns p-values in the order given; 0 of features beside which none stands
 */
export function besideOthers(
  { comparison, dispersion }: Ways,
  columnsOf: ColumnsOf,
  strongest: readonly Score[],
  level: number,
): number[] {
  const beside = (score: Score, others: readonly Score[]): number => {
    const along = others
      .map((other) => ({ other, size: Math.abs(correlation(comparison, score, other)) }))
      .filter(({ size }) => size > ALONG)
      .sort((a, b) => b.size - a.size)
      .slice(0, MOST_EXPLANATIONS);
    if (along.length === 0) return 0;
    const shown = along.map(({ other }) => columnOf(comparison, other));
    const model = fitNullModel(comparison, [...columnsOf(score.candidate), ...shown]);
    return twoSided(deviateOf(model, scoreOf(model, score.candidate), dispersion));
  };
  const standing = new Map<Score, number>();
  const pValues = new Map<Score, number>();
  for (const score of strongest) {
    const p = beside(score, [...standing.keys()]);
    pValues.set(score, p);
    if (p <= level) standing.set(score, p);
  }
  for (const score of [...standing.keys()].toReversed()) {
    const p = beside(
      score,
      [...standing.keys()].filter((other) => other !== score),
    );
    pValues.set(score, p);
    if (p > level) standing.delete(score);
  }
  return strongest.map((score) => pValues.get(score) ?? 1);
}

function columnOf({ runs }: Comparison, { candidate }: Score): Float64Array {
  const column = new Float64Array(runs.length);
  for (const run of candidate.runs) column[run] = 1;
  return column;
}

/** Correlation of two features within sets. */
function correlation(comparison: Comparison, a: Score, b: Score): number {
  const isB = columnOf(comparison, b);
  const ofB = new Map(
    setsShowing(comparison.sets, b.candidate.runs).map(({ set, shown }) => [set, shown.length]),
  );
  let covariance = 0;
  for (const { set, shown } of setsShowing(comparison.sets, a.candidate.runs)) {
    const both = shown.reduce((sum, run) => sum + (isB[run] ?? 0), 0);
    covariance += both - (shown.length * (ofB.get(set) ?? 0)) / (set.end - set.start);
  }
  const size = Math.sqrt(a.weight * b.weight);
  return size > 0 ? covariance / size : 0;
}
