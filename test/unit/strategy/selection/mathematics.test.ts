import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { cumulative } from '../../../../src/strategy/selection/normal.js';
import { invertPositiveDefinite } from '../../../../src/strategy/selection/symmetric.js';

describe('the inverse of a symmetric matrix', () => {
  it('gives the identity when multiplied by the matrix', () => {
    const uniform = seededUniform('matrix');
    const size = 6;
    const root = Array.from({ length: size * size }, () => uniform() - 0.5);
    const element = (row: number, column: number): number =>
      Array.from(
        { length: size },
        (_, k) => (root[row * size + k] ?? 0) * (root[column * size + k] ?? 0),
      ).reduce((sum, product) => sum + product, row === column ? 0.1 : 0);
    const matrix = Float64Array.from({ length: size * size }, (_, i) =>
      element(Math.floor(i / size), i % size),
    );
    const inverse = invertPositiveDefinite(matrix, size);
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        let sum = 0;
        for (let k = 0; k < size; k++)
          sum += (matrix[row * size + k] ?? 0) * (inverse[k * size + column] ?? 0);
        expect(sum).toBeCloseTo(row === column ? 1 : 0, 8);
      }
  });
});

describe('the normal distribution', () => {
  it('has the quantiles of the tables', () => {
    expect(cumulative(1.959964)).toBeCloseTo(0.975, 6);
    expect(cumulative(-1)).toBeCloseTo(0.158655, 6);
  });
});
