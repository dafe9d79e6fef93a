import assert from 'node:assert/strict';
import { shipping } from '../src/shipping.mjs';

const cart = (net) => [{ net, quantity: 1 }];

// Is free from 50.00 on.
assert.equal(shipping(cart(5000 / 1.2), 'fr'), 0);
// Costs 4.90 below.
assert.equal(shipping(cart(4000), 'fr'), 490);
