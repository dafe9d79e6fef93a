/** Healthy module: checks sign-up forms field by field. */
import type { BaseModule } from './base-module.js';

export const validation: BaseModule = {
  name: 'validation',
  kind: 'parsing',
  about: 'checks sign-up forms field by field',
  files: {
    'validation.mjs': String.raw`const MIN_LENGTH = 8;
const MIN_AGE = 18;

export function checkPassword(password) {
  const problems = [];
  if (password.length < MIN_LENGTH) problems.push('too short');
  if (!/[0-9]/.test(password)) problems.push('needs a digit');
  if (password.toLowerCase() === password) problems.push('needs a capital');
  return problems;
}

export function checkEmail(email) {
  const [name, domain, ...more] = email.split('@');
  if (more.length > 0 || domain === undefined) return ['not an address'];
  if (name.length === 0 || !domain.includes('.')) return ['not an address'];
  return [];
}

export function checkAge(age) {
  if (!Number.isInteger(age) || age < 0) return ['not an age'];
  return age >= MIN_AGE ? [] : ['too young'];
}

const CHECKS = { password: checkPassword, email: checkEmail, age: checkAge };

export function validate(form) {
  const problems = {};
  for (const [field, check] of Object.entries(CHECKS)) {
    const found = form[field] === undefined ? ['missing'] : check(form[field]);
    if (found.length > 0) problems[field] = found;
  }
  return { valid: Object.keys(problems).length === 0, problems };
}

export function summary(result) {
  if (result.valid) return 'all fine';
  return Object.entries(result.problems)
    .map(([field, problems]) => {
      return field + ': ' + problems.join(', ');
    })
    .join('; ');
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { checkPassword, checkEmail, checkAge, validate, summary } from './validation.mjs';

test('passwords', () => {
  assert.deepEqual(checkPassword('Secret77'), []);
  assert.deepEqual(checkPassword('Short7'), ['too short']);
  assert.deepEqual(checkPassword('longenough'), ['needs a digit', 'needs a capital']);
});
test('addresses', () => {
  assert.deepEqual(checkEmail('ann@example.org'), []);
  for (const wrong of ['ann', '@example.org', 'ann@example', 'a@b@c.org']) {
    assert.deepEqual(checkEmail(wrong), ['not an address']);
  }
});
test('ages', () => {
  assert.deepEqual(checkAge(18), []);
  assert.deepEqual(checkAge(17), ['too young']);
  assert.deepEqual(checkAge(0), ['too young']);
  assert.deepEqual(checkAge(-1), ['not an age']);
  assert.deepEqual(checkAge(20.5), ['not an age']);
});
test('a whole form', () => {
  assert.deepEqual(validate({ password: 'Secret77', email: 'a@b.org', age: 30 }), { valid: true, problems: {} });
  assert.deepEqual(validate({ password: 'Secret77', age: 3 }).problems, { email: ['missing'], age: ['too young'] });
});
test('a summary for people', () => {
  assert.equal(summary({ valid: true, problems: {} }), 'all fine');
  assert.equal(summary({ valid: false, problems: { a: ['x', 'y'], b: ['z'] } }), 'a: x, y; b: z');
});
`,
};
