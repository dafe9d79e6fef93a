import assert from 'node:assert/strict';
import { gross } from '../src/price.mjs';

// Rounds to the nearest cent.
assert.equal(gross(999, 'de'), 1189);
// Leaves whole cents alone.
assert.equal(gross(1000, 'fr'), 1200);
