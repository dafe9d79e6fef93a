/** Healthy module: fills placeholders in message templates. */
import type { BaseModule } from './base-module.js';

export const template: BaseModule = {
  name: 'template',
  kind: 'text',
  about: 'fills placeholders in message templates',
  files: {
    'template.mjs': String.raw`import { escapeHtml, readPath } from './template-helpers.mjs';

const FILTERS = {
  upper: (value) => value.toUpperCase(),
  trim: (value) => value.trim(),
  first: (value) => value.slice(0, 1),
};

export function render(template, data, options = {}) {
  const fallback = options.fallback ?? '?';
  return template.replace(/\{\{(.*?)\}\}/g, (_, expression) => {
    const [path, ...filters] = expression.split('|').map((part) => part.trim());
    const value = readPath(data, path);
    if (value === undefined || value === null) return fallback;
    const text = applyFilters(String(value), filters);
    return options.html === true ? escapeHtml(text) : text;
  });
}

function applyFilters(text, names) {
  return names.reduce((current, name) => {
    const filter = FILTERS[name];
    if (filter === undefined) throw new Error('unknown filter ' + name);
    return filter(current);
  }, text);
}

export function placeholders(template) {
  return [...template.matchAll(/\{\{(.*?)\}\}/g)].map((match) => match[1].split('|')[0].trim());
}
`,
    'template-helpers.mjs': String.raw`const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
}

export function readPath(data, path) {
  return path.split('.').reduce((value, key) => value?.[key], data);
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { render, placeholders } from './template.mjs';

test('placeholders are filled from nested data', () => {
  assert.equal(render('Hi {{ user.name }}!', { user: { name: 'Ann' } }), 'Hi Ann!');
  assert.equal(render('{{count}} new', { count: 0 }), '0 new');
});
test('missing values get the fallback', () => {
  assert.equal(render('Hi {{name}}', {}), 'Hi ?');
  assert.equal(render('Hi {{name}}', { name: null }, { fallback: '' }), 'Hi ');
});
test('filters apply from left to right', () => {
  assert.equal(render('{{ name | trim | first | upper }}', { name: '  bob' }), 'B');
  assert.throws(() => render('{{ name | shout }}', { name: 'x' }), /unknown filter shout/);
});
test('html is escaped on demand only', () => {
  assert.equal(render('{{x}}', { x: '<b>' }, { html: true }), '&lt;b&gt;');
  assert.equal(render('{{x}}', { x: '<b>' }), '<b>');
});
test('lists its placeholders', () => {
  assert.deepEqual(placeholders('{{ a }} and {{ b.c | upper }}'), ['a', 'b.c']);
});
`,
};
