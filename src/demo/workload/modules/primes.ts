/** Healthy module: sieves primes, factorises and finds common divisors. */
import type { BaseModule } from './base-module.js';

export const primes: BaseModule = {
  name: 'primes',
  kind: 'numbers',
  about: 'sieves primes, factorises and finds common divisors',
  files: {
    'primes.mjs': String.raw`export function primesUpTo(limit) {
  const composite = new Set();
  const primes = [];
  for (let candidate = 2; candidate <= limit; candidate += 1) {
    if (composite.has(candidate)) continue;
    primes.push(candidate);
    for (let multiple = candidate * candidate; multiple <= limit; multiple += candidate) {
      composite.add(multiple);
    }
  }
  return primes;
}

export function factorise(number) {
  const factors = [];
  let rest = number;
  for (let divisor = 2; divisor * divisor <= rest; divisor += 1) {
    while (rest % divisor === 0) {
      factors.push(divisor);
      rest = rest / divisor;
    }
  }
  if (rest > 1) factors.push(rest);
  return factors;
}

export function gcd(a, b) {
  if (b === 0) return Math.abs(a);
  return gcd(b, a % b);
}

export function lcm(a, b) {
  if (a === 0 || b === 0) return 0;
  return Math.abs(a * b) / gcd(a, b);
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { primesUpTo, factorise, gcd, lcm } from './primes.mjs';

test('primes up to and with the limit', () => {
  assert.deepEqual(primesUpTo(13), [2, 3, 5, 7, 11, 13]);
  assert.deepEqual(primesUpTo(25), [2, 3, 5, 7, 11, 13, 17, 19, 23]);
  assert.deepEqual(primesUpTo(1), []);
});
test('factors in rising order', () => {
  assert.deepEqual(factorise(60), [2, 2, 3, 5]);
  assert.deepEqual(factorise(49), [7, 7]);
  assert.deepEqual(factorise(13), [13]);
  assert.deepEqual(factorise(1), []);
});
test('greatest common divisor', () => {
  assert.equal(gcd(84, 36), 12);
  assert.equal(gcd(5, 0), 5);
  assert.equal(gcd(-4, 0), 4);
});
test('least common multiple', () => {
  assert.equal(lcm(4, 6), 12);
  assert.equal(lcm(0, 6), 0);
  assert.equal(lcm(6, 0), 0);
});
`,
};
