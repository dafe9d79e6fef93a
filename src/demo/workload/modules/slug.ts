/** Healthy module: makes unique URL slugs from titles. */
import type { BaseModule } from './base-module.js';

export const slug: BaseModule = {
  name: 'slug',
  kind: 'text',
  about: 'makes unique URL slugs from titles',
  files: {
    'slug.mjs': String.raw`const MAX_LENGTH = 24;

export function slugify(title, maxLength = MAX_LENGTH) {
  const plain = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return trimDashes(cut(trimDashes(plain), maxLength));
}

function trimDashes(text) {
  return text.replace(/^-+/, '').replace(/-+$/, '');
}

function cut(text, length) {
  if (text.length <= length) return text;
  const end = text.lastIndexOf('-', length);
  return text.slice(0, end > 0 ? end : length);
}

export function uniqueSlug(title, taken) {
  const base = slugify(title);
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(base + '-' + number)) {
    number += 1;
  }
  return base + '-' + number;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { slugify, uniqueSlug } from './slug.mjs';

test('letters and digits stay, the rest becomes dashes', () => {
  assert.equal(slugify('  Crème Brûlée & 2 Spoons! '), 'creme-brulee-2-spoons');
});
test('long titles are cut between words', () => {
  assert.equal(slugify('one two three', 9), 'one-two');
  assert.equal(slugify('one two', 7), 'one-two');
  assert.equal(slugify('abcdefghij', 4), 'abcd');
  assert.equal(slugify('a title that is rather too long'), 'a-title-that-is-rather');
});
test('a taken slug gets the next free number', () => {
  assert.equal(uniqueSlug('New post', []), 'new-post');
  assert.equal(uniqueSlug('New post', ['new-post']), 'new-post-2');
  assert.equal(uniqueSlug('New post', ['new-post', 'new-post-2']), 'new-post-3');
});
`,
};
