import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fusedScore } from '../../../src/retrieval/fusion.js';

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const lexical = finite(0, 1_000);
const dense = fc.option(finite(-1, 1), { nil: null });
const statistics = fc.record({ lexicalCeiling: finite(0, 1_000) });

describe('a fused score', () => {
  it('lies between 0 and 1 whatever is missing', () => {
    fc.assert(
      fc.property(lexical, dense, statistics, (lexical, dense, statistics) => {
        const score = fusedScore({ lexical, dense }, statistics);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never falls when a raw score rises', () => {
    fc.assert(
      fc.property(lexical, lexical, finite(-1, 1), finite(-1, 1), statistics, (a, b, c, d, statistics) => {
        const low = fusedScore({ lexical: Math.min(a, b), dense: Math.min(c, d) }, statistics);
        const high = fusedScore({ lexical: Math.max(a, b), dense: Math.max(c, d) }, statistics);
        expect(high).toBeGreaterThanOrEqual(low);
        const words = (lexical: number) => fusedScore({ lexical, dense: null }, statistics);
        expect(words(Math.max(a, b))).toBeGreaterThanOrEqual(words(Math.min(a, b)));
      }),
    );
  });

  it('takes both sides alike: the cosine of the words and that of the meaning', () => {
    fc.assert(
      fc.property(finite(0, 1), finite(0, 1), (one, other) => {
        const statistics = { lexicalCeiling: 7 };
        const score = (words: number, meaning: number) =>
          fusedScore({ lexical: 7 * words * words, dense: meaning }, statistics);
        expect(score(one, other)).toBeCloseTo(score(other, one), 10);
        expect(score(one, one)).toBeCloseTo(one, 10);
      }),
    );
  });

  it('is that of the words where there is no vector, and of the meaning where the query has no terms', () => {
    expect(fusedScore({ lexical: 2, dense: null }, { lexicalCeiling: 8 })).toBe(0.5);
    expect(fusedScore({ lexical: 0, dense: 0.7 }, { lexicalCeiling: 0 })).toBe(0.7);
    expect(fusedScore({ lexical: 0, dense: null }, { lexicalCeiling: 0 })).toBe(0);
  });

  it('is low where the telling words of the query are in no document', () => {
    const known = fusedScore({ lexical: 4, dense: 0.1 }, { lexicalCeiling: 8 });
    const unknown = fusedScore({ lexical: 4, dense: 0.1 }, { lexicalCeiling: 80 });
    expect(unknown).toBeLessThan(0.2);
    expect(known).toBeGreaterThan(0.4);
  });
});
