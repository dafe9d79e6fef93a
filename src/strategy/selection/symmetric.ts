/** Inverse of a symmetric positive definite matrix. */

/**
 * Inverts by Cholesky's decomposition (Golub and Van Loan, Matrix Computations, 4th ed., 4.2).
 *
 * @param matrix row by row, `size` x `size`; the lower triangle is read
 */
export function invertPositiveDefinite(matrix: Float64Array, size: number): Float64Array {
  const lower = choleskyOf(matrix, size);
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    inverse[column * size + column] = 1 / at(lower, column * size + column);
    for (let row = column + 1; row < size; row++) {
      let sum = 0;
      for (let k = column; k < row; k++) sum -= at(lower, row * size + k) * at(inverse, k * size + column);
      inverse[row * size + column] = sum / at(lower, row * size + row);
    }
  }
  const result = new Float64Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = row; k < size; k++) sum += at(inverse, k * size + row) * at(inverse, k * size + column);
      result[row * size + column] = sum;
      result[column * size + row] = sum;
    }
  return result;
}

function choleskyOf(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let column = 0; column < size; column++)
    for (let row = column; row < size; row++) {
      let sum = at(matrix, row * size + column);
      for (let k = 0; k < column; k++) sum -= at(lower, row * size + k) * at(lower, column * size + k);
      // Rounding may leave a pivot of 0 where two plans' evidence is all but the same.
      lower[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(lower, column * size + column);
    }
  return lower;
}

/** The element; 0 outside. */
export const at = (values: Float64Array, index: number): number => values[index] ?? 0;
