import assert from 'node:assert/strict';
import { discounted } from '../src/coupon.mjs';

// Is never negative.
assert.equal(discounted(1000, 'fr', [{ cents: 5000 }]), 0);
// Takes percentages one after another.
assert.equal(discounted(1000, 'fr', [{ percent: 50 }, { percent: 50 }]), 300);
