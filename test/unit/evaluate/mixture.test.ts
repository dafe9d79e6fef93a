import { expect, it } from 'vitest';
import { bestMixture } from '../../../src/evaluate/mixture.js';

const cheap = { worth: 0.5, cost: 1 };
const middle = { worth: 0.7, cost: 3 };
const dear = { worth: 0.9, cost: 5 };

it('spends the budget on two agents in the shares that hold it', () => {
  // From cheap to dear is .1 a USD, as it is to middle; a better middle takes its part.
  expect(bestMixture([cheap, dear], 2)).toEqual([
    { agent: 0, share: 0.75 },
    { agent: 1, share: 0.25 },
  ]);
  expect(bestMixture([cheap, { ...middle, worth: 0.8 }, dear], 2)).toEqual([
    { agent: 0, share: 0.5 },
    { agent: 1, share: 0.5 },
  ]);
  expect(bestMixture([dear, { ...middle, worth: 0.8 }, cheap], 4)).toEqual([
    { agent: 1, share: 0.5 },
    { agent: 0, share: 0.5 },
  ]);
});

it('takes one agent where that is best, the cheapest of them included', () => {
  expect(bestMixture([cheap, middle, dear], 5)).toEqual([{ agent: 2, share: 1 }]);
  expect(bestMixture([{ worth: 0.95, cost: 1 }, dear], 2)).toEqual([{ agent: 0, share: 1 }]);
  expect(bestMixture([cheap, dear], 1)).toEqual([{ agent: 0, share: 1 }]);
});

it('is none where every agent is dearer than the budget', () => {
  expect(bestMixture([middle, dear], 2.9)).toBeNull();
});

it('is as good as any mixture on a fine grid', () => {
  const singles = [cheap, { worth: 0.72, cost: 2.5 }, dear, { worth: 0.4, cost: 0.5 }];
  for (const budget of [0.7, 1.5, 2.2, 3.7, 4.9]) {
    const worthOf = (shares: readonly number[], figure: 'worth' | 'cost') =>
      shares.reduce((sum, share, agent) => sum + share * (singles[agent]?.[figure] ?? 0), 0);
    const found = bestMixture(singles, budget) ?? [];
    const shares = singles.map((_, agent) => found.find((each) => each.agent === agent)?.share ?? 0);
    expect(worthOf(shares, 'cost')).toBeLessThanOrEqual(budget + 1e-9);
    let top = 0;
    for (let a = 0; a <= 20; a++)
      for (let b = 0; a + b <= 20; b++)
        for (let c = 0; a + b + c <= 20; c++) {
          const grid = [a, b, c, 20 - a - b - c].map((part) => part / 20);
          if (worthOf(grid, 'cost') <= budget) top = Math.max(top, worthOf(grid, 'worth'));
        }
    expect(worthOf(shares, 'worth')).toBeGreaterThanOrEqual(top - 1e-9);
    expect(top).toBeGreaterThan(0.39);
  }
});
