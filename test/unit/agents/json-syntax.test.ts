import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonSyntaxError } from '../../../src/shared/json-syntax.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it('agrees with the JSON parser on damaged texts', () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.nat(2), fc.constantFrom(',', '}', '"', '0', ' ', '\n', ':', '\\', '-'))
    .map(([text, at, cut, put]) => {
      const offset = at % (text.length + 1);
      return text.slice(0, offset) + put + text.slice(offset + cut);
    });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.json(), fc.string()), (text) => {
      expect(jsonSyntaxError(text) === null).toBe(isJson(text));
    }),
    { numRuns: 2_000 },
  );
});

it('says where and what', () => {
  expect(jsonSyntaxError('{\n "a": [1 2]}')).toEqual({
    line: 2,
    column: 10,
    found: '2]}',
    allowed: '"," or "]"',
  });
});
