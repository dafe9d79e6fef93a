import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalQuantile, normalTail } from '../../../../src/evidence/normal.js';
import { compareRuns } from '../../../../src/learning/inference/matched-sets.js';
import { fitNullModel } from '../../../../src/learning/inference/null-model.js';
import { deviateOf, leastPossible, scoreOf } from '../../../../src/learning/inference/score-test.js';
import { successLaw } from '../../../../src/learning/inference/success-law.js';

/** All choices of `size` of the indices below `count`. */
function choices(count: number, size: number): number[][] {
  if (size === 0) return [[]];
  if (count < size) return [];
  return [...choices(count - 1, size), ...choices(count - 1, size - 1).map((each) => [...each, count - 1])];
}

it('the law of who succeeds is that of all choices, listed one by one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 2, maxLength: 6 }),
      fc.nat(),
      (odds, seed) => {
        const successes = 1 + (seed % (odds.length - 1));
        const listed = choices(odds.length, successes).map((chosen) => ({
          chosen,
          weight: chosen.reduce((product, index) => product * (odds[index] ?? 1), 1),
        }));
        const all = listed.reduce((sum, { weight }) => sum + weight, 0);
        const share = (...wanted: number[]) =>
          listed
            .filter(({ chosen }) => wanted.every((each) => chosen.includes(each)))
            .reduce((sum, { weight }) => sum + weight, 0) / all;
        const law = successLaw(odds, successes);
        odds.forEach((_, t) => {
          expect(law.chances[t]).toBeCloseTo(share(t), 10);
          odds.forEach((__, u) => {
            expect(law.covariances[t * odds.length + u]).toBeCloseTo(share(t, u) - share(t) * share(u), 10);
          });
        });
      },
    ),
  );
});

const task = fc.array(fc.record({ success: fc.boolean(), shown: fc.boolean() }), {
  minLength: 2,
  maxLength: 4,
});

it('without other columns the p-value is that of all permutations within tasks, and none is below the least', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(task, { minLength: 3, maxLength: 6 }), (tasks) => {
      const comparison = compareRuns(
        tasks.flatMap((trials, index) =>
          trials.map(({ success, shown }, trial) => ({
            id: `${index}-${trial}`,
            task: `${index}`,
            agent: 'a',
            features: shown ? ['x'] : [],
            success,
            length: 1,
            iterations: 1,
            durationMs: 1,
            cost: null,
            at: 0,
          })),
        ),
      );
      const model = fitNullModel(comparison, []);
      const runs = comparison.runs.flatMap(({ features }, index) => (features.length > 0 ? [index] : []));
      const score = scoreOf(model, { feature: 'x', runs });
      const deviate = deviateOf(model, score, 1);
      const laws = tasks.map((trials) => {
        const successes = trials.filter(({ success }) => success).length;
        return choices(trials.length, successes).map(
          (chosen) => chosen.filter((index) => trials[index]?.shown).length,
        );
      });
      let totals = new Map([[0, 1]]);
      for (const law of laws) {
        const next = new Map<number, number>();
        for (const [total, chance] of totals)
          for (const more of law) next.set(total + more, (next.get(total + more) ?? 0) + chance / law.length);
        totals = next;
      }
      const observed = tasks.flat().filter(({ success, shown }) => success && shown).length;
      const tail = [...totals]
        .filter(([total]) => (score.score > 0 ? total >= observed : total <= observed))
        .reduce((sum, [, chance]) => sum + chance, 0);
      expect(leastPossible(model, score, 1)).toBeLessThanOrEqual(Math.min(1, 2 * tail) + 1e-9);
      if (Math.abs(score.score) < 1.51 * Math.sqrt(score.variance) || tail >= 0.5) return;
      compared += 1;
      expect(normalTail(Math.abs(deviate))).toBeCloseTo(tail, 9);
    }),
    { numRuns: 1_000 },
  );
  expect(compared).toBeGreaterThan(20);
});

it('the normal tail is as tabulated, and its quantile undoes it', () => {
  // NIST DLMF 7.2: erfc to 12 digits.
  expect(normalTail(0)).toBeCloseTo(0.5, 14);
  expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 14);
  expect(normalTail(6) / 9.865876450376981e-10).toBeCloseTo(1, 9);
  fc.assert(
    fc.property(fc.double({ min: -8, max: 30, noNaN: true }), (z) => {
      if (z < -4) return;
      expect(normalQuantile(normalTail(z))).toBeCloseTo(z, 7);
    }),
  );
});
