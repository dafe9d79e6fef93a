import assert from 'node:assert/strict';
import { shorten } from '../src/shorten.mjs';

// Keeps whole words.
assert.equal(shorten('one two three', 9), 'one two …');
// Leaves short texts alone.
assert.equal(shorten('one', 9), 'one');
