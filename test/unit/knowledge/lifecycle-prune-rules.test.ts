import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deprecation } from '../../../src/knowledge/collections.js';
import { judge, stateByUsage } from '../../../src/knowledge/lifecycle/lifecycle.js';
import { type PruneRow, pruneReason } from '../../../src/knowledge/lifecycle/prune-rules.js';
import { knowledgeStates, priorities, trustLevels } from '../../../src/shared/terms.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const ago = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);
const settings = { unusedDays: 90, staleDays: 365 };
const anyRow: fc.Arbitrary<PruneRow> = fc.record({
  state: fc.constantFrom(...knowledgeStates),
  trust: fc.constantFrom(...trustLevels),
  priority: fc.constantFrom(...priorities),
  updatedAt: fc.integer({ min: -5, max: 1_000 }).map(ago),
  lastUsedAt: fc.option(fc.integer({ min: -5, max: 1_000 }).map(ago)),
  votes: fc.nat(20),
  downvotes: fc.nat(20),
  confirmations: fc.nat(5),
});

describe('the rules of pruning', () => {
  it('never name what is VALIDATED, nor what was changed or used within unusedDays, but for votes', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const why = pruneReason(row, NOW, settings);
        if (row.state === 'VALIDATED' || row.state === 'ARCHIVED') expect(why).toBeNull();
        const lately = [row.updatedAt, row.lastUsedAt].some((at) => at !== null && at >= ago(90));
        if (lately && row.downvotes < 6) expect(why).toBeNull();
      }),
    );
  });

  it("never name a person's item or a CRITICAL one for its age, nor a person's for votes", () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const rule = pruneReason(row, NOW, settings)?.rule;
        if (row.trust === 'trusted' || row.priority === 'CRITICAL')
          expect(['unused', 'stale']).not.toContain(rule);
        if (row.trust === 'trusted' && row.state !== 'DEPRECATED') expect(rule).toBeUndefined();
      }),
    );
  });

  it('name what never loses a reason by growing older', () => {
    fc.assert(
      fc.property(anyRow, fc.nat(500), (row, days) => {
        if (pruneReason(row, NOW, settings) === null) return;
        expect(pruneReason(row, new Date(NOW.getTime() + days * 86_400_000), settings)).not.toBeNull();
      }),
    );
  });

  it('need six agents against an item, and few for it', () => {
    const row: PruneRow = {
      ...{ state: 'EXPERIMENTAL', trust: 'untrusted', priority: 'CRITICAL', updatedAt: NOW, lastUsedAt: NOW },
      ...{ votes: 0, downvotes: 6, confirmations: 0 },
    };
    expect(pruneReason(row, NOW, settings)?.reason).toMatch(/^0 of 6 agents approve of it: less than 40%/);
    expect(pruneReason({ ...row, downvotes: 5 }, NOW, settings)).toBeNull();
    expect(pruneReason({ ...row, votes: 2 }, NOW, settings)).toBeNull();
    expect(pruneReason({ ...row, confirmations: 2 }, NOW, settings)).toBeNull();
    expect(pruneReason({ ...row, votes: 2, downvotes: 14 }, NOW, settings)?.rule).toBe('useless');
  });
});

describe('a ruling', () => {
  const ruling = (over: Partial<Deprecation> = {}): Deprecation => ({
    ...{ by: 'ann', reason: 'wrong', at: NOW, because: 'person', version: 2, successes: 4, failures: 1 },
    ...over,
  });
  const held = { state: 'DEPRECATED' as const, version: 2, deprecation: ruling() };
  const next = (successes: number, failures: number, item: Parameters<typeof judge>[0] = held) =>
    judge(item, { successes, failures })?.to ?? null;

  it('is outweighed by what is known since alone', () => {
    expect(next(8, 1)).toBeNull();
    expect(next(9, 1)).toBe('VALIDATED');
    expect(next(6, 4)).toBeNull();
    expect(next(7, 3)).toBe('EXPERIMENTAL');
  });

  it('counts a failure that was corrected as a success since', () => {
    const item = { ...held, deprecation: ruling({ successes: 0, failures: 5 }) };
    expect(next(4, 1, item)).toBeNull();
    expect(next(5, 0, item)).toBe('VALIDATED');
  });

  it('is not outweighed while the whole is still bad', () => {
    const item = { ...held, deprecation: ruling({ successes: 0, failures: 20 }) };
    expect(next(5, 20, item)).toBeNull();
    expect(next(20, 20, item)).toBe('EXPERIMENTAL');
  });

  it('of its learning is outweighed by no usage', () => {
    expect(next(99, 0, { ...held, deprecation: ruling({ because: 'learning' }) })).toBeNull();
  });

  it('holds for what was said then, whatever the tags, and for nothing else', () => {
    const usage = { successes: 4, failures: 1 };
    expect(stateByUsage(held, usage).to).toBe('DEPRECATED');
    expect(stateByUsage({ ...held, version: 3, contentVersion: 2 }, usage).to).toBe('DEPRECATED');
    expect(stateByUsage({ ...held, version: 3, contentVersion: 3 }, usage).to).toBe('VALIDATED');
    expect(stateByUsage({ ...held, version: 4, contentVersion: 4, earlierRuns: [[2, 2]] }, usage).to).toBe(
      'DEPRECATED',
    );
  });
});
