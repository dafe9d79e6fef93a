import { describe, expect, it } from 'vitest';
import { clip, cost, plain, seconds } from '../../src/cli/format.js';
import { tableText } from '../../src/cli/print.js';
import { hostsOf, workflowPage } from '../../src/cli/servers.js';
import { progressLines } from '../../src/cli/task-progress.js';

describe('values for people', () => {
  it('keeps what steers a terminal out of texts', () => {
    expect(plain('a\u001b[31mred\u001b[0m\r\nb\u0007\u009b2Jc')).toBe('ared b c');
  });

  it('names spans and sums in fitting units', () => {
    expect([0.0004, 0.34, 59.94, 61, 3_725].map(seconds)).toEqual([
      '0 ms',
      '340 ms',
      '59.9 s',
      '1 min 1 s',
      '1 h 2 min',
    ]);
    expect([null, 0, 0.0123, 0.5, 12].map(cost)).toEqual(['-', '$0', '$0.012', '$0.50', '$12.00']);
  });

  it('clips by characters, not by halves of them', () => {
    expect(clip('ab😀cd', 4)).toBe('ab😀…');
    expect(clip('abc', 3)).toBe('abc');
  });

  it('shows addresses without credentials', () => {
    expect(hostsOf('mongodb://me:p%40ss@one:1,two:2/db?x=y')).toBe('mongodb://one:1,two:2');
    expect(hostsOf('mongodb+srv://me:p@ss@host/')).toBe('mongodb+srv://host');
  });

  it("links to a task's page", () => {
    expect(workflowPage('http://ui/', 'default', 'acme/a b', null)).toBe(
      'http://ui/namespaces/default/workflows/acme%2Fa%20b',
    );
    expect(workflowPage(null, 'default', 'acme/a')).toBeNull();
  });
});

describe('tables', () => {
  const columns = [
    { title: 'name', flexible: true },
    { title: 'n', align: 'right' },
  ] as const;

  it('aligns without borders', () => {
    expect(
      tableText(
        columns,
        [
          ['a', '1'],
          ['longer', '10'],
        ],
        80,
      ).split('\n'),
    ).toEqual([expect.stringMatching(/name +n/), 'a        1', 'longer  10']);
  });

  it('cuts the flexible column to the width', () => {
    const text = tableText(columns, [['x'.repeat(100), '1']], 40);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(text).toContain('x…');
  });
});

describe('progress', () => {
  it('tells phase, plan, lessons and agents', () => {
    const { block, news } = progressLines(
      {
        phase: 'executing',
        category: 'testing',
        plan: 'single(a)',
        reason: 'it fits',
        lessons: ['one', 'two', 'three', 'four'].map((title) => ({ id: title, title })),
        agents: [{ agentType: 'a', role: 'worker', state: 'failed', detail: 'broke\ndown' }],
      },
      2,
    );
    expect(block[0]).toBe('executing testing, 2.0 s');
    expect(news).toEqual([
      'plan     single(a): it fits',
      'lessons  one; two; three and 1 more',
      'agent 1  a: failed, broke down',
    ]);
  });
});
