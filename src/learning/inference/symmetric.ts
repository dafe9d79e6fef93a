/** Small symmetric matrices, as rows one after the other. Pure. */

/** Inverse of a positive definite matrix, by Gauss and Jordan's elimination, which such a matrix needs no pivots for. */
export function inverse(matrix: Float64Array, size: number): Float64Array {
  const left = Float64Array.from(matrix);
  const right = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) right[row * size + row] = 1;
  for (let pivot = 0; pivot < size; pivot += 1) {
    const scale = 1 / (left[pivot * size + pivot] ?? 1);
    for (let column = 0; column < size; column += 1) {
      left[pivot * size + column] = (left[pivot * size + column] ?? 0) * scale;
      right[pivot * size + column] = (right[pivot * size + column] ?? 0) * scale;
    }
    for (let row = 0; row < size; row += 1) {
      if (row === pivot) continue;
      const factor = left[row * size + pivot] ?? 0;
      if (factor === 0) continue;
      for (let column = 0; column < size; column += 1) {
        left[row * size + column] =
          (left[row * size + column] ?? 0) - factor * (left[pivot * size + column] ?? 0);
        right[row * size + column] =
          (right[row * size + column] ?? 0) - factor * (right[pivot * size + column] ?? 0);
      }
    }
  }
  return right;
}

/** The vector times the matrix. */
export function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let sum = 0;
    for (let column = 0; column < size; column += 1)
      sum += (matrix[row * size + column] ?? 0) * (vector[column] ?? 0);
    product[row] = sum;
  }
  return product;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
