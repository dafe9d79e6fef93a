import { describe, expect, it } from 'vitest';
import { winnerOf } from '../../../../src/knowledge/likeness/decide.js';
import { type Candidate, chooseSurvivor } from '../../../../src/knowledge/likeness/survivor.js';

const item = (id: string, fields: Partial<Candidate> = {}): Candidate => ({
  id,
  type: 'SOLUTION',
  channel: 'code',
  state: 'EXPERIMENTAL',
  priority: 'MEDIUM',
  trust: 'untrusted',
  learningId: null,
  votes: 0,
  downvotes: 0,
  confirmations: 0,
  createdAt: new Date(1_000),
  ...fields,
});
const survivor = (a: Partial<Candidate>, b: Partial<Candidate>): (string | null)[] => {
  const [one, other] = [item('a', a), item('b', b)];
  return [chooseSurvivor(one, other), chooseSurvivor(other, one)].map((chosen) => chosen?.into.id ?? null);
};

describe('which of two items that say the same survives', () => {
  it.each<[string, Partial<Candidate>, Partial<Candidate>, string | null]>([
    ['the validated one', {}, { state: 'VALIDATED' }, 'b'],
    ['the critical one', { votes: 9 }, { priority: 'CRITICAL' }, 'b'],
    ['the trusted one', { votes: 9 }, { trust: 'trusted' }, 'b'],
    ['neither, where each has more standing', { state: 'VALIDATED' }, { trust: 'trusted' }, null],
    ['the more useful one', { votes: 2 }, { votes: 3, downvotes: 2 }, 'a'],
    ['the confirmed one', { votes: 1 }, { votes: 1, confirmations: 1 }, 'b'],
    ['the older one', { createdAt: new Date(2_000) }, {}, 'b'],
    ['the lower id of equals', {}, {}, 'a'],
    ['a warning swallows no solution', { type: 'WARNING' }, {}, null],
    ['another kind does', { type: 'TECHNIQUE' }, {}, 'a'],
    ['channels stay apart', { channel: 'testing' }, {}, null],
    ['no channel is none', { channel: null }, {}, 'a'],
    ['what a learning made is not swallowed', { learningId: 'l1' }, { votes: 5 }, 'a'],
    ['nor one of another learning', { learningId: 'l1' }, { learningId: 'l2' }, null],
  ])('%s', (_, a, b, expected) => expect(survivor(a, b)).toEqual([expected, expected]));
});

describe('which of two contradicting items wins', () => {
  it('the one whose success is surely higher', () => {
    expect(winnerOf({ for: 18, against: 2 }, { for: 3, against: 17 })).toBe('a');
    expect(winnerOf({ for: 3, against: 17 }, { for: 18, against: 2 })).toBe('b');
  });
  it('none while it may be luck, or too little is known of one', () => {
    expect(winnerOf({ for: 4, against: 1 }, { for: 1, against: 4 })).toBeNull();
    expect(winnerOf({ for: 1_000, against: 0 }, { for: 0, against: 4 })).toBeNull();
    expect(winnerOf({ for: 0, against: 0 }, { for: 0, against: 0 })).toBeNull();
    expect(winnerOf({ for: 80, against: 20 }, { for: 78, against: 22 })).toBeNull();
  });
});
