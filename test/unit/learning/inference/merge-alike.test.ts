import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeAlike } from '../../../../src/learning/inference/merge-alike.js';

const jaccard = (a: readonly number[], b: readonly number[]): number => {
  const shared = a.filter((run) => b.includes(run)).length;
  return shared / (a.length + b.length - shared);
};

it('each goes to the first leader whose runs overlap by more than .8, or leads', () => {
  const base = Array.from({ length: 40 }, (_, run) => run);
  const lists = fc.array(fc.subarray(base, { minLength: 28 }), { minLength: 1, maxLength: 12 });
  let followed = 0;
  fc.assert(
    fc.property(lists, (all) => {
      const leaders: number[][] = [];
      const expected = all.map((runs) => {
        const leader = leaders.findIndex((each) => jaccard(each, runs) > 0.8);
        followed += Number(leader !== -1);
        return leader === -1 ? leaders.push(runs) - 1 : leader;
      });
      const merged = mergeAlike(all, (runs) => ({ feature: '', runs }), base.length);
      const found = all.map((runs) =>
        merged.findIndex(({ leader, followers }) => leader === runs || followers.includes(runs)),
      );
      expect(found).toEqual(expected);
    }),
  );
  expect(followed).toBeGreaterThan(20);
});
