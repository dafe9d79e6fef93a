import { describe, expect, it } from 'vitest';
import { affordable, priceOf } from '../../../../src/strategy/selection/budget.js';

describe('the price of money', () => {
  const demands = [{ tasks: 1, mean: [0.9, 0.8], cost: [0.01, 0.001] }];

  it('is nothing while the best can be paid', () => {
    expect(priceOf(demands, [0, 1], 0.02)).toEqual({ low: 0, high: 0, share: 1 });
  });

  it('divides the tasks so that the rate is spent', () => {
    const { low, high, share } = priceOf(demands, [0, 1], 0.004);
    // At 100 / 9 the dear plan's lead of .1 is worth its .009 USD.
    expect(low).toBeCloseTo(0.1 / 0.009, 3);
    expect(high).toBeCloseTo(0.1 / 0.009, 3);
    expect(share * 0.01 + (1 - share) * 0.001).toBeCloseTo(0.004, 6);
  });
});

describe('what can be paid', () => {
  it('is what the budget of a task covers, or what was saved with some to spare', () => {
    expect(affordable({ budget: 1, tasks: 0, spent: 0 }, 1)).toBe(true);
    expect(affordable({ budget: 1, tasks: 0, spent: 0 }, 1.1)).toBe(false);
    expect(affordable({ budget: 1, tasks: 20, spent: 10 }, 3)).toBe(true);
    expect(affordable({ budget: 1, tasks: 20, spent: 10 }, 6)).toBe(false);
  });

  it('is less while there are debts', () => {
    expect(affordable({ budget: 1, tasks: 10, spent: 12 }, 0.9)).toBe(false);
    expect(affordable({ budget: 1, tasks: 10, spent: 12 }, 0.5)).toBe(true);
  });
});
