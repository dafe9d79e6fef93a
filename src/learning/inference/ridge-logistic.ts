/** Logistic regression with a normal prior on its coefficients, over features that are there or not. Pure. */

/** Columns that are 1 in a row. */
export type SparseRow = Uint32Array;

export interface Ridge {
  intercept: number;
  coefficients: Float64Array;
}

const SWEEPS = 40;
const PRECISE = 3e-3;
/** Prior precision of the intercept: one outcome of each kind. */
const INTERCEPT_PRECISION = 0.01;
/** No run's curvature is taken below this, so that no step overshoots. */
const LEAST_CURVATURE = 0.05;

/**
 * The coefficients likeliest after the data, by sweeps over the coordinates of Newton's quadratic, drawn anew each
 * sweep (Friedman, Hastie and Tibshirani, J. Statist. Software 33, 2010). A sweep costs the number of ones.
 *
 * @param start where to begin: the fit of a neighbouring precision
 */
export function fitRidge(
  rows: readonly SparseRow[],
  outcomes: readonly number[],
  width: number,
  precision: number,
  start: Ridge | null,
): Ridge {
  const coefficients = Float64Array.from(start?.coefficients ?? new Float64Array(width));
  let intercept = start?.intercept ?? 0;
  const scores = Float64Array.from(rows, (row) =>
    row.reduce((sum, column) => sum + (coefficients[column] ?? 0), intercept),
  );
  const shown = columnsOf(rows, width);
  const all = Uint32Array.from(rows, (_, row) => row);
  const weights = new Float64Array(rows.length);
  const surprises = new Float64Array(rows.length);
  const step = (runs: Uint32Array, current: number, strength: number): number => {
    let [gradient, curvature] = [-strength * current, strength];
    for (const run of runs) {
      gradient += surprises[run] ?? 0;
      curvature += weights[run] ?? 0;
    }
    const change = curvature > 0 ? gradient / curvature : 0;
    for (const run of runs) {
      scores[run] = (scores[run] ?? 0) + change;
      surprises[run] = (surprises[run] ?? 0) - change * (weights[run] ?? 0);
    }
    return change;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const [run, outcome] of outcomes.entries()) {
      const p = 1 / (1 + Math.exp(-(scores[run] ?? 0)));
      surprises[run] = outcome - p;
      weights[run] = Math.max(LEAST_CURVATURE, p * (1 - p));
    }
    let largest = step(all, intercept, INTERCEPT_PRECISION);
    intercept += largest;
    largest = Math.abs(largest);
    for (let column = 0; column < width; column += 1) {
      const runs = shown[column];
      if (runs === undefined || runs.length === 0) continue;
      const change = step(runs, coefficients[column] ?? 0, precision);
      coefficients[column] = (coefficients[column] ?? 0) + change;
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < PRECISE) break;
  }
  return { intercept, coefficients };
}

function columnsOf(rows: readonly SparseRow[], width: number): Uint32Array[] {
  const lists = Array.from({ length: width }, (): number[] => []);
  rows.forEach((row, run) => {
    for (const column of row) lists[column]?.push(run);
  });
  return lists.map((list) => Uint32Array.from(list));
}
