/** Healthy module: moves stock between warehouses and finds what runs low. */
import type { BaseModule } from './base-module.js';

export const inventory: BaseModule = {
  name: 'inventory',
  kind: 'collections',
  about: 'moves stock between warehouses and finds what runs low',
  files: {
    'inventory.mjs': String.raw`import { findStock, replaceStock } from './stock.mjs';

const LOW_STOCK = 5;

export function receive(stock, sku, amount) {
  if (amount <= 0) throw new RangeError('an amount must be positive');
  const entry = findStock(stock, sku) ?? { sku, amount: 0, reserved: 0 };
  return replaceStock(stock, { ...entry, amount: entry.amount + amount });
}

export function available(stock, sku) {
  const entry = findStock(stock, sku);
  if (entry === undefined) return 0;
  return entry.amount - entry.reserved;
}

export function reserve(stock, sku, amount) {
  if (available(stock, sku) < amount) {
    throw new Error('not enough ' + sku);
  }
  const entry = findStock(stock, sku);
  return replaceStock(stock, { ...entry, reserved: entry.reserved + amount });
}

export function runningLow(stock, threshold = LOW_STOCK) {
  return stock
    .filter((entry) => entry.amount - entry.reserved < threshold)
    .map((entry) => entry.sku)
    .sort();
}
`,
    'stock.mjs': String.raw`export function findStock(stock, sku) {
  return stock.find((entry) => entry.sku === sku);
}

export function replaceStock(stock, changed) {
  const others = stock.filter((entry) => entry.sku !== changed.sku);
  return [...others, changed];
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { receive, available, reserve, runningLow } from './inventory.mjs';

const stock = () => [{ sku: 'nut', amount: 10, reserved: 2 }, { sku: 'bolt', amount: 4, reserved: 0 }];

test('received goods add up', () => {
  assert.equal(available(receive(stock(), 'nut', 5), 'nut'), 13);
  assert.equal(available(receive(stock(), 'cog', 1), 'cog'), 1);
  assert.throws(() => receive(stock(), 'nut', 0), RangeError);
});
test('unknown goods are not available', () => {
  assert.equal(available(stock(), 'cog'), 0);
});
test('all that is available can be reserved, not more', () => {
  assert.equal(available(reserve(stock(), 'nut', 8), 'nut'), 0);
  assert.throws(() => reserve(stock(), 'nut', 9), /not enough nut/);
});
test('changes leave the old stock untouched', () => {
  const before = stock();
  receive(before, 'nut', 5);
  reserve(before, 'nut', 1);
  assert.deepEqual(before, stock());
});
test('what runs low is listed by name', () => {
  assert.deepEqual(runningLow(stock()), ['bolt']);
  assert.deepEqual(runningLow(stock(), 9), ['bolt', 'nut']);
  assert.deepEqual(runningLow(stock(), 4), []);
});
`,
};
