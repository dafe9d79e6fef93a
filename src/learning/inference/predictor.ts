/** Foretells success by what a run did: lessons and candidates together. Pure. */
import { compareText } from './compare-text.js';
import type { Observation } from './observation.js';
import { fitRidge, type Ridge, type SparseRow } from './ridge-logistic.js';
import type { Verdict } from './verdict.js';

/** Precisions of the common prior of all coefficients that are tried, strongest first. */
const PRECISIONS = [100, 30, 10, 3, 1];
const FOLDS = 5;

/**
 * Logistic regression on all judged features with their aliases, its coefficients shrunk by a common normal prior;
 * the prior is the one under which the outcomes of tasks left out are likeliest, each task whole.
 *
 * @returns success probability by features; other features than those judged are passed over
 */
export function fitPredictor(
  observations: readonly Observation[],
  verdicts: readonly Verdict[],
): (features: readonly string[]) => number {
  const names = [...new Set(verdicts.flatMap(({ feature, aliases }) => [feature, ...aliases]))];
  const columns = new Map(names.sort(compareText).map((name, column) => [name, column]));
  const rowOf = (features: readonly string[]): SparseRow =>
    Uint32Array.from(new Set(features.flatMap((name) => columns.get(name) ?? []))).sort();
  const runs = observations.toSorted((a, b) => compareText(a.task, b.task) || compareText(a.id, b.id));
  const rows = runs.map(({ features }) => rowOf(features));
  const outcomes = runs.map(({ success }) => Number(success));
  const precision = bestPrecision(runs, rows, outcomes, columns.size);
  let fit: Ridge | null = null;
  for (const each of PRECISIONS) {
    fit = fitRidge(rows, outcomes, columns.size, each, fit);
    if (each === precision) break;
  }
  const final = fit;
  return (features) => (final === null ? 0.5 : probability(final, rowOf(features)));
}

function bestPrecision(
  runs: readonly Observation[],
  rows: readonly SparseRow[],
  outcomes: readonly number[],
  width: number,
): number {
  const tasks = new Map<string, number>();
  for (const { task } of runs) if (!tasks.has(task)) tasks.set(task, tasks.size % FOLDS);
  const losses = PRECISIONS.map(() => 0);
  for (let fold = 0; fold < Math.min(FOLDS, tasks.size); fold += 1) {
    const isHeld = runs.map(({ task }) => tasks.get(task) === fold);
    const kept = rows.filter((_, run) => isHeld[run] !== true);
    const keptOutcomes = outcomes.filter((_, run) => isHeld[run] !== true);
    let fit: Ridge | null = null;
    for (const [index, precision] of PRECISIONS.entries()) {
      fit = fitRidge(kept, keptOutcomes, width, precision, fit);
      for (const [run, row] of rows.entries()) {
        if (isHeld[run] !== true) continue;
        const p = probability(fit, row);
        losses[index] = (losses[index] ?? 0) - Math.log(outcomes[run] === 1 ? p : 1 - p);
      }
    }
  }
  const least = Math.min(...losses);
  return PRECISIONS[losses.indexOf(least)] ?? 1;
}

/** Kept off 0 and 1, which no data call for. */
function probability({ intercept, coefficients }: Ridge, row: SparseRow): number {
  let score = intercept;
  for (const column of row) score += coefficients[column] ?? 0;
  return Math.min(1 - 1e-6, Math.max(1e-6, 1 / (1 + Math.exp(-score))));
}
