/** Healthy module: evaluates arithmetic written as text. */
import type { BaseModule } from './base-module.js';

export const calculator: BaseModule = {
  name: 'calculator',
  kind: 'parsing',
  about: 'evaluates arithmetic written as text',
  files: {
    'calculator.mjs': String.raw`export function tokenize(text) {
  const tokens = text.match(/\d+(\.\d+)?|[-+*/()]/g) ?? [];
  return tokens.map((token) => (/\d/.test(token) ? Number(token) : token));
}

export function evaluate(text) {
  const tokens = tokenize(text);
  let position = 0;

  function factor() {
    const token = tokens[position];
    position += 1;
    if (token === '-') return -factor();
    if (token === '(') {
      const value = sum();
      position += 1;
      return value;
    }
    if (typeof token !== 'number') throw new SyntaxError('a number is missing');
    return token;
  }

  function product() {
    let value = factor();
    while (tokens[position] === '*' || tokens[position] === '/') {
      const operator = tokens[position];
      position += 1;
      const right = factor();
      value = operator === '*' ? value * right : value / right;
    }
    return value;
  }

  function sum() {
    let value = product();
    while (tokens[position] === '+' || tokens[position] === '-') {
      const operator = tokens[position];
      position += 1;
      const right = product();
      value = operator === '+' ? value + right : value - right;
    }
    return value;
  }

  const result = sum();
  if (position < tokens.length) throw new SyntaxError('unexpected ' + tokens[position]);
  return result;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { tokenize, evaluate } from './calculator.mjs';

test('numbers and signs become tokens', () => {
  assert.deepEqual(tokenize('1.5+(2*3)'), [1.5, '+', '(', 2, '*', 3, ')']);
});
test('products bind tighter than sums', () => {
  assert.equal(evaluate('1 + 2 * 3'), 7);
  assert.equal(evaluate('8 / 4 / 2'), 1);
  assert.equal(evaluate('10 - 4 - 3'), 3);
});
test('brackets and signs', () => {
  assert.equal(evaluate('(1 + 2) * 3'), 9);
  assert.equal(evaluate('-(2 - 5) * 2'), 6);
});
test('wrong input is refused', () => {
  assert.throws(() => evaluate('2 +'), /a number is missing/);
  assert.throws(() => evaluate('2 3'), /unexpected 3/);
});
`,
};
