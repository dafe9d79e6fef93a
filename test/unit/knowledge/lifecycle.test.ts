import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextState, stateAfterEdit } from '../../../src/knowledge/lifecycle/lifecycle.js';
import { knowledgeStates } from '../../../src/shared/terms.js';

const next = (state: (typeof knowledgeStates)[number], successes: number, failures: number) =>
  nextState(state, { successes, failures })?.to ?? null;

describe('the life of a knowledge item', () => {
  it('concludes nothing from fewer than 5 applications', () => {
    expect(next('EXPERIMENTAL', 4, 0)).toBeNull();
    expect(next('EXPERIMENTAL', 0, 4)).toBeNull();
  });

  it('validates at 5 applications and 80% success', () => {
    expect(next('EXPERIMENTAL', 4, 1)).toBe('VALIDATED');
    expect(next('EXPERIMENTAL', 5, 0)).toBe('VALIDATED');
    expect(next('EXPERIMENTAL', 7, 2)).toBeNull();
  });

  it('deprecates below 40%, and not at 40%', () => {
    expect(next('EXPERIMENTAL', 1, 4)).toBe('DEPRECATED');
    expect(next('VALIDATED', 3, 5)).toBe('DEPRECATED');
    expect(next('EXPERIMENTAL', 2, 3)).toBeNull();
  });

  it('keeps a validated item between the two', () => {
    expect(next('VALIDATED', 3, 3)).toBeNull();
    expect(next('VALIDATED', 5, 0)).toBeNull();
  });

  it('lets a deprecated item recover at 50%, not at 40%', () => {
    expect(next('DEPRECATED', 4, 6)).toBeNull();
    expect(next('DEPRECATED', 5, 5)).toBe('EXPERIMENTAL');
    expect(next('DEPRECATED', 8, 2)).toBe('VALIDATED');
    expect(next('DEPRECATED', 0, 9)).toBeNull();
  });

  it('gives the figures as the reason', () => {
    expect(nextState('EXPERIMENTAL', { successes: 4, failures: 1 })?.reason).toBe(
      '4 of 5 applications succeeded: at least 80%',
    );
  });

  it('never moves an archived item, never stays in place, and settles in one step', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...knowledgeStates),
        fc.nat(200),
        fc.nat(200),
        (state, successes, failures) => {
          const to = next(state, successes, failures);
          if (state === 'ARCHIVED') expect(to).toBeNull();
          if (to !== null) {
            expect(to).not.toBe(state);
            expect(next(to, successes, failures)).toBeNull();
          }
        },
      ),
    );
  });

  it('sends edited content back to be tried, unless it is archived', () => {
    expect(knowledgeStates.map(stateAfterEdit)).toEqual([
      'EXPERIMENTAL',
      'EXPERIMENTAL',
      'EXPERIMENTAL',
      'ARCHIVED',
    ]);
  });
});
