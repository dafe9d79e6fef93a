import fc from 'fast-check';
import { BSON } from 'mongodb';
import { expect, it } from 'vitest';
import { DocumentCache } from '../../../src/retrieval/document-cache.js';

it('holds what was put last, whatever was put and removed before, in bounded memory', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.record({ key, size: fc.nat(40_000), gone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const cache = new DocumentCache();
      const expected = new Map<string, string>();
      for (const [number, { key, size, gone }] of steps.entries()) {
        if (gone) {
          cache.delete(key);
          expected.delete(key);
        } else {
          const filling = `${number}:${'x'.repeat(size)}`;
          cache.set(key, BSON.serialize({ _id: key, filling }));
          expected.set(key, filling);
        }
        expect(cache.size).toBe(expected.size);
        for (const [held, filling] of expected) expect(cache.get(held)).toEqual({ _id: held, filling });
        // Four documents of 40 KB, as much again that is dead, and the buffer that is being filled.
        expect(cache.bytes).toBeLessThan(4 * 2 * 40_100 + 2 * 200_000);
      }
      expect([...cache.keys()].sort()).toEqual([...expected.keys()].sort());
    }),
    { numRuns: 50 },
  );
});

it('takes documents larger than a buffer, and knows whether it holds exactly these bytes', () => {
  const cache = new DocumentCache();
  const large = BSON.serialize({ _id: 'large', filling: 'x'.repeat(3_000_000) });
  cache.set('large', large);
  cache.set('small', BSON.serialize({ _id: 'small', at: new Date(5) }));
  expect(cache.get('large')).toHaveProperty('filling.length', 3_000_000);
  expect(cache.get('small')).toEqual({ _id: 'small', at: new Date(5) });
  expect(cache.holds('large', large)).toBe(true);
  expect(cache.holds('small', large)).toBe(false);
  expect(cache.holds('none', large)).toBe(false);
  expect(cache.get('none')).toBeUndefined();
});

it('gives back what thousands of changes leave behind', () => {
  const cache = new DocumentCache();
  for (let number = 0; number < 50_000; number += 1)
    cache.set(
      `${number % 100}`,
      BSON.serialize({ _id: `${number % 100}`, number, filling: 'x'.repeat(1_000) }),
    );
  expect(cache.size).toBe(100);
  expect(cache.bytes).toBeLessThan(2_000_000);
  expect(cache.get('99')).toMatchObject({ number: 49_999 });
});
