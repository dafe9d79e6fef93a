import { describe, expect, it } from 'vitest';
import { moreTrusted, overrules } from '../../../src/shared/outcome.js';
import type { Outcome } from '../../../src/shared/task.js';
import { outcomeSources } from '../../../src/shared/terms.js';

const all = (words: readonly Outcome[]): Outcome => words.reduce(moreTrusted);

describe('the more trusted of two words', () => {
  it('is that of the more trusted source, in either order', () => {
    for (const [index, source] of outcomeSources.entries())
      for (const better of outcomeSources.slice(index + 1)) {
        const less: Outcome = { success: true, source };
        const more: Outcome = { success: false, source: better };
        expect(moreTrusted(less, more)).toEqual(more);
        expect(moreTrusted(more, less)).toEqual(more);
      }
  });

  it('of one source is the one with the higher precedence, and then the later', () => {
    const low: Outcome = { success: true, source: 'verifier' };
    const high: Outcome = { success: false, source: 'verifier', precedence: 1 };
    expect(moreTrusted(low, high)).toEqual(high);
    expect(moreTrusted(high, low)).toEqual(high);
    expect(moreTrusted(low, { ...low, success: false })).toMatchObject({ success: false });
    // Precedence is among the same source only.
    expect(moreTrusted({ ...high, precedence: 9 }, { success: true, source: 'human' })).toMatchObject({
      success: true,
    });
  });

  it('is never "I do not know"', () => {
    const agent: Outcome = { success: true, source: 'agent' };
    expect(moreTrusted(agent, { success: null, source: 'human' })).toEqual(agent);
    expect(moreTrusted({ success: null, source: 'human' }, agent)).toEqual(agent);
    expect(overrules(agent, { success: null, source: 'human' })).toBe(false);
  });

  it("keeps a person's grade beside a success that stays with who said it", () => {
    const agent: Outcome = { success: true, source: 'agent' };
    const grade: Outcome = { success: null, source: 'human', score: 0.9 };
    const graded = moreTrusted(agent, grade);
    expect(graded).toEqual({ success: true, source: 'agent', score: 0.9, gradedBy: { source: 'human' } });
    expect(moreTrusted(grade, agent)).toEqual(graded);
    // The grade does not make the agent's word a person's.
    expect(moreTrusted(graded, { success: false, source: 'verifier' })).toEqual({
      success: false,
      source: 'verifier',
      score: 0.9,
      gradedBy: { source: 'human' },
    });
    expect(moreTrusted(graded, { success: false, source: 'human' })).toEqual({
      success: false,
      source: 'human',
    });
    expect(moreTrusted({ success: null, source: 'agent' }, grade)).toEqual(grade);
  });

  it('drops the grade of a word that was overruled, and of those less trusted', () => {
    const verified: Outcome = { success: false, source: 'verifier' };
    expect(moreTrusted({ success: true, source: 'agent', score: 0.7 }, verified)).toEqual(verified);
    expect(moreTrusted(verified, { success: null, source: 'agent', score: 0.7 })).toEqual(verified);
    expect(moreTrusted(verified, { success: null, source: 'verifier', score: 0.2 })).toEqual({
      ...verified,
      score: 0.2,
    });
  });

  it('does not depend on the order where no two are trusted equally', () => {
    const words: Outcome[] = [
      { success: true, source: 'agent', score: 0.4 },
      { success: null, source: 'system', score: 0.5 },
      { success: false, source: 'verifier' },
      { success: true, source: 'verifier', precedence: 2 },
      { success: null, source: 'human', score: 0.8 },
    ];
    const orders = permutations(words);
    expect(orders).toHaveLength(120);
    for (const order of orders)
      expect(all(order)).toEqual({
        success: true,
        source: 'verifier',
        precedence: 2,
        score: 0.8,
        gradedBy: { source: 'human' },
      });
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
