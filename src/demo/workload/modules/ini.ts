/** Healthy module: reads configuration files with sections. */
import type { BaseModule } from './base-module.js';

export const ini: BaseModule = {
  name: 'ini',
  kind: 'parsing',
  about: 'reads configuration files with sections',
  files: {
    'ini.mjs': String.raw`export function convert(text) {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+$/.test(text)) return Number.parseInt(text, 10);
  return text;
}

export function stripComment(line) {
  const start = line.indexOf('#');
  return (start < 0 ? line : line.slice(0, start)).trim();
}

export function parseIni(text) {
  const result = {};
  let section = result;
  text.split('\n').forEach((raw, index) => {
    const line = stripComment(raw);
    if (line === '') return;
    if (line.startsWith('[') && line.endsWith(']')) {
      const name = line.slice(1, -1);
      result[name] = result[name] ?? {};
      section = result[name];
      return;
    }
    const equals = line.indexOf('=');
    if (equals < 1) throw new SyntaxError('line ' + (index + 1) + ' has no name');
    section[line.slice(0, equals).trim()] = convert(line.slice(equals + 1).trim());
  });
  return result;
}

export function lookup(config, section, name, fallback) {
  return config[section]?.[name] ?? config[name] ?? fallback;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { convert, stripComment, parseIni, lookup } from './ini.mjs';

test('values are converted', () => {
  assert.deepEqual(['true', 'false', '-12', '1a', 'x'].map((text) => convert(text)), [true, false, -12, '1a', 'x']);
});
test('comments go', () => {
  assert.equal(stripComment('a = 1 # one'), 'a = 1');
  assert.equal(stripComment('# all'), '');
  assert.equal(stripComment(' plain '), 'plain');
});
test('sections hold their names', () => {
  const text = 'debug = false\n[server]\nport = 80 # http\n\n[client]\nurl = a=b\n[server]\nhost = x';
  assert.deepEqual(parseIni(text), {
    debug: false, server: { port: 80, host: 'x' }, client: { url: 'a=b' },
  });
});
test('a line without a name is refused', () => {
  assert.throws(() => parseIni('a = 1\n= 2'), /line 2 has no name/);
});
test('look-up falls back to the top, then to the default', () => {
  const config = { retries: 0, level: 'warn', server: { port: 80, level: 'info' } };
  assert.equal(lookup(config, 'server', 'level', 'x'), 'info');
  assert.equal(lookup(config, 'server', 'retries', 9), 0);
  assert.equal(lookup(config, 'none', 'level', 'x'), 'warn');
  assert.equal(lookup(config, 'none', 'port', 8080), 8080);
});
`,
};
