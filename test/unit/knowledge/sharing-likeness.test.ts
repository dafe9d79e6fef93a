import { describe, expect, it } from 'vitest';
import { shareSchema } from '../../../src/knowledge/inputs.js';
import { draftOf } from '../../../src/knowledge/insert-items.js';
import { compare } from '../../../src/knowledge/likeness/compare.js';
import { saidBy, sameAmong } from '../../../src/knowledge/sharing/likeness-of-shares.js';
import { words } from '../../integration/sharing-data.js';

const said = (content: string) =>
  saidBy(draftOf(shareSchema.parse({ sourceAgent: 'a', type: 'TECHNIQUE', title: 'one title', content })));

/** Twenty thousand characters, half of which all have. */
const long = (seed: string): string => `${words('all', 1_000)} ${words(seed, 1_000)}`;

describe('what says the same among what was shared just now', () => {
  it('is found among many short ones', () => {
    const others = Array.from({ length: 200 }, (_, i) => ({ id: `k_${i}`, said: said(words(`${i}`, 12)) }));
    expect(sameAmong(said(words('150', 12)), others)).toEqual(['k_150']);
  });

  it('is looked for in a few long ones only, so that nobody holds up all with such', () => {
    const others = Array.from({ length: 200 }, (_, i) => ({ id: `k_${i}`, said: said(long(`${i}`)) }));
    expect(sameAmong(said(long('1')), others)).toEqual(['k_1']);
    expect(sameAmong(said(long('150')), others)).toEqual([]);
  });

  // Each pair of words tried with each other, this takes minutes.
  it('takes no longer to tell apart when texts are long and other', { timeout: 60_000 }, () => {
    for (let i = 0; i < 20; i += 1) {
      const one = { title: 'one', content: words(`one ${i}`, 2_000), type: 'TECHNIQUE' as const };
      const other = { title: 'other', content: words(`other ${i}`, 2_000), type: 'TECHNIQUE' as const };
      expect(compare(one, other, null).verdict).toBe('distinct');
    }
  });
});
