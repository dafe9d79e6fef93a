/** Healthy module: plans the monthly rates of a loan. */
import type { BaseModule } from './base-module.js';

export const loan: BaseModule = {
  name: 'loan',
  kind: 'numbers',
  about: 'plans the monthly rates of a loan',
  files: {
    'loan.mjs': String.raw`import { roundTo } from './round.mjs';

export function monthlyRate(principal, yearlyPercent, months) {
  if (months <= 0) {
    throw new RangeError('a loan needs at least one month');
  }
  const rate = yearlyPercent / 100 / 12;
  if (rate === 0) return roundTo(principal / months, 2);
  return roundTo((principal * rate) / (1 - (1 + rate) ** -months), 2);
}

export function schedule(principal, yearlyPercent, months) {
  const payment = monthlyRate(principal, yearlyPercent, months);
  const rows = [];
  let balance = principal;
  for (let month = 1; month <= months; month += 1) {
    const interest = roundTo((balance * yearlyPercent) / 1200, 2);
    const due = month === months ? roundTo(balance + interest, 2) : payment;
    balance = roundTo(balance + interest - due, 2);
    rows.push({ month, interest, due, balance });
  }
  return rows;
}

export function totalInterest(rows) {
  return roundTo(rows.reduce((sum, row) => sum + row.interest, 0), 2);
}
`,
    'round.mjs': String.raw`export function roundTo(value, digits) {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { monthlyRate, schedule, totalInterest } from './loan.mjs';

test('rate with interest', () => {
  assert.equal(monthlyRate(1000, 12, 12), 88.85);
});
test('rate without interest', () => {
  assert.equal(monthlyRate(1200, 0, 12), 100);
});
test('a loan over no months is refused', () => {
  assert.throws(() => monthlyRate(1000, 5, 0), RangeError);
  assert.equal(monthlyRate(500, 0, 1), 500);
});
test('the schedule ends with nothing left', () => {
  const rows = schedule(300, 12, 3);
  assert.equal(rows.length, 3);
  assert.deepEqual(rows[0], { month: 1, interest: 3, due: 102.01, balance: 200.99 });
  assert.equal(rows[2].balance, 0);
});
test('interest adds up over the months', () => {
  assert.equal(totalInterest([{ interest: 1.1 }, { interest: 2.25 }]), 3.35);
});
`,
};
