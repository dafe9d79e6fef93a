/** Healthy module: reads and writes CSV with quoted fields. */
import type { BaseModule } from './base-module.js';

export const csv: BaseModule = {
  name: 'csv',
  kind: 'parsing',
  about: 'reads and writes CSV with quoted fields',
  files: {
    'csv.mjs': String.raw`export function parseLine(line, separator = ',') {
  const fields = [];
  let field = '';
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const letter = line[index];
    if (letter === '"') {
      if (quoted && line[index + 1] === '"') {
        field += '"';
        index += 1;
      } else {
        quoted = !quoted;
      }
    } else if (letter === separator && !quoted) {
      fields.push(field);
      field = '';
    } else {
      field += letter;
    }
  }
  fields.push(field);
  return fields;
}

export function parseCsv(text, separator = ',') {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const header = parseLine(lines[0], separator);
  return lines.slice(1).map((line) => {
    const values = parseLine(line, separator);
    return Object.fromEntries(header.map((name, index) => [name, values[index] ?? '']));
  });
}

export function formatField(value) {
  const text = String(value);
  if (!/[",\n]/.test(text)) return text;
  return '"' + text.replaceAll('"', '""') + '"';
}

export function formatCsv(records) {
  const header = Object.keys(records[0]);
  const rows = records.map((record) => header.map((name) => formatField(record[name])).join(','));
  return [header.join(','), ...rows].join('\n');
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseLine, parseCsv, formatField, formatCsv } from './csv.mjs';

test('plain and empty fields', () => {
  assert.deepEqual(parseLine('a,,b'), ['a', '', 'b']);
  assert.deepEqual(parseLine('a;b', ';'), ['a', 'b']);
});
test('quoted fields hold separators and quotes', () => {
  assert.deepEqual(parseLine('"a,b",c'), ['a,b', 'c']);
  assert.deepEqual(parseLine('"say ""hi""",x'), ['say "hi"', 'x']);
});
test('records have the names of the header', () => {
  assert.deepEqual(parseCsv('id,name\n1,Ann\n\n2\n'), [{ id: '1', name: 'Ann' }, { id: '2', name: '' }]);
  assert.deepEqual(parseCsv('a;b\n1;2', ';'), [{ a: '1', b: '2' }]);
});
test('fields are quoted when they must be', () => {
  assert.equal(formatField('a"b'), '"a""b"');
  assert.equal(formatField(12), '12');
});
test('writes what it can read', () => {
  const records = [{ a: 'x,y', b: '1' }, { a: 'z', b: '2' }];
  assert.equal(formatCsv(records), 'a,b\n"x,y",1\nz,2');
  assert.deepEqual(parseCsv(formatCsv(records)), records);
});
`,
};
