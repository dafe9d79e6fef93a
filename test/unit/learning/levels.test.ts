import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LEVEL } from '../../../src/learning/inference/judge.js';
import { levelsOf } from '../../../src/learning/levels.js';
import { observedKinds } from '../../../src/learning/observations-of.js';

it('gives all groups of a tenant together at most the level, and each that was seen a part of it', () => {
  const group = fc.record({
    kind: fc.constantFrom(...observedKinds),
    seen: fc.integer({ min: 1, max: 100_000 }),
  });
  fc.assert(
    fc.property(fc.array(group, { minLength: 1, maxLength: 60 }), (drawn) => {
      const levels = levelsOf(drawn.map((each, index) => ({ ...each, _id: `g${index}` })));
      const all = [...levels.values()];
      expect(all).toHaveLength(drawn.length);
      expect(all.every(({ success }) => success > 0)).toBe(true);
      const spent = all.reduce((sum, { success, pace }) => sum + success + 3 * pace, 0);
      expect(spent).toBeLessThanOrEqual(LEVEL + 1e-12);
    }),
  );
});
