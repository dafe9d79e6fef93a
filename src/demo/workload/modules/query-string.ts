/** Healthy module: parses and builds query strings. */
import type { BaseModule } from './base-module.js';

export const queryString: BaseModule = {
  name: 'query-string',
  kind: 'parsing',
  about: 'parses and builds query strings',
  files: {
    'query-string.mjs': String.raw`import { decode, encode } from './encoding.mjs';

export function parseQuery(text) {
  const query = {};
  const start = text.indexOf('?');
  const body = start >= 0 ? text.slice(start + 1) : text;
  for (const pair of body.split('&')) {
    if (pair === '') continue;
    const [name, ...rest] = pair.split('=');
    const key = decode(name);
    const value = rest.length === 0 ? true : decode(rest.join('='));
    if (query[key] === undefined) {
      query[key] = value;
    } else {
      query[key] = [query[key], value].flat();
    }
  }
  return query;
}

export function buildQuery(query) {
  return Object.keys(query)
    .sort()
    .flatMap((key) => {
      return [query[key]].flat().map((value) => (value === true ? encode(key) : encode(key) + '=' + encode(value)));
    })
    .join('&');
}

export function withParam(url, name, value) {
  const [path, text = ''] = url.split('?');
  const query = { ...parseQuery(text), [name]: value };
  return path + '?' + buildQuery(query);
}
`,
    'encoding.mjs': String.raw`export function decode(text) {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

export function encode(value) {
  return encodeURIComponent(String(value)).replaceAll('%20', '+');
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseQuery, buildQuery, withParam } from './query-string.mjs';

test('names and values are decoded', () => {
  assert.deepEqual(parseQuery('?q=red+shoes&size=4%2B'), { q: 'red shoes', size: '4+' });
  assert.deepEqual(parseQuery('a=1=2'), { a: '1=2' });
  assert.deepEqual(parseQuery('/path?x=1&&y'), { x: '1', y: true });
});
test('repeated names become lists', () => {
  assert.deepEqual(parseQuery('a=1&a=2&a=3'), { a: ['1', '2', '3'] });
});
test('built in the order of names', () => {
  assert.equal(buildQuery({ z: 1, a: 'b c', flag: true }), 'a=b+c&flag&z=1');
  assert.equal(buildQuery({ id: [1, 2] }), 'id=1&id=2');
});
test('a parameter is set in a URL', () => {
  assert.equal(withParam('/list?page=1', 'page', 2), '/list?page=2');
  assert.equal(withParam('/list', 'page', 2), '/list?page=2');
});
`,
};
