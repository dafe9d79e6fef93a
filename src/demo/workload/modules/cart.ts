/** Healthy module: adds up a shopping cart with discounts, tax and shipping. */
import type { BaseModule } from './base-module.js';

export const cart: BaseModule = {
  name: 'cart',
  kind: 'numbers',
  about: 'adds up a shopping cart with discounts, tax and shipping',
  files: {
    'cart.mjs': String.raw`import { roundTo, percentOf } from './money.mjs';

const FREE_SHIPPING_FROM = 50;
const SHIPPING = 4.9;

export function subtotal(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price * (item.quantity ?? 1);
  }
  return roundTo(sum, 2);
}

export function discount(amount, rate) {
  if (rate < 0 || rate > 100) {
    throw new RangeError('discount rate must be between 0 and 100');
  }
  return roundTo(percentOf(amount, rate), 2);
}

export function shipping(amount) {
  return amount >= FREE_SHIPPING_FROM ? 0 : SHIPPING;
}

export function total(items, options = {}) {
  const before = subtotal(items);
  const reduced = before - discount(before, options.discountRate ?? 0);
  const tax = percentOf(reduced, options.taxRate ?? 20);
  return roundTo(reduced + tax + shipping(reduced), 2);
}
`,
    'money.mjs': String.raw`export function roundTo(value, digits) {
  const factor = 10 ** digits;
  return Math.round((value + Number.EPSILON) * factor) / factor;
}

export function percentOf(amount, percent) {
  return (amount * percent) / 100;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { subtotal, discount, shipping, total } from './cart.mjs';

test('subtotal multiplies price and quantity', () => {
  assert.equal(subtotal([{ price: 2.5, quantity: 4 }, { price: 1.1, quantity: 2 }]), 12.2);
});
test('subtotal counts one piece when the quantity is missing, none when it is 0', () => {
  assert.equal(subtotal([{ price: 3 }, { price: 9, quantity: 0 }]), 3);
});
test('discount is a percentage within 0 and 100', () => {
  assert.equal(discount(80, 25), 20);
  assert.equal(discount(80, 100), 80);
  assert.equal(discount(80, 0), 0);
  assert.throws(() => discount(80, 101), RangeError);
  assert.throws(() => discount(80, -1), RangeError);
});
test('shipping is free from 50 on', () => {
  assert.equal(shipping(50), 0);
  assert.equal(shipping(49.99), 4.9);
});
test('total applies discount, tax and shipping', () => {
  assert.equal(total([{ price: 10, quantity: 2 }]), 28.9);
  assert.equal(total([{ price: 100 }], { discountRate: 10, taxRate: 10 }), 99);
  assert.equal(total([{ price: 100 }], { taxRate: 0 }), 100);
});
`,
};
