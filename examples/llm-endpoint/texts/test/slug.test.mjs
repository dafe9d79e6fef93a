import assert from 'node:assert/strict';
import { slug } from '../src/slug.mjs';

// Joins words with hyphens.
assert.equal(slug('Hello, World!'), 'hello-world');
// Drops accents.
assert.equal(slug('Crème brûlée'), 'creme-brulee');
