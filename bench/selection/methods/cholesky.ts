import type { Uniform } from '../../../src/evidence/random.js';
import { normal } from '../draws.js';

/** The lower triangle whose square is the matrix (Golub and Van Loan, Matrix Computations, 4th ed., 4.2). */
export function choleskyOf(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let column = 0; column < size; column++)
    for (let row = column; row < size; row++) {
      let sum = matrix[row * size + column] ?? 0;
      for (let k = 0; k < column; k++) sum -= (lower[row * size + k] ?? 0) * (lower[column * size + k] ?? 0);
      // Rounding may leave a pivot of 0.
      lower[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (lower[column * size + column] ?? 1);
    }
  return lower;
}

/** A draw from the normal distribution of such means and covariance, its deviations from the means scaled. */
export function jointDraw(
  mean: readonly number[],
  lower: Float64Array,
  scale: number,
  uniform: Uniform,
): number[] {
  const draws = mean.map(() => normal(uniform));
  return mean.map((value, row) => {
    let sum = 0;
    for (let k = 0; k <= row; k++) sum += (lower[row * mean.length + k] ?? 0) * (draws[k] ?? 0);
    return value + scale * sum;
  });
}
