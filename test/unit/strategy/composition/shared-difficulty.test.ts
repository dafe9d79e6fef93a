import { describe, expect, it } from 'vitest';
import {
  asShare,
  average,
  failureCurve,
  majorityCurve,
  successCurve,
} from '../../../../src/strategy/composition/shared-difficulty.js';

const both = (one: number, other: number, share: number): number =>
  average(successCurve(one, share), successCurve(other, share));

describe('agents that have a task’s difficulty in common', () => {
  it.each([0, 0.3, 0.6, 0.95])('keep their own means at a share of %d', (share) => {
    for (const mean of [0.02, 0.3, 0.5, 0.9]) expect(average(successCurve(mean, share))).toBeCloseTo(mean, 2);
  });

  it('are independent at a share of nothing, and go together the more the greater it is', () => {
    expect(both(0.6, 0.4, 0)).toBeCloseTo(0.24, 3);
    const joint = [0, 0.3, 0.6, 0.95].map((share) => both(0.6, 0.4, share));
    expect(joint).toEqual([...joint].sort((a, b) => a - b));
    expect(joint.at(-1)).toBeGreaterThan(0.37);
    expect(joint.at(-1)).toBeLessThanOrEqual(0.4);
  });

  it('have the probability of both that the bivariate normal has', () => {
    // P(both below their medians) = 1/4 + asin(r) / (2 pi), Sheppard's formula of 1899.
    for (const share of [0.25, 0.5, 0.75])
      expect(both(0.5, 0.5, share)).toBeCloseTo(0.25 + Math.asin(share) / (2 * Math.PI), 3);
  });

  it('fail again more often than others fail after them', () => {
    const failed = average(failureCurve(0.5, 0.4));
    const again = average(failureCurve(0.5, 0.4, 2)) / failed;
    const other = average(failureCurve(0.5, 0.4), failureCurve(0.5, 0.4)) / failed;
    expect(again).toBeGreaterThan(other + 0.05);
    expect(average(failureCurve(0.5, 0.4, 3))).toBeLessThan(average(failureCurve(0.5, 0.4, 2)));
  });

  it('gain by a vote when they are independent, and little when they are not', () => {
    const vote = (share: number): number =>
      average(majorityCurve([0.7, 0.7, 0.7].map((mean) => successCurve(mean, share))));
    expect(vote(0)).toBeCloseTo(0.784, 2);
    expect(vote(0.9)).toBeLessThan(0.73);
  });

  it('have a share from 0 to .95, by hundredths', () => {
    expect([-1, 0.123, 0.99].map(asShare)).toEqual([0, 0.12, 0.95]);
  });
});
