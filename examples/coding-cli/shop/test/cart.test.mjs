import assert from 'node:assert/strict';
import { total } from '../src/cart.mjs';

// Counts quantities.
assert.equal(total([{ net: 1000, quantity: 3 }], 'fr'), 3600);
// An empty cart costs nothing.
assert.equal(total([], 'de'), 0);
