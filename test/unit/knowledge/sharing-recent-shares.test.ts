import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap } from '../../../src/knowledge/likeness/overlap.js';
import type { Said } from '../../../src/knowledge/sharing/likeness-of-shares.js';
import { RecentShares } from '../../../src/knowledge/sharing/recent-shares.js';

const saidWith = (terms: readonly string[]): Said => ({
  statement: { title: 'any', content: 'any', type: 'TECHNIQUE' },
  terms: new Set(terms),
  chars: 1,
});
const terms = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), {
  maxLength: 8,
});

describe('what was shared of late', () => {
  it('is near exactly where enough words are the same', () => {
    fc.assert(
      fc.property(fc.array(terms, { maxLength: 12 }), terms, (all, sought) => {
        const recent = new RecentShares(100);
        for (const [at, each] of all.entries()) recent.add({ id: `k_${at}`, said: saidWith(each), at });
        const near = all.flatMap((each, at) => (overlap(new Set(each), new Set(sought)) ? [`k_${at}`] : []));
        expect(recent.near(saidWith(sought)).map(({ id }) => id)).toEqual(near);
      }),
    );
  });

  it('is forgotten when it is old, or too many came after it', () => {
    const recent = new RecentShares(3);
    const ids = () => recent.near(saidWith(['a'])).map(({ id }) => id);
    for (const at of [1, 2, 3, 4]) recent.add({ id: `k_${at}`, said: saidWith(['a']), at });
    expect(ids()).toEqual(['k_2', 'k_3', 'k_4']);
    recent.forgetBefore(4);
    expect(ids()).toEqual(['k_4']);
    expect(recent.lastAt).toBe(4);
    recent.forgetBefore(5);
    expect(ids()).toEqual([]);
  });
});
