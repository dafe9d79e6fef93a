import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pack, unpack } from '../../../src/retrieval/vectors.js';

it('vectors come back as they were, but for a hair', () => {
  const part = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.array(part, { minLength: 8, maxLength: 8 }), { maxLength: 4 }), (rows) => {
      const vectors = rows
        .filter((row) => Math.hypot(...row) > 1e-3)
        .map((row) => Float32Array.from(row, (one) => one / Math.hypot(...row)));
      const bytes = pack(vectors);
      expect(bytes).toHaveLength(vectors.length * 12);
      const back = unpack(bytes, 8);
      expect(back).toHaveLength(vectors.length);
      for (const [index, vector] of vectors.entries()) {
        const cosine = vector.reduce((sum, one, at) => sum + one * (back[index]?.[at] ?? 0), 0);
        expect(cosine).toBeGreaterThan(0.9998);
        expect(Math.hypot(...(back[index] ?? []))).toBeCloseTo(1, 5);
      }
    }),
  );
});

it('bytes that are no whole vector are none', () => {
  expect(unpack(new Uint8Array(11), 8)).toEqual([]);
  expect(unpack(new Uint8Array(0), 8)).toEqual([]);
});
