import assert from 'node:assert/strict';
import { initials } from '../src/initials.mjs';

// Takes the first letter of each word.
assert.equal(initials('ada king lovelace'), 'AKL');
// Counts letters, not code units.
assert.equal(initials('𝒜da'), '𝒜');
