import assert from 'node:assert/strict';
import { indent } from '../src/indent.mjs';

// Indents every line.
assert.equal(indent('a\nb', 2), '  a\n  b');
// Leaves blank lines blank.
assert.equal(indent('a\n\nb', 2), '  a\n\n  b');
