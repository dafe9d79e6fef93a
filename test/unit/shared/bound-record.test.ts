import { describe, expect, it } from 'vitest';
import { boundChanges, boundRecord, boundReports } from '../../../src/shared/bound-record.js';
import { blankReport } from '../../../src/shared/check-report.js';
import { jsonBytes } from '../../../src/shared/sizes.js';
import type { Attempt, ExecutionRecord } from '../../../src/shared/task.js';
import type { WorkspaceChange } from '../../../src/shared/workspace.js';

const changeOf = (chars: number): WorkspaceChange => ({
  base: 'b',
  diff: { id: 'sha256:x', bytes: 1_100_000, inline: 'A'.repeat(chars) },
  files: 1,
  additions: 1,
  deletions: 0,
});
const attemptWith = (more: Partial<Attempt>): Attempt => ({
  agentType: 'a',
  role: 'worker',
  report: blankReport(true),
  success: true,
  source: 'agent',
  durationMs: 1,
  elapsedMs: 1,
  decisive: true,
  ...more,
});
/** Of the parts that matter here. */
const recordOf = (attempts: Attempt[], more: Partial<ExecutionRecord> = {}): ExecutionRecord =>
  ({ description: 'x', context: {}, attempts, ...more }) as ExecutionRecord;

describe('a record that waits for the store', () => {
  it('fits, also with the changes that the store could not take', () => {
    const attempt = attemptWith({ change: changeOf(1_390_000) });
    const { attempts } = boundRecord(recordOf([attempt, attempt]), 1_000_000);
    expect(jsonBytes(attempts)).toBeLessThan(1_000_000);
    for (const { change } of attempts)
      expect(change).toMatchObject({ files: 1, diff: null, problem: expect.stringContaining('sha256:x') });
  });

  it("keeps the result's patch rather than those of others, and rather than details", () => {
    const attempt = attemptWith({
      change: changeOf(700_000),
      report: { ...blankReport(true), output: 'x'.repeat(500_000) },
    });
    const { attempts } = boundRecord(recordOf([attempt, attempt], { winner: 1 }), 1_000_000);
    expect(attempts.map(({ change }) => change?.diff?.inline?.length)).toEqual([undefined, 700_000]);
    expect(attempts.map(({ report }) => report.output)).toEqual(Array(2).fill('[cut: too large to keep]'));
  });

  it('fits, also with discoveries, words and comments, and what reports hold beside their fields', () => {
    const text = '\u6f22'.repeat(19_000);
    const discoveries = Array.from({ length: 50 }, (_, i) => ({
      title: `t${i}`,
      content: text,
      type: 'DISCOVERY' as const,
      priority: 'LOW' as const,
      tags: [],
    }));
    const words = Array.from({ length: 10 }, () => ({
      success: false,
      source: 'verifier' as const,
      by: 'tests',
      reason: text,
    }));
    const log = { log: text.repeat(50), errors: [text] };
    const attempt = attemptWith({
      words,
      reason: text,
      report: { ...blankReport(true), discoveries, ...log },
    });
    const approvals = [
      { approved: true, by: 'ana', comment: text, when: 'after' as const, decidedAt: 1, byDeadline: false },
    ];
    const record = recordOf([attempt, attempt, attempt], { words, approvals });
    expect(jsonBytes(boundRecord(record, 300_000))).toBeLessThanOrEqual(300_000);
  });

  it('stays as it is when it fits', () => {
    const record = recordOf([attemptWith({ change: changeOf(1_000) })]);
    expect(boundRecord(record, 10_000)).toBe(record);
  });

  it('survives reports of other workers that are hardly reports', () => {
    const odd = {
      success: true,
      actions: [{ type: 'x', input: null }],
      discoveries: [{ title: 't' }],
      results: [{ success: true, error: 7 }],
    };
    const attempt = attemptWith({
      report: { ...blankReport(true), ...odd, output: 'x'.repeat(5_000) } as never,
    });
    expect(jsonBytes(boundRecord(recordOf([attempt]), 1_500))).toBeLessThanOrEqual(1_500);
  });
});

it('bytes are counted as they are sent', () => {
  for (const value of ['a', '\u00e9', '\u6f22', '\u{1f600}', '\ud800', '\n"', { a: [1, null, 'x'] }])
    expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
});

it('of reports that are too large together, the small ones stay whole', () => {
  const small = { ...blankReport(true), output: 'x'.repeat(15_000) };
  const large = { ...small, output: 'x'.repeat(100_000) };
  const [first, second] = boundReports([small, large], 50_000);
  expect(first).toBe(small);
  expect(second?.output).toBe('[cut: too large to keep]');
});

it('of patches that are too large together, the first ones stay', () => {
  const bounded = boundChanges([changeOf(400), changeOf(4_000), changeOf(400)], 2_000);
  expect(bounded.map(({ diff }) => diff?.inline?.length)).toEqual([400, undefined, 400]);
});
