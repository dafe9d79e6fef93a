import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Valued, type ValuedUsage, valueOf } from '../../../src/knowledge/lifecycle/value.js';
import { knowledgeStates, priorities, trustLevels } from '../../../src/shared/terms.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const ago = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);
const settings = { unusedDays: 90, staleDays: 365 };
const old: Valued = {
  ...{
    state: 'EXPERIMENTAL',
    priority: 'MEDIUM',
    trust: 'untrusted',
    votes: 0,
    downvotes: 0,
    confirmations: 0,
  },
  ...{ updatedAt: ago(400), lastUsedAt: null },
};
const unused: ValuedUsage = { successes: 0, failures: 0, shown: 0 };
const value = (item: Partial<Valued> = {}, usage: Partial<ValuedUsage> = {}): number =>
  valueOf({ ...old, ...item }, { ...unused, ...usage }, NOW, settings);

const anyItem = fc.record({
  state: fc.constantFrom(...knowledgeStates),
  priority: fc.constantFrom(...priorities),
  trust: fc.constantFrom(...trustLevels),
  votes: fc.nat(1_000),
  downvotes: fc.nat(1_000),
  confirmations: fc.nat(1_000),
  updatedAt: fc.integer({ min: -10, max: 4_000 }).map(ago),
  lastUsedAt: fc.option(fc.integer({ min: -10, max: 4_000 }).map(ago)),
});
const anyUsage = fc.record({ successes: fc.nat(500), failures: fc.nat(500), shown: fc.nat(500) });

describe('the value of an item', () => {
  it('lies between 0 and 1 unless it is VALIDATED, and between 1 and 2 then', () => {
    fc.assert(
      fc.property(anyItem, anyUsage, (item, usage) => {
        const found = valueOf(item, usage, NOW, settings) - Number(item.state === 'VALIDATED');
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never falls by a success, a vote, a confirmation, a later use, or a higher trust', () => {
    fc.assert(
      fc.property(anyItem, anyUsage, (item, usage) => {
        const before = valueOf(item, usage, NOW, settings);
        const better = [
          valueOf(item, { ...usage, successes: usage.successes + 1 }, NOW, settings),
          valueOf({ ...item, votes: item.votes + 1 }, usage, NOW, settings),
          valueOf({ ...item, confirmations: item.confirmations + 1 }, usage, NOW, settings),
          valueOf({ ...item, lastUsedAt: NOW }, usage, NOW, settings),
          valueOf({ ...item, trust: 'trusted' }, usage, NOW, settings),
          valueOf({ ...item, priority: 'CRITICAL' }, usage, NOW, settings),
        ];
        expect(Math.min(...better)).toBeGreaterThanOrEqual(before - 1e-12);
        const worse = [
          valueOf(item, { ...usage, failures: usage.failures + 1 }, NOW, settings),
          valueOf({ ...item, downvotes: item.downvotes + 1 }, usage, NOW, settings),
        ];
        expect(Math.max(...worse)).toBeLessThanOrEqual(before + 1e-12);
      }),
    );
  });

  it('takes few voices for little: one of one is worth less than 19 of 20', () => {
    expect(value({}, { successes: 1 })).toBeLessThan(value({}, { successes: 19, failures: 1 }));
    expect(value({ votes: 1 })).toBeLessThan(value({ votes: 19, downvotes: 1 }));
    // What agents say weighs half of what tasks show.
    expect(value({ votes: 20 }) - value()).toBeCloseTo((value({}, { successes: 20 }) - value()) / 2, 10);
  });

  it('gives a new item its chance, which ends with its age and with the tasks it was shown in', () => {
    const fresh = value({ updatedAt: NOW });
    expect(fresh).toBeGreaterThan(value({ lastUsedAt: ago(30) }, { shown: 30 }));
    expect(fresh).toBeGreaterThan(value({ updatedAt: ago(45) }));
    expect(value({ updatedAt: ago(45) })).toBeGreaterThan(value({ updatedAt: ago(90) }));
    expect(value({ updatedAt: ago(90) })).toBe(value());
    expect(value({ updatedAt: NOW }, { shown: 20 })).toBe(value());
    // Not more than what has proved to help.
    expect(fresh).toBeLessThan(value({ lastUsedAt: NOW }, { successes: 18, failures: 2 }));
  });

  it('halves the worth of use each quarter of staleDays', () => {
    const worth = (days: number): number => value({ lastUsedAt: ago(days) }) - value();
    expect(worth(365 / 4)).toBeCloseTo(worth(0) / 2, 10);
    expect(worth(365)).toBeCloseTo(worth(0) / 16, 10);
  });

  it("takes an agent's CRITICAL for half of a person's", () => {
    const claim = (trust: Valued['trust']): number =>
      value({ trust, priority: 'CRITICAL' }) - value({ trust, priority: 'LOW' });
    expect(claim('untrusted')).toBeCloseTo(claim('trusted') / 2, 10);
  });

  it('reads documents that lack the newer counts', () => {
    const { downvotes: _d, confirmations: _c, trust: _t, lastUsedAt: _l, ...before } = old;
    expect(valueOf(before as Valued, unused, NOW, settings)).toBe(value());
  });
});
