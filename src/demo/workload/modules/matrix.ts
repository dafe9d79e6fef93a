/** Healthy module: multiplies, transposes and powers small matrices. */
import type { BaseModule } from './base-module.js';

export const matrix: BaseModule = {
  name: 'matrix',
  kind: 'numbers',
  about: 'multiplies, transposes and powers small matrices',
  files: {
    'matrix.mjs': String.raw`export function identity(size) {
  const rows = [];
  for (let row = 0; row < size; row += 1) {
    rows.push(Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)));
  }
  return rows;
}

export function transpose(matrix) {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

export function multiply(left, right) {
  if (left[0].length !== right.length) {
    throw new RangeError('the sizes of the matrices do not fit');
  }
  const columns = transpose(right);
  return left.map((row) => columns.map((column) => dot(row, column)));
}

function dot(a, b) {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    sum += a[index] * b[index];
  }
  return sum;
}

export function power(matrix, exponent) {
  let result = identity(matrix.length);
  for (let step = 0; step < exponent; step += 1) {
    result = multiply(result, matrix);
  }
  return result;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { identity, transpose, multiply, power } from './matrix.mjs';

test('identity has ones on its diagonal', () => {
  assert.deepEqual(identity(2), [[1, 0], [0, 1]]);
});
test('transpose swaps rows and columns', () => {
  assert.deepEqual(transpose([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]]);
});
test('multiply follows the order of its arguments', () => {
  assert.deepEqual(multiply([[1, 2], [3, 4]], [[0, 1], [1, 0]]), [[2, 1], [4, 3]]);
  assert.deepEqual(multiply([[1, 2, 3]], [[1], [2], [3]]), [[14]]);
});
test('multiply refuses sizes that do not fit', () => {
  assert.throws(() => multiply([[1, 2]], [[1, 2]]), RangeError);
});
test('power multiplies repeatedly', () => {
  assert.deepEqual(power([[1, 1], [1, 0]], 5), [[8, 5], [5, 3]]);
  assert.deepEqual(power([[2, 0], [0, 3]], 0), [[1, 0], [0, 1]]);
});
`,
};
