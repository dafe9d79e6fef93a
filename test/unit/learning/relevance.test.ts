import { describe, expect, it } from 'vitest';
import type { Lift } from '../../../src/evidence/lift.js';
import {
  fitsOf,
  LEAST_RELEVANCE,
  type Matches,
  signaturesIn,
  worthOf,
} from '../../../src/learning/relevance.js';
import { aLearning } from '../../fixtures/learning.js';

const none: Matches = { bySignature: [], byCategory: [], byText: [] };
const hit = (document: ReturnType<typeof aLearning>, score: number) => ({
  document,
  score,
  lexical: score,
  dense: 0.5 as number | null,
});
const relevanceOf = (matches: Partial<Matches>, category?: string): number => {
  const [fit, ...others] = fitsOf({ ...none, ...matches }, category);
  expect(others).toEqual([]);
  return fit?.relevance ?? Number.NaN;
};

describe('the errors a task speaks of', () => {
  it('are read from description and context, as a whole, from each name on, and by class', () => {
    const found = signaturesIn('It stops:\n  worker 7: TypeError: x is not a function', {
      output: 'java.io.IOException: disk 3 is full',
      count: 3,
    });
    expect(found).toEqual(
      expect.arrayContaining([
        'TypeError: x is not a function',
        'TypeError',
        'java.io.IOException: disk <n> is full',
        'java.io.IOException',
      ]),
    );
    expect(signaturesIn('Write a poem about terror and mistakes')).toEqual([]);
  });

  it('stay few however long the text is', () => {
    const text = Array.from({ length: 5_000 }, (_, at) => `Error${at}Error: thing ${at}`).join('\n');
    expect(signaturesIn(text).length).toBeLessThan(120);
  });
});

describe('how well a learning fits', () => {
  const recovery = aLearning({ signature: 'TypeError: x is not a function', category: 'bug_fix' });
  const ofClass = aLearning({ signature: 'TypeError' });
  const practice = aLearning({ category: 'bug_fix' });

  it('is most where it answers the very error, less for its class, then for the category', () => {
    const exact = relevanceOf({ bySignature: [recovery] });
    const wide = relevanceOf({ bySignature: [ofClass] });
    const category = relevanceOf({ byCategory: [practice] }, 'bug_fix');
    const otherError = relevanceOf({ byCategory: [recovery] }, 'bug_fix');
    expect(otherError).toBeLessThan(category);
    expect(category).toBeLessThan(wide);
    expect(wide).toBeLessThan(exact);
  });

  it('is enough to be shown by error or category alone, even for errors that the category has met', () => {
    expect(relevanceOf({ bySignature: [ofClass] })).toBeGreaterThanOrEqual(LEAST_RELEVANCE);
    expect(relevanceOf({ byCategory: [practice] }, 'bug_fix')).toBeGreaterThanOrEqual(LEAST_RELEVANCE);
    expect(relevanceOf({ byCategory: [recovery] }, 'bug_fix')).toBeGreaterThanOrEqual(LEAST_RELEVANCE);
  });

  it('grows with each way of matching and stays below 1', () => {
    const byText = [hit(practice, 0.4)];
    const both = relevanceOf({ byCategory: [practice], byText }, 'bug_fix');
    expect(both).toBeGreaterThan(relevanceOf({ byCategory: [practice] }, 'bug_fix'));
    expect(both).toBeGreaterThan(relevanceOf({ byText }, 'bug_fix'));
    expect(both).toBeLessThan(1);
  });

  it('counts words half where what was learned is of another category, but not for an error', () => {
    const byText = [hit(practice, 0.6)];
    expect(relevanceOf({ byText }, 'bug_fix')).toBeCloseTo(0.6);
    expect(relevanceOf({ byText })).toBeCloseTo(0.6);
    expect(relevanceOf({ byText }, 'translation')).toBeCloseTo(0.3);
    expect(relevanceOf({ byText: [hit(recovery, 0.6)] }, 'translation')).toBeCloseTo(0.6);
  });

  it('counts words less where nothing is known of the meaning', () => {
    const byWords = relevanceOf({ byText: [{ ...hit(practice, 0.6), dense: null }] });
    expect(byWords).toBeLessThan(relevanceOf({ byText: [hit(practice, 0.6)] }));
    expect(byWords).toBeGreaterThan(0.3);
  });
});

describe('what showing a learning is worth', () => {
  const now = Date.UTC(2026, 6, 1);
  const fresh = aLearning({ id: 'a'.repeat(16), lastSeen: new Date(now), agentTypes: ['coder'] });
  const lift = (low: number, high: number): Lift => ({
    shownN: 100,
    withheldN: 100,
    shownRate: 0.5,
    withheldRate: 0.5,
    lift: (low + high) / 2,
    low,
    high,
  });
  const withLift = (low: number, high: number): number =>
    worthOf(fresh, { now, lifts: new Map([[fresh.id, lift(low, high)]]) });

  it('rises with shown help, falls with shown harm, and is left alone by what is unproven', () => {
    const plain = worthOf(fresh, { now });
    expect(plain).toBeCloseTo(fresh.weight);
    expect(withLift(-0.3, 0.6)).toBe(plain);
    expect(withLift(0.1, 0.5)).toBeCloseTo(plain * 1.1);
    expect(withLift(-0.5, -0.2)).toBeCloseTo(plain * 0.8);
  });

  it('falls to half as it gets old, the same within a day', () => {
    const aged = (days: number): number => worthOf(fresh, { now: now + days * 86_400_000 });
    expect(aged(0.9)).toBe(aged(0));
    expect(aged(90)).toBeCloseTo(fresh.weight * 0.75);
    expect(aged(10_000)).toBeCloseTo(fresh.weight * 0.5);
    expect(aged(-5)).toBe(aged(0));
  });

  it('is less to agents of another type, and above 0 always', () => {
    expect(worthOf(fresh, { now, agentType: 'coder' })).toBe(worthOf(fresh, { now }));
    expect(worthOf(fresh, { now, agentType: 'writer' })).toBeLessThan(worthOf(fresh, { now }));
    expect(worthOf(aLearning({ weight: 0 }), { now })).toBeGreaterThan(0);
  });
});
