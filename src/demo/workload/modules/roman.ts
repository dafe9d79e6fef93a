/** Healthy module: converts roman numerals. */
import type { BaseModule } from './base-module.js';

export const roman: BaseModule = {
  name: 'roman',
  kind: 'text',
  about: 'converts roman numerals',
  files: {
    'roman.mjs': String.raw`const NUMERALS = [
  ['M', 1000], ['CM', 900], ['D', 500], ['CD', 400], ['C', 100], ['XC', 90],
  ['L', 50], ['XL', 40], ['X', 10], ['IX', 9], ['V', 5], ['IV', 4], ['I', 1],
];

export function toRoman(number) {
  if (!Number.isInteger(number) || number < 1 || number > 3999) {
    throw new RangeError('only whole numbers from 1 to 3999 can be written');
  }
  let rest = number;
  let text = '';
  for (const [letters, value] of NUMERALS) {
    while (rest >= value) {
      text += letters;
      rest -= value;
    }
  }
  return text;
}

function valueOf(letter) {
  const entry = NUMERALS.find(([letters]) => letters === letter);
  if (entry === undefined) throw new TypeError('not a numeral: ' + letter);
  return entry[1];
}

export function fromRoman(text) {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) {
    const value = valueOf(text[index]);
    const next = index + 1 < text.length ? valueOf(text[index + 1]) : 0;
    sum += value < next ? -value : value;
  }
  return sum;
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { toRoman, fromRoman } from './roman.mjs';

test('numbers become numerals', () => {
  assert.equal(toRoman(1), 'I');
  assert.equal(toRoman(1994), 'MCMXCIV');
  assert.equal(toRoman(3999), 'MMMCMXCIX');
});
test('numbers out of range are refused', () => {
  assert.throws(() => toRoman(0), RangeError);
  assert.throws(() => toRoman(4000), RangeError);
  assert.throws(() => toRoman(1.5), RangeError);
});
test('numerals become numbers', () => {
  assert.equal(fromRoman('XIV'), 14);
  assert.equal(fromRoman('MCMXCIV'), 1994);
  assert.equal(fromRoman('III'), 3);
});
test('other letters are refused', () => {
  assert.throws(() => fromRoman('XAX'), TypeError);
});
`,
};
