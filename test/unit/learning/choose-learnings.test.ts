import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLearnings } from '../../../src/learning/choose-learnings.js';
import { type Learning, NO_CONTROL } from '../../../src/learning/learning.js';
import type { RelevantLearning } from '../../../src/learning/relevance.js';
import { aLearning } from '../../fixtures/learning.js';

const scored = (score: number, given: Partial<Learning> = {}): RelevantLearning => ({
  learning: aLearning(given),
  relevance: 0.5,
  score,
});
const wide = { limit: 10, maxTokens: 10_000 };
const ids = (found: readonly RelevantLearning[]): string[] => found.map(({ learning }) => learning.id);
const pattern = (action: string, group: string | null = null) => ({ kind: 'action', group, action }) as const;
const pinned = { ...NO_CONTROL, pinned: true };

describe('choosing what is shown', () => {
  it('takes the best, in order, up to the limit', () => {
    const all = [0.2, 0.9, 0.5, 0.7].map((score) => scored(score));
    expect(chooseLearnings(all, { ...wide, limit: 3 }).map(({ score }) => score)).toEqual([0.9, 0.7, 0.5]);
    expect(chooseLearnings([], wide)).toEqual([]);
  });

  it('never takes two that come from one pattern, whatever the category', () => {
    const same = Array.from({ length: 5 }, (_, at) =>
      scored(0.9 - at / 100, { pattern: pattern('retry', `category-${at}`) }),
    );
    const other = scored(0.1);
    const alias = scored(0.8, { aliases: ['retry'] });
    expect(ids(chooseLearnings([...same, alias, other], wide))).toEqual(
      ids([same[0] as RelevantLearning, other]),
    );
  });

  it('never takes two that say the same in like words, but takes opposite advice', () => {
    const text = 'refund order check payment before money is sent';
    const first = scored(0.9, { text });
    const again = scored(0.8, { text: `${text} back` });
    const opposite = scored(0.7, { text, verb: 'avoid' });
    expect(ids(chooseLearnings([first, again, opposite], wide))).toEqual(ids([first, opposite]));
  });

  it('prefers what adds something to what repeats most of it', () => {
    const first = scored(0.9, { text: 'query plan index slow table' });
    const alike = scored(0.8, { text: 'query plan index slow join' });
    const other = scored(0.7, { text: 'deploy roll back release' });
    expect(ids(chooseLearnings([first, alike, other], { ...wide, limit: 2 }))).toEqual(ids([first, other]));
    expect(ids(chooseLearnings([first, alike, other], wide))).toEqual(ids([first, alike, other]));
  });

  it('keeps to the tokens, passing over what is too long', () => {
    const long = scored(0.9, { advice: 'Read all of it with care. '.repeat(60) });
    const short = [scored(0.8), scored(0.7), scored(0.6)];
    const chosen = chooseLearnings([long, ...short], { limit: 10, maxTokens: 140 });
    expect(ids(chosen)).toEqual(ids(short.slice(0, 2)));
    expect(chooseLearnings([long, ...short], { limit: 10, maxTokens: 10 })).toEqual([]);
  });

  it('counts and compares what people wrote in place of the rule', () => {
    const edits = { advice: 'Read all of it with care. '.repeat(60) };
    const edited = scored(0.9, { control: { ...NO_CONTROL, edits } });
    expect(chooseLearnings([edited], { limit: 10, maxTokens: 140 })).toEqual([]);
    const [one, two] = [1, 2].map(() =>
      scored(0.5, { control: { ...NO_CONTROL, edits: { title: 'Ask the owner first' } } }),
    ) as [RelevantLearning, RelevantLearning];
    expect(ids(chooseLearnings([one, two], wide))).toHaveLength(1);
  });

  it('puts pinned ones first, within the budget', () => {
    const best = scored(0.9);
    const kept = scored(0.1, { control: pinned });
    const long = scored(0.3, { control: pinned, advice: 'Read all of it with care. '.repeat(60) });
    expect(ids(chooseLearnings([best, kept], wide))).toEqual(ids([kept, best]));
    expect(ids(chooseLearnings([best, kept], { ...wide, limit: 1 }))).toEqual(ids([kept]));
    expect(ids(chooseLearnings([best, kept, long], { limit: 10, maxTokens: 140 }))).toEqual(
      ids([kept, best]),
    );
  });

  it('takes each at most once and stays within limit and tokens, whatever is found', () => {
    const found = fc.record({
      score: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      words: fc.array(fc.constantFrom('a1', 'b2', 'c3', 'd4', 'e5', 'f6'), { maxLength: 6 }),
      isPinned: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(found, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (all, limit) => {
        const fitting = all.map(({ score, words, isPinned }) =>
          scored(score, { text: words.join(' '), control: isPinned ? pinned : NO_CONTROL }),
        );
        const chosen = chooseLearnings(fitting, { limit, maxTokens: 600 });
        expect(chosen.length).toBeLessThanOrEqual(limit);
        expect(new Set(ids(chosen)).size).toBe(chosen.length);
        expect(chosen.length * 45).toBeLessThanOrEqual(600);
        if (fitting.length > 0) expect(chosen.length).toBeGreaterThan(0);
        const order = chosen.map(({ learning, score }) => (learning.control.pinned ? 2 : 0) + score);
        expect(order).toEqual(order.toSorted((a, b) => b - a));
      }),
    );
  });
});
