/** Healthy module: wraps, pads and justifies text to a width. */
import type { BaseModule } from './base-module.js';

export const wrap: BaseModule = {
  name: 'wrap',
  kind: 'text',
  about: 'wraps, pads and justifies text to a width',
  files: {
    'wrap.mjs': String.raw`export function wrapWords(text, width) {
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : line + ' ' + word;
    if (longer.length <= width || line === '') {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

export function center(text, width, fill = ' ') {
  const space = width - text.length;
  if (space <= 0) return text;
  const left = Math.floor(space / 2);
  return fill.repeat(left) + text + fill.repeat(space - left);
}

export function justify(words, width) {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const gaps = words.length - 1;
  if (gaps === 0) return words[0].padEnd(width);
  const spaces = width - letters;
  let line = words[0];
  for (let index = 1; index < words.length; index += 1) {
    const extra = index <= spaces % gaps ? 1 : 0;
    line += ' '.repeat(Math.floor(spaces / gaps) + extra) + words[index];
  }
  return line;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { wrapWords, center, justify } from './wrap.mjs';

test('lines are as long as they may be', () => {
  assert.deepEqual(wrapWords('the quick brown fox', 9), ['the quick', 'brown fox']);
  assert.deepEqual(wrapWords('a bb ccc', 4), ['a bb', 'ccc']);
});
test('a word longer than the width has its own line', () => {
  assert.deepEqual(wrapWords('an incredible day', 5), ['an', 'incredible', 'day']);
  assert.deepEqual(wrapWords('', 5), []);
});
test('center puts the odd space to the right', () => {
  assert.equal(center('ab', 5, '.'), '.ab..');
  assert.equal(center('abc', 3), 'abc');
  assert.equal(center('x', 3), ' x ');
});
test('justify fills the width exactly', () => {
  assert.equal(justify(['to', 'be', 'or'], 11), 'to   be  or');
  assert.equal(justify(['solo'], 6), 'solo  ');
});
`,
};
